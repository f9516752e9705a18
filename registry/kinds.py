"""What the register knows: five kinds of records, and the dated relations between them (Art. 9, 15). Pure."""

from __future__ import annotations

from dataclasses import dataclass

PERSON, HOUSEHOLD, HOUSE, PLACE, ORGANIZATION = "person", "household", "house", "place", "organization"
KINDS = {PERSON: "人员", HOUSEHOLD: "户", HOUSE: "房屋", PLACE: "场所设施", ORGANIZATION: "单位组织"}
MEASURES = {PERSON: "人", HOUSEHOLD: "户", HOUSE: "处", PLACE: "处", ORGANIZATION: "家"}


@dataclass(frozen=True, slots=True)
class RelationKind:
    """A relation that runs from a record of one of ``sources`` to a record of one of ``targets``.

    ``word`` is read from the source (李某某 *是户成员* …), ``inverse`` from the target. ``is_single``: a source has at
    most one such relation at a time; ``has_role``: it says in which role.
    """

    key: str
    word: str
    inverse: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    is_single: bool = False
    has_role: bool = False


RELATIONS = {
    each.key: each
    for each in (
        RelationKind("member", "所在户", "户成员", (PERSON,), (HOUSEHOLD,), has_role=True),
        RelationKind("dwells", "住在", "住户", (HOUSEHOLD,), (HOUSE,), is_single=True),
        RelationKind("owns", "拥有", "产权人", (PERSON, ORGANIZATION), (HOUSE,)),
        RelationKind("rents", "租用", "承租人", (PERSON, HOUSEHOLD, ORGANIZATION), (HOUSE,)),
        RelationKind("works", "从业于", "从业人员", (PERSON,), (ORGANIZATION,)),
        RelationKind("keeps", "负责", "负责人", (PERSON,), (ORGANIZATION, PLACE)),
        RelationKind("sits", "设在", "设在这里的", (ORGANIZATION, PLACE), (HOUSE,), is_single=True),
    )
}
HEAD = "head"
ROLES = {
    HEAD: "户主",
    "spouse": "配偶",
    "child": "子女",
    "parent": "父母",
    "grandchild": "孙子女",
    "sibling": "兄弟姐妹",
    "other": "其他亲属",
    "lodger": "非亲属",
}


def relations_of(kind: str) -> tuple[RelationKind, ...]:
    """Returns the relations that begin at a record of this kind."""
    return tuple(each for each in RELATIONS.values() if kind in each.sources)
