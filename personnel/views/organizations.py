"""Bodies: by place and kind, one with its people and its past, founding, renaming (Art. 5, 6)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common.shapes import Cleaned, Context, FormArguments
from common.web.listing import Empty, Listing, address_with
from common.web.shapes import Link
from common.web.verb_page import Verb, VerbPage, form_page, given
from personnel import policies
from personnel.actions import BodyDraft, change_organization, found_organization
from personnel.actions.organizations import require_active
from personnel.forms import BodyForm, ChangeBodyForm
from personnel.models import OfficePosting, Organization
from personnel.views.frame import manager, now_and_today, tabs_for
from personnel.visibility import (
    body_in_sight,
    divisions_within,
    first_place_managed,
    place_managed,
    places_managed,
)

LISTING = Listing(
    label="机构",
    columns=("名称", "类别", "辖区", "值班电话", "在岗"),
    piles_label="机构类别",
    empty=Empty("没有这类机构", "换一个类别再看。"),
    order=("pk",),
    size=100,
)


def organizations(request: SignedInRequest) -> HttpResponse:
    """The bodies of the territory whose staff one manages, by kind; the address is the view."""
    user = manager(request)
    _, today = now_and_today()
    kind, code = request.GET.get("kind", ""), request.GET.get("place", "")
    places = divisions_within(frozenset([place_managed(user, code).pk])) if code else places_managed(user)
    found = Organization.objects.filter(division__in=places.values("pk"), is_active=True)
    counts = dict(found.order_by().values_list("kind").annotate(count=Count("pk")))
    rows = found.filter(kind=kind) if kind in Organization.Kind.values else found
    rows = rows.select_related("division").defer("division__outline")
    serving = Count(
        "postings",
        filter=Q(postings__starts_on__lte=today)
        & (Q(postings__ends_on=None) | Q(postings__ends_on__gte=today)),
    )
    where = {"place": code} if code else {}
    kinds = [(key, name) for key, name in Organization.Kind.choices if counts.get(key)]
    context = {
        "title": "机构",
        "tabs": tabs_for(user, "personnel:organizations"),
        **LISTING.context(request, rows.annotate(people=serving), query={**where, "kind": kind}),
        "piles": [
            Link(
                url=address_with(request.path, **where, kind=key),
                name=name,
                count=counts[key] if key else sum(counts.values()),
                is_current=key == kind,
            )
            for key, name in (("", "全部"), *kinds)
        ],
    }
    return render(request, "personnel/organizations.html", context)


def organization(request: SignedInRequest, pk: int) -> HttpResponse:
    """One body: how it is reached, who is posted there, what it was called."""
    user = request.user
    _, today = now_and_today()
    body = body_in_sight(user, pk, day=today)
    can_change = policies.may("rename", user, body.division) and body.is_active
    context = {
        "title": body.name,
        "body": body,
        "posts": OfficePosting.objects.current(today)
        .filter(organization=body)
        .select_related("user")
        .order_by("role", "pk"),
        "former": body.former.select_related("parent").order_by("-until", "-pk"),
        "children": body.children.filter(is_active=True).order_by("code"),
        "can_change": can_change,
        "can_appoint": body.is_active and policies.may("appoint", user, body.division),
    }
    return render(request, "personnel/organization.html", context)


def found(request: SignedInRequest) -> HttpResponse:
    """Enter a new body in a place of one's territory."""
    user = manager(request)
    at, today = now_and_today()
    managed = places_managed(user)
    code = request.GET.get("place", "")
    place = place_managed(user, code) if code else first_place_managed(user)
    policies.require("found", user, place)
    bodies = Organization.objects.filter(division=place, is_active=True)
    form = BodyForm(given(request), bodies=bodies, initial={"founded_on": today})

    def act() -> Organization:
        cleaned = dict(form.cleaned_data)
        on = cleaned.pop("founded_on")
        return found_organization(BodyDraft(division=place, **cleaned), on=on, at=at, by=user)

    context = {
        "title": f"在{place.name}登记机构",
        "consequence": "登记后可以任命人员；联动部门、服务单位登记后可以接收交办。",
        "back": reverse("personnel:organizations"),
        "below": "personnel/other_places.html",
        "places": managed.exclude(pk=place.pk).order_by("code").values("code", "name")[:200],
    }
    return form_page(
        request,
        form,
        act,
        done=lambda body: (f"已登记{body.name}。", reverse("personnel:organization", args=[body.pk])),
        context=context,
    )


class BodyVerb(VerbPage):
    """A verb of a body in sight."""

    verbs = {
        "rename": Verb(
            change_organization,
            "修改",
            "更名后旧名称留在沿革里；值班电话公开在公示牌上。",
            ChangeBodyForm,
            button="确定",
            done="{row.name}已保存。",
        )
    }

    def find(self, pk: int) -> Organization:
        """The body, with the day on which it is changed."""
        _, self.today = now_and_today()
        return body_in_sight(self.user, pk, day=self.today)

    def require(self) -> None:
        """Who manages the bodies of the place, while it exists."""
        policies.require(self.verb, self.user, self.row.division)
        require_active(self.row)

    def form_options(self) -> FormArguments:
        """What is entered of it."""
        return {"initial": {name: getattr(self.row, name) for name in ("name", "duty_phone", "office_hours")}}

    def act(self, arguments: Cleaned) -> Any:
        """Do it today."""
        return super().act({**arguments, "on": self.today})

    def back(self) -> str:
        """The body."""
        return reverse("personnel:organization", args=[self.row.pk])

    def context(self) -> Context:
        """Which body it is."""
        return {"title": f"{self.declaration.word}{self.row.name}"}
