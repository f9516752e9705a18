"""Pages for leaving, moving and merging: open work is handed over, or the page says what to decide first."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.errors import RuleViolation
from common.shapes import Context, FormArguments
from common.web.form_fields import code_field, day_field, reference_field, text_field
from common.web.verb_page import Verb, form_page, given
from common.web.versions import VersionedForm
from exchange.columns import LONGEST_CODE
from grids.models import Division, Grid
from personnel import policies
from personnel.actions.leaving import relieve_and_hand_over, successors_of, transfer_and_hand_over
from personnel.actions.mergers import close_body, merge_organizations
from personnel.finding import PersonSelect
from personnel.holdings import Holding, Posting, held_by, waiting_in
from personnel.models import GridPosting, OfficePosting, Organization
from personnel.posts import ADMINISTRATORS, SOURCES
from personnel.views.frame import now_and_today, staffing_url
from personnel.views.organizations import BodyVerb
from personnel.visibility import place_managed, post_managed

MODULES = ["js/find_option.js"]


class LeaveForm(forms.Form):
    """When the person leaves, and who takes over the open work."""

    on = day_field("从哪天起不在岗", missing="请填写日期。", help_text="最后一天在岗的次日。")
    successor = forms.ModelChoiceField(
        label="在办事项由谁接手",
        queryset=User.objects.none(),
        empty_label="请选择",
        widget=PersonSelect,
        error_messages={"required": "请选择由谁接手。", "invalid_choice": "请从列表里选择。"},
    )

    def __init__(self, *args: Any, successors: list[User], posts: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if successors:
            field: Any = self.fields["successor"]
            field.queryset = User.objects.filter(pk__in=[one.pk for one in successors])
            named = [(one.pk, f"{one.name}（{posts.get(one.pk, '')}）") for one in successors]
            field.choices = [("", "请选择"), *named]  # colleagues of the same grid first
        else:
            del self.fields["successor"]


class TransferForm(LeaveForm):
    """Where the person goes."""

    code = code_field(
        "调到哪里", limit=LONGEST_CODE, missing="请填写网格编码；网格长、指导员填村（社区）编码。"
    )
    source = forms.ChoiceField(
        label="来源",
        help_text="条例第十条规定的来源。",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择。"),
    )
    document = reference_field("文号", limit=80)
    field_order = ("code", "on", "successor", "source", "document")

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [(word, word) for word in SOURCES[role]]  # type: ignore[attr-defined]


class MergeForm(VersionedForm):
    """The body that takes over."""

    into = forms.ModelChoiceField(
        label="并入哪个机构",
        queryset=Organization.objects.none(),
        empty_label="请选择机构",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择机构。"),
    )
    document = text_field("依据", limit=120)

    def __init__(self, *args: Any, bodies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = bodies  # type: ignore[attr-defined]


def relieve_grid_post(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a post in a grid or a village."""
    user = request.user
    post = post_managed(user, pk)
    policies.require("relieve", user, post.village, post.user)
    return _relieve(request, post, where=post.where, back=staffing_url(post.village))


def relieve_office_post(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a post in a body."""
    posts = OfficePosting.objects.select_related("user", "organization__division__parent__parent")
    post = posts.filter(pk=pk).first()
    verb = "appoint_administrator" if post and post.role in ADMINISTRATORS else "relieve"
    if post is None or not policies.may(verb, request.user, post.organization.division):
        raise Http404
    back = reverse("personnel:organization", args=[post.organization_id])
    return _relieve(request, post, where=post.organization.name, back=back)


def _relieve(request: SignedInRequest, post: Posting, *, where: str, back: str) -> HttpResponse:
    user, at, today = request.user, *now_and_today()
    held = held_by(post)
    waiting = any(kind.needs_successor for kind, _ in held)
    successors = successors_of(post, day=today) if waiting else []
    words = posts_in_words(successors, post, day=today)
    form = LeaveForm(given(request), successors=successors, posts=words, initial={"on": today})

    def act() -> int:
        cleaned = form.cleaned_data
        return relieve_and_hand_over(
            post, successor=cleaned.get("successor"), on=cleaned["on"], at=at, by=user
        )

    label = post.get_role_display()
    context = {
        "title": f"{post.user.name}离任",
        "consequence": f"{where}{label}。权限到期收回；没有别的岗位的，账号随之停用。",
        "notice": open_words(held, successors, post),
        "notice_kind": "near" if held else "",
        "back": back,
        "modules": MODULES,
        "is_dangerous": True,
        "word": "办理离任",
    }
    return form_page(
        request,
        form,
        act,
        done=lambda count: (
            f"已办理{post.user.name}离任" + (f"，移交 {count} 件。" if count else "。"),
            back,
        ),
        context=context,
    )


def posts_in_words(people: list[User], post: Posting, *, day: date) -> dict[int, str]:
    """Return the post of each of these people in the village or the body of ``post``."""
    found: dict[int, str] = {}
    if isinstance(post, OfficePosting):
        for office in OfficePosting.objects.current(day).filter(
            user__in=people, organization=post.organization
        ):
            found.setdefault(office.user_id, office.get_role_display())
        return found
    posts = GridPosting.objects.current(day).filter(user__in=people, village=post.village_id)
    for held in (
        posts.select_related("grid", "village").defer("grid__boundary", "village__outline").order_by("pk")
    ):
        found.setdefault(held.user_id, f"{held.where} {held.get_role_display()}")
    return found


def open_words(held: list[tuple[Holding, int]], successors: list[User], post: Posting) -> str:
    """Return a sentence about the leaver's open work and what happens to it."""
    if not held:
        return "名下没有在办事项。"
    left = "、".join(f"{count} 件{kind.word}" for kind, count in held if kind.needs_successor)
    by_itself = [f"{count} 件{kind.word}，{kind.becomes}" for kind, count in held if not kind.needs_successor]
    sentences = []
    if left and successors:
        sentences.append(f"名下有 {left}，请选择由谁接手；接手的人马上看得到，{post.user.name}不再看得到。")
    elif left:
        sentences.append(f"名下有 {left}，同村（社区）没有别的在任人员可以接手；请先任命或安排替岗。")
    return "".join([*sentences, *(f"名下有 {words}。" for words in by_itself)])


def transfer_grid_post(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move a person to the same post elsewhere."""
    user, at, today = request.user, *now_and_today()
    post = post_managed(user, pk)
    policies.require("transfer", user, post.village, post.user)
    held = held_by(post)
    waiting = any(kind.needs_successor for kind, _ in held)
    successors = successors_of(post, day=today) if waiting else []
    words = posts_in_words(successors, post, day=today)
    first = {"on": today, "source": post.source}
    form = TransferForm(given(request), successors=successors, posts=words, role=post.role, initial=first)
    back = staffing_url(post.village)

    def act() -> GridPosting:
        cleaned = form.cleaned_data
        village, grid = _destination(user, cleaned["code"])
        return transfer_and_hand_over(
            post,
            successor=cleaned.get("successor"),
            village=village,
            grid=grid,
            on=cleaned["on"],
            source=cleaned["source"],
            document=cleaned["document"],
            at=at,
            by=user,
        )

    context = {
        "title": f"{post.user.name}调动",
        "consequence": f"从{post.where}调到别处，岗位不变；在办事项留在原网格，由接手的人办。",
        "notice": open_words(held, successors, post),
        "notice_kind": "near" if held else "",
        "back": back,
        "modules": MODULES,
        "word": "办理调动",
    }
    return form_page(
        request,
        form,
        act,
        done=lambda made: (f"{made.user.name}已调到{made.where}。", back),
        context=context,
    )


class MergeBody(BodyVerb):
    """Merge a body into another one, which takes over everything."""

    verb = "merge"
    verbs = {
        "merge": Verb(
            merge_organizations,
            "合并",
            "今天起由并入的机构接着办：在办事项、人员和权限一起过去，原机构撤销，名称留在沿革里。",
            MergeForm,
            is_dangerous=True,
        )
    }

    def form_options(self) -> FormArguments:
        """Return the other bodies of the place."""
        others = Organization.objects.filter(division=self.row.division_id, is_active=True)
        others = others.exclude(pk=self.row.pk).exclude(kind__in=["institution", "authority"])
        return {"bodies": others.order_by("code")}

    def sentence(self, result: int) -> str:
        """Return the message with the number of cases that moved."""
        return f"{self.row.name}已合并，移交 {result} 件在办事项。"

    def context(self) -> Context:
        """Return the context with the number of open cases."""
        waiting = waiting_in(self.row)
        return {
            **super().context(),
            "notice": f"有 {waiting} 件在办事项会一起移交。" if waiting else "没有在办事项。",
            "notice_kind": "near" if waiting else "",
        }


def _destination(user: User, code: str) -> tuple[Division, Grid | None]:
    """Return the village, and the grid if named; raises :class:`RuleViolation` outside the user's territory."""
    grid = Grid.objects.in_force().with_place().filter(code=code.strip()).first()
    try:
        return place_managed(user, grid.village.code if grid else code.strip()), grid
    except Http404 as missing:
        raise RuleViolation("没有这个网格或村（社区），或不归您管理，请核对编码。", field="code") from missing


class CloseBody(BodyVerb):
    """Close a body without people and without open cases."""

    verb = "close"
    verbs = {
        "close": Verb(
            close_body,
            "撤销",
            "撤销后不再接收交办，不能再任命；还有人员或在办事项的，请先并入别的机构。",
            is_dangerous=True,
            done="{row.name}已撤销。",
        )
    }

    def form_options(self) -> FormArguments:
        """Return no arguments for the form."""
        return {}
