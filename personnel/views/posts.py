"""Pages to appoint, stand in, enrol, and appoint to bodies."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from accounts.requests import SignedInRequest
from common.web.verb_page import form_page, given
from grids.models import Division, Grid
from personnel import policies
from personnel.actions import PersonDraft, PostDraft, enrol, post_or_ask
from personnel.forms import AppointForm, EnrolForm, OfficeForm, StandInForm
from personnel.models import GridPosting, OfficePosting, Organization, PostRequest
from personnel.posts import ADMINISTRATORS, ORGANIZATION_KINDS
from personnel.views.frame import manager, now_and_today, staffing_url
from personnel.visibility import place_managed, post_managed


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
    township = village.parent
    first = {"user": request.GET.get("user", ""), "starts_on": today}
    bodies = Organization.objects.serving([township.pk, township.parent_id or 0] if township else [])
    form = AppointForm(given(request), role=role, bodies=bodies, initial=first)
    where = grid.name if grid else village.name

    def act() -> GridPosting | OfficePosting | PostRequest:
        said = form.cleaned_data
        draft = PostDraft(
            said["user"],
            role,
            said["starts_on"],
            village=village,
            grid=grid,
            source=said["source"],
            appointed_by=said["appointed_by"],
            document=said["document"],
        )
        return post_or_ask(draft, by=user, at=at)

    back = staffing_url(village)
    label = GridPosting.Role(role).label
    enrol_url = f"{reverse('personnel:enrol')}?{urlencode({'then': request.path, 'place': village.code})}"
    context = {
        "title": f"任命{where}{label}",
        "consequence": "到岗那天起生效：权限随岗位得到，公示牌自动提示更新，对方下一次打开页面就能办理。",
        "back": back,
        "word": "任命",
        "below": "personnel/enrol_first.html",
        "enrol_url": enrol_url,
    }
    return form_page(
        request,
        form,
        act,
        done=lambda post: asked(post) or (f"已任命{post.user.name}为{where}{label}。", back),
        context=context,
    )


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
    form = StandInForm(given(request), initial={"starts_on": today})

    def act() -> GridPosting | OfficePosting | PostRequest:
        said = form.cleaned_data
        draft = PostDraft(
            said["user"],
            post.role,
            said["starts_on"],
            village=post.village,
            grid=post.grid,
            covers=post,
            until=said["until"],
        )
        return post_or_ask(draft, by=user, at=at)

    back = staffing_url(post.village)
    context = {
        "title": f"替{post.user.name}的岗",
        "consequence": f"{post.user.name}请假期间，由替岗人员履职，权限相同，到期自动结束。",
        "back": back,
    }
    return form_page(
        request,
        form,
        act,
        done=lambda made: (
            asked(made) or (f"{made.user.name}替岗到{made.ends_on.month}月{made.ends_on.day}日。", back)
        ),
        context=context,
    )


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
    form = OfficeForm(given(request), roles=roles, initial={"starts_on": today})

    def act() -> GridPosting | OfficePosting | PostRequest:
        said = form.cleaned_data
        draft = PostDraft(said["user"], said["role"], said["starts_on"], organization=body)
        return post_or_ask(draft, by=user, at=at)

    back = reverse("personnel:organization", args=[body.pk])
    context = {
        "title": f"任命到{body.name}",
        "consequence": "到岗那天起生效，权限随岗位得到。",
        "back": back,
        "word": "任命",
    }
    return form_page(
        request,
        form,
        act,
        done=lambda post: asked(post) or (f"已任命{post.user.name}为{post.get_role_display()}。", back),
        context=context,
    )
