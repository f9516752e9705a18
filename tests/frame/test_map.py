"""The map of open cases: whose map it is, the numbers that equal their lists, the dots and who sees them (Art. 20)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cases import reported
from tests.frame.test_overview import total_behind
from tests.town import SIDE, Town
from tests.workflow.test_desk_pages import signed_in, statements_of
from workflow.models import Case
from workflow.place_counts import MOST_DOTS
from workflow.views.dots import most_in

MAP = "/map/"
ROAD, COUNTY, CITY = "410902001", "410902", "4109"
HERE = (115.005, 35.705)  # in the first grid of 京东社区


def lit(town: Town, light: str = "normal", *, at: tuple[float, float] | None = HERE, **more: Any) -> Case:
    """A case in the first grid of 京东社区, with a light and a place."""
    case = reported(town)
    lon, lat = at or (None, None)
    Case.objects.filter(pk=case.pk).update(light=light, lon=lon, lat=lat, **more)
    return case


def elsewhere(town: Town, light: str = "normal") -> Case:
    """A case in 清丰县."""
    place = town.division("城关村")
    assert place.parent
    above = {"township": place.parent, "county": place.parent.parent}
    as_reported = {f"reported_{level}": division for level, division in above.items()}
    return lit(town, light, at=(115.045, 35.705), village=place, **above, **as_reported)


def dots(client: Client, code: str = ROAD, **query: str) -> dict[int, Any]:
    """The features of a map, by case."""
    answer = client.get(reverse("workflow:dots", args=[code]), query)
    assert answer.status_code == 200, answer.status_code
    return {feature["id"]: feature for feature in answer.json()["features"]}


def rows_of(client: Client, **query: str) -> dict[str, Any]:
    return {row.name: row for row in client.get(MAP, query).context["rows"]}


@pytest.mark.parametrize(
    ("name", "place", "rows"),
    [
        ("zheng", "濮阳市", ["华龙区", "清丰县"]),
        ("feng", "濮阳市", ["华龙区", "清丰县"]),
        ("wu", "华龙区", ["中原路街道", "胜利路街道"]),
        ("hua", "华龙区", ["中原路街道", "胜利路街道"]),
        ("zhao", "中原路街道", None),
        ("chen", "中原路街道", None),
        ("wang", "中原路街道", None),
    ],
)
def test_the_map_opens_at_the_widest_place_of_its_user(
    town: Town, name: str, place: str, rows: list[str] | None
) -> None:
    context = signed_in(getattr(town, name)).get(MAP).context
    assert context["place"].name == place
    if rows is None:
        assert context["is_township"]
        assert len(context["rows"]) == 3
    else:
        assert [row.name for row in context["rows"]] == rows


@pytest.mark.parametrize(
    ("name", "code", "trail"),
    [
        ("zheng", CITY, []),
        ("zheng", COUNTY, ["濮阳市"]),
        ("zheng", ROAD, ["濮阳市", "华龙区"]),
        ("wu", ROAD, ["华龙区"]),
        ("zhao", ROAD, []),
    ],
)
def test_a_trail_leads_back_up_as_far_as_the_user_looks(
    town: Town, name: str, code: str, trail: list[str]
) -> None:
    client = signed_in(getattr(town, name))
    steps = client.get(MAP, {"division": code}).context["trail"]
    assert [step.name for step in steps] == trail
    assert {client.get(step.url).status_code for step in steps} <= {200}


@pytest.mark.parametrize("name", ["zheng", "wu"])
def test_each_place_leads_one_level_deeper_and_ends_at_the_grids(town: Town, name: str) -> None:
    client = signed_in(getattr(town, name))
    address, levels = MAP, []
    while not (page := client.get(address)).context["is_township"]:
        levels.append(page.context["place"].level)
        assert page.context["rows"][0].map_url == page.context["rows"][0].url
        address = page.context["rows"][0].url
    assert levels == {"zheng": ["city", "county"], "wu": ["county"]}[name]
    assert page.context["place"].name == "中原路街道"


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("zhao", {"division": "410922100"}),
        ("zhao", {"division": COUNTY}),
        ("chen", {"division": CITY}),
        ("wu", {"division": CITY}),
        ("wu", {"division": "410922"}),
        ("zheng", {"division": "410902001001"}),
        ("zheng", {"division": "999999"}),
        ("zheng", {"measure": "received"}),
        ("zheng", {"measure": "unknown"}),
    ],
)
def test_a_map_out_of_ones_sight_or_of_unknown_words_does_not_exist(
    town: Town, name: str, query: dict[str, str]
) -> None:
    assert signed_in(getattr(town, name)).get(MAP, query).status_code == 404


@pytest.mark.parametrize("name", ["sun", "nobody", "jiang"])
def test_who_looks_after_no_place_gets_a_sentence(town: Town, name: str) -> None:
    assert signed_in(getattr(town, name)).get(MAP).status_code == 403


@pytest.mark.parametrize("measure", ["open", "near", "late", "supervised"])
@pytest.mark.parametrize(
    ("name", "code"), [("zheng", CITY), ("feng", CITY), ("wu", COUNTY), ("hua", COUNTY), ("zhao", ROAD)]
)
def test_every_number_of_a_map_opens_a_list_of_as_many(
    town: Town, name: str, code: str, measure: str
) -> None:
    for light in Case.Light.values:
        lit(town, light)
        elsewhere(town, light)
    lit(town, "late", confidential=True)
    lit(town, "late", at=None)
    client = signed_in(getattr(town, name))
    page = client.get(MAP, {"division": code, "measure": measure}).context
    for row in page["rows"]:
        assert total_behind(client, row.list_url)[0] == row.count, row.name
    assert (
        total_behind(client, page["list_url"])[0] == page["total"] == sum(row.count for row in page["rows"])
    )
    assert page["total"] > 0


def test_a_place_shows_its_gravest_light_by_word_and_shape(town: Town) -> None:
    lit(town, "near")
    lit(town, "supervised")
    elsewhere(town, "late")
    city = signed_in(town.zheng)
    rows = rows_of(city)
    assert {name: (row.count, row.light, row.light_word) for name, row in rows.items()} == {
        "华龙区": (2, "supervised", "督办"),
        "清丰县": (1, "late", "超期"),
    }
    page = city.get(MAP).content.decode()
    assert 'data-name="华龙区" data-village="" data-count="2"' in page
    assert 'data-light="supervised"' in page
    assert rows_of(city, measure="late")["华龙区"].count == 1
    assert rows_of(city, measure="near", division=COUNTY)["中原路街道"].light == "near"


def test_a_grid_that_has_ended_keeps_its_cases_in_the_sum(town: Town) -> None:
    lit(town)
    town.grid.__class__.objects.filter(pk=town.grid.pk).update(status="retired")
    desk = signed_in(town.zhao)
    page = desk.get(MAP).context
    assert (page["gone"], page["total"], len(page["rows"])) == (1, 1, 2)
    assert "已停用的网格" in desk.get(MAP).content.decode()
    assert total_behind(desk, page["list_url"])[0] == 1


def test_the_matter_of_the_address_filters_numbers_dots_and_lists_alike(town: Town) -> None:
    mine, other = lit(town), lit(town)
    assert mine.matter
    code = mine.matter.code
    Case.objects.filter(pk=other.pk).update(matter=None)
    desk = signed_in(town.zhao)
    page = desk.get(MAP, {"matter": code}).context
    assert (page["total"], page["matters"]) == (1, [(code, mine.matter.name)])
    assert total_behind(desk, page["list_url"]) == (1, 1)
    assert mine.matter.name in desk.get(page["list_url"]).content.decode()
    assert set(dots(desk, matter=code)) == {mine.pk}
    assert set(dots(desk)) == {mine.pk, other.pk}
    assert desk.get(reverse("workflow:list"), {"matter": "unknown"}).status_code == 404


def test_a_worker_is_offered_no_list_that_he_may_not_open(town: Town) -> None:
    lit(town)
    worker = signed_in(town.chen)
    page = worker.get(MAP).context
    offered = [row.list_url for row in page["rows"] if row.list_url]
    assert [worker.get(url).status_code for url in offered] == [200]
    assert page["list_url"] == ""


# --- Dots ---------------------------------------------------------------------------------------------------------


def test_a_dot_is_a_case_with_its_light_and_opens_it(town: Town) -> None:
    case = lit(town, "late")
    desk = signed_in(town.zhao)
    feature = dots(desk)[case.pk]
    assert feature["geometry"] == {"type": "Point", "coordinates": list(HERE)}
    assert feature["properties"]["light"] == "late"
    assert desk.get(feature["properties"]["url"]).status_code == 200


@pytest.mark.article(20)
def test_a_confidential_case_is_never_a_dot(town: Town) -> None:
    clue = lit(town, confidential=True)
    for name in ("zhao", "hua", "feng", "zheng"):
        assert clue.pk not in dots(signed_in(getattr(town, name))), name
    assert rows_of(signed_in(town.zhao))[town.grid.name].count == 1


def test_what_has_ended_or_has_no_place_is_no_dot(town: Town) -> None:
    lit(town, at=None)
    ended = lit(town)
    Case.objects.filter(pk=ended.pk).update(status="withdrawn", ended_at=ended.reported_at, due_at=None)
    assert dots(signed_in(town.zhao)) == {}


@pytest.mark.parametrize(
    ("name", "code", "sees"),
    [
        ("zheng", CITY, "both"),
        ("zheng", COUNTY, "near"),
        ("wu", CITY, "near"),
        ("wu", "410922", ""),
        ("gu", CITY, "far"),
        ("zhao", ROAD, "near"),
        ("duan", ROAD, ""),
        ("shi", ROAD, ""),
        ("nobody", CITY, ""),
    ],
)
def test_dots_are_cases_in_ones_sight_alone(town: Town, name: str, code: str, sees: str) -> None:
    near, far = lit(town), elsewhere(town)
    wanted = {"both": {near.pk, far.pk}, "near": {near.pk}, "far": {far.pk}, "": set()}[sees]
    assert set(dots(signed_in(getattr(town, name)), code)) == wanted


def test_the_dots_of_a_part_are_those_within_its_bounds(town: Town) -> None:
    west, east = lit(town, at=(115.002, 35.702)), lit(town, at=(115.008, 35.708))
    desk = signed_in(town.zhao)
    assert set(dots(desk, bounds="115.0,35.7,115.005,35.705")) == {west.pk}
    assert set(dots(desk, bounds=f"115.0,35.7,{115 + SIDE},{35.7 + SIDE}")) == {west.pk, east.pk}
    assert dots(desk, bounds="116,36,115,35") == {}


def test_more_dots_than_a_map_has_room_for_are_none_and_the_answer_says_so(town: Town) -> None:
    desk = signed_in(town.zhao)
    address = reverse("workflow:dots", args=[ROAD])
    lit(town)
    lit(town, at=(115.008, 35.708))
    assert len(desk.get(address, {"most": "2"}).json()["features"]) == 2
    lit(town)
    answer = desk.get(address, {"most": "2"}).json()
    assert (answer["too_many"], answer["features"]) == (True, [])
    part = {"most": "2", "bounds": "115.007,35.707,115.009,35.709"}
    assert desk.get(address, part).json()["too_many"] is False


def test_no_map_gets_more_than_two_thousand_dots(town: Town) -> None:
    assert most_in("") == most_in("999999") == MOST_DOTS == 2_000
    assert most_in("300") == 300
    case = lit(town)
    fields = [
        field.attname for field in Case._meta.concrete_fields if field.attname not in ("id", "rating_code")
    ]
    values = Case.objects.filter(pk=case.pk).values(*fields).get()
    Case.objects.bulk_create(Case(**values, rating_code=f"many-{number}") for number in range(MOST_DOTS - 1))
    desk = signed_in(town.zhao)
    assert len(dots(desk)) == MOST_DOTS
    lit(town)
    assert dots(desk) == dots(desk, most="5000") == {}


@pytest.mark.parametrize(
    "query",
    [
        {"bounds": "1,2,3"},
        {"bounds": "a,b,c,d"},
        {"bounds": "nan,0,1,1"},
        {"bounds": "inf,0,1,1"},
        {"bounds": "1,2,3,4,5"},
        {"most": "many"},
        {"measure": "received"},
    ],
)
def test_bounds_and_measures_that_mean_nothing_do_not_exist(town: Town, query: dict[str, str]) -> None:
    assert signed_in(town.zhao).get(reverse("workflow:dots", args=[ROAD]), query).status_code == 404


def test_a_village_has_no_map_of_its_own(town: Town) -> None:
    assert signed_in(town.zhao).get(reverse("workflow:dots", args=["410902001001"])).status_code == 404


def test_dots_are_not_stored_and_outlines_are_asked_about(town: Town) -> None:
    city = signed_in(town.zheng)
    assert city.get(reverse("workflow:dots", args=[CITY]))["Cache-Control"] == "no-store"
    address = reverse("api:division_map", args=[CITY])
    answer = city.get(address)
    assert answer["Cache-Control"] == "private, no-cache"
    assert city.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("code", "names"), [(CITY, {"华龙区", "清丰县"}), (COUNTY, {"中原路街道", "胜利路街道"})]
)
def test_the_outlines_of_a_map_are_those_of_its_places(town: Town, code: str, names: set[str]) -> None:
    features = signed_in(town.zheng).get(reverse("api:division_map", args=[code])).json()["features"]
    assert {town.division(name).pk for name in names} == {feature["id"] for feature in features}
    assert {feature["geometry"]["type"] for feature in features} <= {"Polygon", "MultiPolygon"}


@pytest.mark.slow
def test_a_hundred_cases_cost_the_map_as_many_statements_as_one(town: Town) -> None:
    city = signed_in(town.zheng)
    addresses = [f"{MAP}?division={code}" for code in (CITY, COUNTY, ROAD)]
    addresses += [reverse("workflow:dots", args=[code]) for code in (CITY, ROAD)]
    costs: dict[str, set[int]] = {address: set() for address in addresses}
    for more in (1, 9, 90):
        for _ in range(more):
            lit(town)
        for address in addresses:
            costs[address].add(statements_of(city, address))
    assert {address: len(found) for address, found in costs.items()} == dict.fromkeys(addresses, 1)
