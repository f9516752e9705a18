"""Who is behind the audience of a notice: a person, or everybody who holds the authority now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from personnel.models import Grant
from personnel.scopes import audience

PERSON = "user:"


def people_behind(audiences: Collection[str]) -> dict[str, set[int]]:
    """Returns the accounts behind each audience; one statement at most. Closed accounts are behind none."""
    found: dict[str, set[int]] = defaultdict(set)
    verbs, places = set(), set()
    for each in audiences:
        if each.startswith(PERSON):
            found[each].add(int(each.removeprefix(PERSON)))
        else:
            verb, _, place = each.split(":")
            verbs.add(verb)
            places.add(place)
    if places:
        held = Grant.objects.in_effect().filter(
            permission__codename__in=sorted(verbs), object_pk__in=sorted(places), user__is_active=True
        )
        rows = held.values_list("user", "permission__codename", "content_type__model", "object_pk")
        for user, verb, kind, place in rows:
            name = audience(verb, kind, int(place))
            if name in audiences:
                found[name].add(user)
    return found
