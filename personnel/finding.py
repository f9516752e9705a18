"""People found by a piece of their name, by pinyin or initials, or by their whole account name or work telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy

from accounts.models import User
from accounts.querysets import named_by
from common.initials import person_readings
from common.shapes import Shown
from common.web.form_fields import FindableSelect
from personnel.staffing import posts_in_words

MOST_OFFERED = 8
LONGEST_WORDS = 40


def matching(among: QuerySet[User], words: str) -> Q:
    """Returns the condition that a person of ``among`` is meant: a piece of the name, its pinyin letters, or a whole
    account name or work telephone.
    """
    meant = Q(name__contains=words) | named_by(words)
    letters = words.replace(" ", "").lower()
    if not (letters.isascii() and letters.isalpha()):
        return meant
    read = [pk for pk, name in among.values_list("pk", "name") if _reads(name, letters)]
    return meant | Q(pk__in=read)


def _reads(name: str, letters: str) -> bool:
    return any(
        way.letters.startswith(letters) or way.together.startswith(letters) for way in person_readings(name)
    )


@dataclass(frozen=True, slots=True)
class Offered(Shown):
    """A person who may be meant: the account name, and name and posts in words."""

    account: str
    words: str


def offered(among: QuerySet[User], words: str, *, day: date) -> list[Offered]:
    """Returns the people of ``among`` whom ``words`` may mean, at most ``MOST_OFFERED``, by name."""
    people = list(among.filter(matching(among, words)).order_by("name", "pk")[:MOST_OFFERED])
    posts = posts_in_words([person.pk for person in people], day=day)
    return [
        Offered(person.username, " · ".join([person.name, *posts[person.pk][:2]]) or person.username)
        for person in people
    ]


class PersonField(forms.CharField):
    """One person, by account name or work telephone, or by name, pinyin or initials among those in sight.

    :func:`offer_people` sets ``among``, the people whom the user may be offered. ``anybody`` says that a whole account
    name or telephone may also mean somebody else. The page loads js/find_person.js, which offers people while one
    types; without scripts the answer to the form names them.
    """

    among: QuerySet[User] = User.objects.none()
    day: date = date.min

    def __init__(
        self, *, anybody: bool = True, missing: str = "没有这个人，请核对，或先登记人员。", **more: Any
    ) -> None:
        more.setdefault("label", "谁")
        more.setdefault("help_text", "填写姓名、拼音首字母、账号或工作电话；没有账号的人先登记。")
        more.setdefault("error_messages", {"required": "请填写姓名、账号或工作电话。"})
        finder = {"data-find-person": reverse_lazy("personnel:find_people"), "autocomplete": "off"}
        more.setdefault("widget", forms.TextInput(attrs=finder))
        super().__init__(max_length=LONGEST_WORDS, **more)
        self.anybody, self.missing = anybody, missing

    def clean(self, value: Any) -> User:
        """Return the account. Raises ValidationError for none or several, and names those whom the user may see."""
        words = str(super().clean(value)).strip()
        exact = list((User.objects.all() if self.anybody else self.among).filter(named_by(words))[:2])
        if len(exact) == 1:
            return exact[0]
        found = [] if exact else list(self.among.filter(matching(self.among, words))[:2])
        if len(found) == 1:
            return found[0]
        if len(exact) > 1:
            raise forms.ValidationError("这个电话有不止一个账号，请填账号。")
        if not found:
            raise forms.ValidationError(self.missing)
        several = "；".join(
            f"{each.words}（账号 {each.account}）" for each in offered(self.among, words, day=self.day)
        )
        raise forms.ValidationError(f"“{words}”不止一人，请填账号：{several}。")


def offer_people(form: forms.Form, name: str, among: QuerySet[User], *, day: date) -> None:
    """Set whom a field of the form offers."""
    field = form.fields[name]
    assert isinstance(field, PersonField)
    field.among, field.day = among, day


class PersonSelect(FindableSelect):
    """A list of people that is found by words and by every reading of their names.

    An option's label is a name, or a name with something in brackets after it.
    """

    def found_by(self, label: str) -> list[str]:
        """The label, and each reading of the name in it: ``单红（网格长）``, ``shan hong``, ``sh``."""
        ways = person_readings(label.partition("（")[0])
        return [label, *(part for way in ways for part in (way.spaced, way.letters))]
