"""The register of the matrix: a household, one who lives there, a pair of doubles, a collection that goes on."""

from __future__ import annotations

from registry.actions import begin_activity
from registry.models import Pair
from tests.proofs.matrix.oracle import JINGDONG, MISSING, Thing
from tests.registry.people import household, person
from tests.shapes import Names
from tests.town import MONDAY, Town

RATHER = 10**9


def registry_of(town: Town) -> dict[str, list[tuple[Names, Thing]]]:
    """What lies in Chen's grid, and what is not there."""
    one, other = person(town), person(town, "李演世")
    home = household(town, one)
    relation = home.related.get(kind="member")
    pair = Pair.objects.create(first=one, second=other, weight=20.0, words="姓名略有不同", at=MONDAY)
    matter = town.matter("房屋、出租房信息")
    activity = begin_activity(matter, town.grid, record=home, by=town.chen, at=MONDAY)
    facts = Thing("record", f"{JINGDONG}/1", keeper="chen")
    code = town.matter("实有人口新增/变更").code
    return {
        "record_kind": [({"kind": "person"}, facts), ({"kind": "nothing"}, MISSING)],
        "record": [
            ({"pk": home.pk, "verb": "end", "code": code}, facts),
            ({"pk": RATHER, "verb": "end", "code": code}, MISSING),
        ],
        "relation": [({"pk": relation.pk}, facts), ({"pk": RATHER}, MISSING)],
        "pair": [
            ({"pk": pair.pk, "answer": "distinct"}, facts),
            ({"pk": RATHER, "answer": "distinct"}, MISSING),
        ],
        "activity": [
            ({"pk": activity.pk, "verb": "give_up"}, facts),
            ({"pk": RATHER, "verb": "give_up"}, MISSING),
        ],
    }
