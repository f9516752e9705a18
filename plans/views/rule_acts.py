"""Publish a norm for a county or the city, and a coding rule after a preview (Art. 7)."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.errors import Refusal, RuleViolation
from common.shapes import Context
from grids.codes import Rule
from grids.models import CodeRule
from plans.actions.norms import publish_norm, publish_rule
from plans.code_forecast import Ahead, look_ahead
from plans.entrances import NORMS
from plans.forms.rules import CITY, CodeRuleForm, NormForm
from plans.norms import norm_of
from plans.policies import require_city
from worktime.clocks import SHANGHAI, day_of

CONFIRM = "confirm"


def new_norm(request: SignedInRequest) -> HttpResponse:
    """Publish a norm from a later day; the form starts with the numbers in force."""
    user, at = request.user, clock.now()
    places = NORMS.require(user)
    asked = request.GET.get("county", "")
    first = next((place for place in places if (place.code if place else CITY) == asked), places[0])
    if request.method != "POST":
        known = NormForm.as_it_is(norm_of(first.pk if first else 0, day=day_of(at)))
        form = NormForm(initial={"place": first.code if first else CITY, **known}, places=places)
        return _norm_page(request, form)
    form = NormForm(request.POST, places=places)
    if form.is_valid():
        place = form.chosen_place()
        try:
            with transaction.atomic():
                norm = publish_norm(form.draft(), county=place, by=user, at=at)
            name = place.name if place else "全市默认"
            messages.success(request, f"{name}的新标准已登记，{norm.effective_on:%Y-%m-%d} 起施行。")
            return redirect("plans:grid_rules")
        except Refusal as refusal:
            _show(form, refusal)
    return _norm_page(request, form, status=422)


def _norm_page(request: HttpRequest, form: NormForm, *, status: int = 200) -> HttpResponse:
    only = next(iter(form.places.values())) if len(form.places) == 1 else None
    place = (only.name if only else "全市默认") if len(form.places) == 1 else ""
    context = {"title": "定新标准", "form": form, "place": place}
    return render(request, "plans/norm_form.html", context, status=status)


def new_code_rule(request: SignedInRequest) -> HttpResponse:
    """Publish a coding rule: preview its effect on the register first, then publish it exactly as previewed."""
    user = request.user
    require_city(user)
    if request.method != "POST":
        newest = CodeRule.objects.order_by("-effective_on").first()
        form = CodeRuleForm(initial=CodeRuleForm.as_it_is(newest) if newest else {})
        return _rule_page(request, form)
    form = CodeRuleForm(request.POST)
    if not form.is_valid():
        return _rule_page(request, form, status=422)
    try:
        ahead = look_ahead(_read(form))
        if request.POST.get("step") == CONFIRM and not ahead.fault:
            if form.cleaned_data["seen"] == form.fingerprint():
                return _publish(request, form, user)
            form.add_error(None, "内容在预览以后改过，请再看一遍预览。")
    except Refusal as refusal:
        _show(form, refusal)
        return _rule_page(request, form, status=422)
    return _previewed(request, form, ahead)


def _read(form: CodeRuleForm) -> Rule:
    """Return the rule that was filled in; raises :class:`RuleViolation` if its segments are wrong."""
    stored = form.stored()
    try:
        return Rule.read(stored["segments"], stored["ranges"])
    except ValueError as error:
        raise RuleViolation(str(error), field="source_0") from error


def _publish(request: HttpRequest, form: CodeRuleForm, user: User) -> HttpResponse:
    given = form.cleaned_data
    with transaction.atomic():  # a refusal rolls back the change, so that the page can still query
        rule = publish_rule(
            title=given["title"],
            document=given["document"],
            effective_on=given["effective_on"],
            stored=form.stored(),
            by=user,
            at=clock.now().astimezone(SHANGHAI),
        )
    day = f"{rule.effective_on:%Y-%m-%d}"
    messages.success(
        request, f"编码规则{rule}已公布，{day} 起施行；到那一天，在用的网格一次换成新编码，旧编码仍能查到。"
    )
    return redirect("plans:grid_rules")


def _previewed(request: HttpRequest, form: CodeRuleForm, ahead: Ahead) -> HttpResponse:
    """Show ten grids with their codes before and after; a rule that cannot number all grids cannot be confirmed."""
    if ahead.fault:
        form.add_error(None, f"按这条规则不能给所有网格编码：{ahead.fault}")
    else:
        again = cast(QueryDict, form.data).copy()
        again["seen"] = form.fingerprint()
        form.data = again
    return _rule_page(request, form, ahead=ahead, status=422 if form.errors else 200)


def _rule_page(
    request: HttpRequest, form: CodeRuleForm, *, ahead: Ahead | None = None, status: int = 200
) -> HttpResponse:
    context: Context = {
        "title": "公布编码规则",
        "form": form,
        "ahead": ahead if ahead and ahead.sample else None,
        "can_confirm": ahead is not None and not ahead.fault,
        "plain_fields": [form[name] for name in ("title", "document", "effective_on")],
    }
    return render(request, "plans/code_rule_form.html", context, status=status)


def _show(form: Form, refusal: Refusal) -> None:
    """Show a refusal beside the field that it concerns."""
    field = getattr(refusal, "field", "")
    named = "source_0" if field == "segments" else field
    form.add_error(named if named in form.fields else None, refusal.sentence)
