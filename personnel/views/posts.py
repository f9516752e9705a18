"""Pages to appoint, stand in, enrol, and appoint to bodies."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from accounts.requests import SignedInRequest
from common.web.listing import address_with
from common.web.verb_page import form_page, given
from grids.models import Division, Grid
from personnel import policies
from personnel.actions import PersonDraft, PostDraft, enrol, post_or_ask
from personnel.forms import AppointForm, EnrolForm, OfficeForm, StandInForm
from personnel.models import GridPosting, OfficePosting, Organization, PostRequest
from personnel.posts import ADMINISTRATORS, NAMED_WHILE_VACANT, ORGANIZATION_KINDS
from personnel.querysets import OrganizationQuerySet
from personnel.views.frame import manager, now_and_today, staffing_url
from personnel.visibility import choosable, place_managed, post_managed

MODULES = ["js/find_person.js"]


def appoint(request: SignedInRequest, role: str, code: str) -> HttpResponse:
    """Post a person to the village or the grid with this code."""
    user = manager(request)
    at, today = now_and_today()
    if role not in GridPosting.Role.values:
        raise Http404
    grid = Grid.objects.in_force().with_place().filter(code=code).first()
    village = place_managed(user, grid.village.code if grid else code)
    if village.level != Division.Level.VILLAGE:
        raise Http404
    policies.require("appoint", user, village)
    first = {"user": request.GET.get("user", ""), "starts_on": today}
    form = AppointForm(
        given(request),
        role=role,
        bodies=bodies_around(village),
        people=choosable(user, day=today),
        today=today,
        initial=first,
    )
    where = grid.name if grid else village.name

    def act() -> GridPosting | OfficePosting | PostRequest:
        return post_or_ask(PostDraft(role=role, village=village, grid=grid, **form.post()), by=user, at=at)

    back = staffing_url(village)
    label = GridPosting.Role(role).label
    context = {
        "title": f"任命{where}{label}",
        "consequence": "到岗那天起生效：权限随岗位得到，公示牌自动提示更新，对方下一次打开页面就能办理。",
        "back": back,
        "modules": MODULES,
        "word": "任命",
        "below": "personnel/enrol_first.html",
        "enrol_url": address_with(reverse("personnel:enrol"), then=request.path, place=village.code),
    }
    return form_page(
        request,
        form,
        act,
        done=lambda post: asked(post) or (f"已任命{post.user.name}为{where}{label}。", back),
        context=context,
    )


def bodies_around(village: Division) -> OrganizationQuerySet:
    """Return the bodies that may have appointed somebody in a village: those of its township and its county."""
    township = village.parent
    return Organization.objects.serving([township.pk, township.parent_id or 0] if township else [])


def asked(made: GridPosting | OfficePosting | PostRequest) -> tuple[str, str] | None:
    """Return message and address if a superior must confirm first; None if the person has been posted."""
    if not isinstance(made, PostRequest):
        return None
    sentence = (
        f"{made.user.name}在别处任职，已提交申请 {made.number}，由其现任上级确认后生效，本人也会收到消息。"
    )
    return sentence, reverse("personnel:post_requests")


def cover(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a person cover a post during leave."""
    user = manager(request)
    at, today = now_and_today()
    post = post_managed(user, pk)
    policies.require("stand_in", user, post.village)
    people = choosable(user, day=today).exclude(pk=post.user_id)
    form = StandInForm(given(request), people=people, today=today, initial={"starts_on": today})

    def act() -> GridPosting | OfficePosting | PostRequest:
        cleaned = form.cleaned_data
        draft = PostDraft(
            cleaned["user"],
            post.role,
            cleaned["starts_on"],
            village=post.village,
            grid=post.grid,
            covers=post,
            until=cleaned["until"],
        )
        return post_or_ask(draft, by=user, at=at)

    back = staffing_url(post.village)
    context = {
        "title": f"替{post.user.name}的岗",
        "consequence": f"{post.user.name}请假期间，由替岗人员履职，权限相同，到期自动结束。",
        "back": back,
        "modules": MODULES,
    }
    return form_page(request, form, act, done=lambda made: covered(made, back), context=context)


def name_for_vacancy(request: SignedInRequest, role: str, code: str) -> HttpResponse:
    """Let a person act in a post of the village with this code that nobody holds."""
    user = manager(request)
    at, today = now_and_today()
    if role not in NAMED_WHILE_VACANT:
        raise Http404
    village = place_managed(user, code)
    if village.level != Division.Level.VILLAGE:
        raise Http404
    policies.require("stand_in", user, village)
    people = choosable(user, day=today)
    form = StandInForm(given(request), people=people, today=today, initial={"starts_on": today})
    label, back = GridPosting.Role(role).label, staffing_url(village)

    def act() -> GridPosting | OfficePosting | PostRequest:
        cleaned = form.cleaned_data
        draft = PostDraft(
            cleaned["user"], role, cleaned["starts_on"], village=village, until=cleaned["until"]
        )
        return post_or_ask(draft, by=user, at=at)

    context = {
        "title": f"指定{village.name}{label}替岗",
        "consequence": f"{label}到任以前，由替岗人员履职，权限相同，到期或{label}到任自动结束；空缺仍要补上。",
        "back": back,
        "modules": MODULES,
    }
    return form_page(request, form, act, done=lambda made: covered(made, back), context=context)


def covered(made: GridPosting | OfficePosting | PostRequest, back: str) -> tuple[str, str]:
    """Return message and address after somebody was named to stand in, or asked for."""
    if isinstance(made, PostRequest) or made.ends_on is None:
        return asked(made) or ("", back)
    return f"{made.user.name}替岗到{made.ends_on.month}月{made.ends_on.day}日。", back


def enrol_person(request: SignedInRequest) -> HttpResponse:
    """Enrol a new member of staff, then continue with the appointment."""
    user = manager(request)
    at, today = now_and_today()
    place = place_managed(user, request.GET.get("place", ""))
    policies.require("enrol", user, place)
    form = EnrolForm(given(request), today=today)
    then = request.GET.get("then", "")
    is_ours = then.startswith(reverse("personnel:staffing"))

    def done(person: Any) -> tuple[str, str]:
        go = f"{then}?{urlencode({'user': person.username})}" if is_ours else reverse("personnel:staffing")
        return f"已登记{person.name}，账号 {person.username}。", go

    context = {
        "title": "登记人员",
        "consequence": "登记后得到一个账号；任命以后，在人员页发一次性初始密码，对方第一次登录自己改。",
        "back": then if is_ours else reverse("personnel:people"),
    }
    return form_page(
        request,
        form,
        lambda: enrol(PersonDraft(**form.cleaned_data), place=place, today=today, at=at, by=user),
        done=done,
        context=context,
    )


def appoint_office(request: SignedInRequest, pk: int) -> HttpResponse:
    """Post a person to a body of the user's territory."""
    user = request.user
    at, today = now_and_today()
    body = (
        Organization.objects.select_related("division__parent__parent").filter(pk=pk, is_active=True).first()
    )
    if body is None:
        raise Http404
    roles = [
        (role, label)
        for role, label in OfficePosting.Role.choices
        if body.kind in ORGANIZATION_KINDS[role]
        and policies.may(
            "appoint_administrator" if role in ADMINISTRATORS else "appoint", user, body.division
        )
    ]
    if not roles:
        policies.require("appoint", user, body.division)
    people = choosable(user, day=today)
    form = OfficeForm(given(request), roles=roles, people=people, today=today, initial={"starts_on": today})

    def act() -> GridPosting | OfficePosting | PostRequest:
        cleaned = form.cleaned_data
        draft = PostDraft(cleaned["user"], cleaned["role"], cleaned["starts_on"], organization=body)
        return post_or_ask(draft, by=user, at=at)

    back = reverse("personnel:organization", args=[body.pk])
    context = {
        "title": f"任命到{body.name}",
        "consequence": "到岗那天起生效，权限随岗位得到。",
        "back": back,
        "modules": MODULES,
        "word": "任命",
    }
    return form_page(
        request,
        form,
        act,
        done=lambda post: asked(post) or (f"已任命{post.user.name}为{post.get_role_display()}。", back),
        context=context,
    )
