"""Somebody with a file of grids and a plan, at the pages of an import."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from pyproj import Transformer

from accounts.models import User
from common.shapes import Json
from plans.actions.imports import work_on_imports
from plans.models import GridPlan, ImportJob
from tests.doors import Visitor
from tests.town import MONDAY

Way = Callable[[float, float], tuple[float, float]]


def collection(*features: Json, **members: Any) -> bytes:
    text = json.dumps({"type": "FeatureCollection", **members, "features": features}, ensure_ascii=False)
    return text.encode()


class Importer(Visitor):
    """Somebody with a file and a plan."""

    def __init__(self, person: User, plan: GridPlan) -> None:
        super().__init__(person)
        self.plan = plan
        self.path = f"/plans/{plan.pk}/import/"

    def send(self, content: bytes, name: str = "网格.geojson") -> Any:
        file = io.BytesIO(content)
        file.name = name
        return self.client.post(self.path, {"file": file})

    def upload(self, content: bytes, name: str = "网格.geojson") -> ImportJob:
        """Send a file and let the worker have its first look."""
        answer = self.send(content, name)
        job = ImportJob.objects.latest("pk")
        assert (answer.status_code, answer["Location"]) == (302, f"{self.path}{job.pk}/")
        work_on_imports(at=MONDAY)
        job.refresh_from_db()
        return job

    def read(self, *features: Json) -> ImportJob:
        """Bring a file as far as its preview."""
        job = self.upload(collection(*features))
        assert self.act(job, "system", crs="EPSG:4490").status_code == 302
        work_on_imports(at=MONDAY)
        job.refresh_from_db()
        assert job.status == "ready", job.sentence
        return job

    def act(self, job: ImportJob, verb: str, **fields: Any) -> Any:
        return self.post(f"{self.path}{job.pk}/{verb}/", fields)

    def confirm(self, job: ImportJob, *, version: int | None = None) -> Any:
        seen = version or GridPlan.objects.get(pk=self.plan.pk).version
        return self.act(job, "confirm", version=seen)

    def page(self, job: ImportJob, query: str = "") -> str:
        return self.text(f"{self.path}{job.pk}/{query}")


def projected(code: int) -> Way:
    to = Transformer.from_crs(4490, code, always_xy=True)
    return lambda lon, lat: to.transform(lon, lat)


def moved(way: Way, *features: Json) -> list[Json]:
    for each in features:
        each["geometry"]["coordinates"] = [
            [list(way(x, y)) for x, y in ring] for ring in each["geometry"]["coordinates"]
        ]
    return list(features)
