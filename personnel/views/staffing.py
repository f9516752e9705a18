"""Who is posted where, and what is missing (Art. 10)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.models import User
from accounts.requests import SignedInRequest
from common.privacy.masking import mask
from common.shapes import Context
from common.web.listing import Empty, Listing
from common.web.shapes import MaskedPiece
from grids.models import Division
from personnel.finding import LONGEST_WORDS, matching, offered
from personnel.models import GridPosting, OfficePosting, PostRequest
from personnel.policies import MANAGERS
from personnel.staffing import posts_in_words, staffing_of, totals_of, townships_with_vacancies
from personnel.views.frame import manager, now_and_today, tabs_for
from personnel.visibility import (
    choosable,
    people_managed,
    person_in_sight,
    place_managed,
    places_managed,
)

PEOPLE = Listing(
    label="人员",
    columns=("姓名", "岗位", "工作电话", "账号"),
    empty=Empty("没有找到", "姓名可以只写一部分，或写拼音；账号和电话要写全。只能找到您管理的人员。"),
    order=("pk",),
)


def staffing(request: SignedInRequest) -> HttpResponse:
    """A township on one page; with several townships their vacancies first."""
    user = manager(request)
    _, today = now_and_today()
    code = request.GET.get("place", "")
    townships = places_managed(user).filter(level="township")
    if not code and townships.count() != 1:
        context: Context = {
            "title": "人员配备",
            "tabs": tabs_for(user, "personnel:staffing"),
            "townships": townships_with_vacancies(townships),
        }
        return render(request, "personnel/townships.html", context)
    township = place_managed(user, code) if code else townships.get()
    if township.level != Division.Level.TOWNSHIP:
        raise Http404
    blocks = staffing_of(township, day=today)
    context = {
        "title": f"{township.name}人员配备",
        "tabs": tabs_for(user, "personnel:staffing"),
        "township": township,
        "blocks": blocks,
        "totals": totals_of(blocks),
        "is_one": not code,
    }
    return render(request, "personnel/staffing.html", context)


def people(request: SignedInRequest) -> HttpResponse:
    """The people whom one manages: by name, account or work telephone."""
    user = manager(request)
    _, today = now_and_today()
    asked = request.GET.get("q", "").strip()[:LONGEST_WORDS]
    found = User.objects.filter(people_managed(user, day=today))
    if asked:
        found = found.filter(matching(found, asked))
    context = {
        "title": "人员",
        "tabs": tabs_for(user, "personnel:people"),
        "q": asked,
        **PEOPLE.context(request, found, shown=with_posts, query={"q": asked}),
    }
    return render(request, "personnel/people.html", context)


def find_people(request: SignedInRequest) -> HttpResponse:
    """The people whom one manages that ``q`` may mean, for a box that is being filled in (js/find_person.js)."""
    user = manager(request)
    _, today = now_and_today()
    words = request.GET.get("q", "").strip()[:LONGEST_WORDS]
    people = choosable(user, day=today)
    found = offered(people, words, day=today) if words else []
    return JsonResponse({"people": [asdict(each) for each in found]})


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with the posts held today, in words."""

    person: User
    posts: list[str]


def with_posts(rows: list[User]) -> list[PersonRow]:
    """People with the posts they hold today, in words; two statements."""
    _, today = now_and_today()
    words = posts_in_words([row.pk for row in rows], day=today)
    return [PersonRow(person=row, posts=words[row.pk]) for row in rows]


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post of a person."""

    post: GridPosting | OfficePosting
    is_current: bool


def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person: posts past and present, account, private data masked."""
    user = request.user
    _, today = now_and_today()
    found = person_in_sight(user, pk, day=today)
    posts = found.grid_postings.select_related("grid", "village", "stands_in_for__user", "appointed_by")
    offices = found.office_postings.select_related("organization")
    context = {
        "title": found.name,
        "person": found,
        "is_self": found.pk == user.pk,
        "manages": found.pk != user.pk or MANAGERS.admits(user),
        "posts": [
            PostRow(post=post, is_current=post.ends_on is None or post.ends_on >= today)
            for post in posts.defer("grid__boundary", "village__outline").order_by("-starts_on", "-pk")
        ],
        "offices": [
            PostRow(post=post, is_current=post.ends_on is None or post.ends_on >= today)
            for post in offices.order_by("-starts_on", "-pk")
        ],
        "private": private_of(found),
        "wanted": list(
            PostRequest.objects.filter(user=found, status="waiting").select_related(
                "village", "grid", "organization"
            )
        ),
    }
    return render(request, "personnel/person.html", context)


def private_of(person: User) -> list[MaskedPiece]:
    """What is kept of a person privately, masked, with the key under which it can be opened."""
    found = []
    for kind, name, label in (
        ("contact", "private_phone", "私人电话"),
        ("contact", "home_address", "住址"),
        ("identity", "id_number", "身份证号"),
    ):
        row = getattr(person, kind, None)
        if row is not None:
            masked = mask(row.unseal(name), kind=row._meta.get_field(name).kind)
            found.append(MaskedPiece(label=label, masked=masked, key=f"{kind}:{row.pk}", name=name))
    return found
