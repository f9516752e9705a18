"""One person at the map editor, for the journeys that draw grids."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from typing import Any

import shapely
from playwright.sync_api import Page, expect
from shapely import Geometry

from accounts.models import User
from common import clock
from common.shapes import Json
from grids.models import Division
from plans.actions.plans import PlanDraft, draft_plan
from tests.databases import connected_to
from tests.live import LiveCity

TOWNSHIP = "410902001"
EARTH = 6_378_137.0
MARGIN = 24  # pixels that the map leaves round the grids


class Editor:
    """One person at the map editor of a plan of her own, who can point at a place in degrees."""

    def __init__(self, page: Page, plan: int) -> None:
        self.page, self.plan = page, plan
        self.address = f"/plans/{plan}/map/?township={TOWNSHIP}"
        page.goto(self.address)
        expect(page.locator("[data-map-ready]")).to_be_visible()

    def grids(self) -> dict[str, Json]:
        """The features of the map as the server has them, by key."""
        answer = self.page.request.get(f"/api/v1/plans/{self.plan}/map/?township={TOWNSHIP}")
        return {feature["id"]: feature for feature in answer.json()["features"]}

    def shapes(self) -> dict[str, Geometry]:
        return {key: shapely.from_geojson(json.dumps(each["geometry"])) for key, each in self.grids().items()}

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place lies on the screen while the map shows the whole township."""
        corners = shapely.get_coordinates(list(self.first.values()))
        west, south = mercator(*corners.min(axis=0))
        east, north = mercator(*corners.max(axis=0))
        box = self.page.locator("[data-map-edit] canvas").first.bounding_box()
        assert box
        metres = max(
            (east - west) / (box["width"] - 2 * MARGIN), (north - south) / (box["height"] - 2 * MARGIN)
        )
        x, y = mercator(lon, lat)
        left = box["x"] + box["width"] / 2 + (x - (west + east) / 2) / metres
        return left, box["y"] + box["height"] / 2 - (y - (south + north) / 2) / metres

    def point_near(self, key: str, lon: float, lat: float) -> tuple[float, float]:
        """Where a place lies on the screen after a grid was chosen in the list, which brings it into the middle."""
        west, south, east, north = self.first[key].bounds
        (west, south), (east, north) = mercator(west, south), mercator(east, north)
        box = self.page.locator("[data-map-edit] canvas").first.bounding_box()
        assert box
        metres = max((east - west) / (box["width"] / 2), (north - south) / (box["height"] / 2))
        x, y = mercator(lon, lat)
        left = box["x"] + box["width"] / 2 + (x - (west + east) / 2) / metres
        return left, box["y"] + box["height"] / 2 - (y - (south + north) / 2) / metres

    def choose(self, key: str) -> None:
        """Choose a grid in the list, and wait until the map has moved to it."""
        self.row(key).locator("[data-row-link]").click()
        expect(self.row(key)).to_have_attribute("aria-current", "true")
        self.page.wait_for_timeout(500)

    def measure(self) -> dict[str, Geometry]:
        """Remember the township as it was shown first, which is what the map was fitted to."""
        self.first = self.shapes()
        return self.first

    def drag(self, start: tuple[float, float], right: float, down: float) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(start[0] + right / 2, start[1] + down / 2, steps=4)
        mouse.move(start[0] + right, start[1] + down, steps=4)
        mouse.up()

    def says(self, words: str) -> None:
        expect(self.page.locator("[data-edit-say]")).to_contain_text(words)

    def row(self, key: str) -> Any:
        return self.page.locator(f'[data-row="{key}"]')

    def open(self, words: str) -> None:
        self.page.locator(".editor-verbs > details > summary", has_text=words).press("Enter")


def mercator(lon: float, lat: float) -> tuple[float, float]:
    return EARTH * math.radians(lon), EARTH * math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


def empty_draft(live_city: LiveCity) -> int:
    """An empty draft of 华龙区."""
    with connected_to(live_city.database):
        at = clock.now()
        effective_on = (at + timedelta(days=40)).date()
        draft = PlanDraft(title="网格调整", reason="核对边界。", effective_on=effective_on)
        county, by = Division.objects.get(code="410902"), User.objects.get(username="county_admin")
        return draft_plan(draft, county=county, by=by, at=at).pk
