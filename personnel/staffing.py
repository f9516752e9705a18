"""A township's people on one page: who holds which post in which grid, and what is missing (Art. 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from grids.models import Division, Grid
from grids.querysets import DivisionQuerySet
from personnel.models import GridPosting, OfficePosting, Vacancy
from personnel.posts import NAMED_WHILE_VACANT, NEEDED, WHILE_VACANT

ROLES = dict(GridPosting.Role.choices)


@dataclass(frozen=True)
class Cell:
    """One post and its holders; ``is_vacant`` if the law requires somebody and nobody holds it."""

    role: str
    posts: list[GridPosting]
    village: Division
    grid: Grid | None

    @property
    def role_name(self) -> str:
        """The post in Chinese."""
        return ROLES[self.role]

    @property
    def is_vacant(self) -> bool:
        """Whether a required post is not held; who is named meanwhile does not hold it."""
        return self.role in NEEDED and all(post.source == WHILE_VACANT for post in self.posts)

    @property
    def may_be_named(self) -> bool:
        """Whether somebody may be named to act until the post is held."""
        return self.is_vacant and self.role in NAMED_WHILE_VACANT and not self.posts


@dataclass(frozen=True)
class Line:
    """A village with its leader and instructor, or a grid with its workers."""

    place: Division | Grid
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """A village and its grids."""

    village: Division
    head: Line
    grids: list[Line]


def staffing_of(township: Division, *, day: date) -> list[Block]:
    """Return every village of a township with its grids in force and their postings; three statements."""
    villages = list(Division.objects.filter(parent=township).defer("outline").order_by("code"))
    grids: dict[int, list[Grid]] = defaultdict(list)
    for grid in Grid.objects.in_force().filter(village__parent=township).defer("boundary").order_by("code"):
        grids[grid.village_id].append(grid)
    held: dict[tuple[int, int | None, str], list[GridPosting]] = defaultdict(list)
    posts = GridPosting.objects.current(day).filter(village__parent=township)
    for post in posts.select_related("user", "stands_in_for__user").order_by("starts_on", "pk"):
        held[post.village_id, post.grid_id, post.role].append(post)

    def line(village: Division, grid: Grid | None, roles: tuple[str, ...]) -> Line:
        key = grid.pk if grid else None
        cells = [Cell(role, held[village.pk, key, role], village, grid) for role in roles]
        return Line(grid or village, cells)

    return [
        Block(
            village,
            line(village, None, ("leader", "instructor")),
            [line(village, grid, ("full_time", "part_time")) for grid in grids[village.pk]],
        )
        for village in villages
        if grids[village.pk]
    ]


def posts_in_words(people: Iterable[int], *, day: date) -> dict[int, list[str]]:
    """Return the posts that people hold on a day, in words, by account; two statements."""
    words: dict[int, list[str]] = {pk: [] for pk in people}
    grid_posts = GridPosting.objects.current(day).filter(user__in=words).select_related("grid", "village")
    for post in grid_posts.defer("grid__boundary", "village__outline"):
        words[post.user_id].append(f"{post.where} {post.get_role_display()}")
    for office in OfficePosting.objects.current(day).filter(user__in=words).select_related("organization"):
        words[office.user_id].append(f"{office.organization.name} {office.get_role_display()}")
    return words


def totals_of(blocks: list[Block]) -> dict[str, int]:
    """Return the numbers of grids, of people with posts, of vacant posts and of stand-ins."""
    cells = [cell for block in blocks for line in (block.head, *block.grids) for cell in line.cells]
    return {
        "grids": sum(len(block.grids) for block in blocks),
        "people": len({post.user_id for cell in cells for post in cell.posts}),
        "vacant": sum(cell.is_vacant for cell in cells),
        "stand_ins": sum(
            post.stands_in_for_id is not None or post.source == WHILE_VACANT
            for cell in cells
            for post in cell.posts
        ),
    }


@dataclass(frozen=True, slots=True)
class TownshipRow:
    """A township with its number of vacant posts."""

    place: Division
    vacant: int


def townships_with_vacancies(townships: DivisionQuerySet) -> list[TownshipRow]:
    """Return the townships with their numbers of vacant posts, highest first; two statements."""
    rows = list(townships.select_related("parent").defer("outline", "parent__outline").order_by("code"))
    path = "village__parent"
    open_rows = Vacancy.objects.filter(closed_on=None, **{f"{path}__in": [row.pk for row in rows]})
    counts = dict(open_rows.order_by().values_list(path).annotate(count=Count("pk")))
    found = [TownshipRow(place=row, vacant=counts.get(row.pk, 0)) for row in rows]
    return sorted(found, key=lambda row: -row.vacant)
