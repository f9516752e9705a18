"""An address without a declared door lets nobody in (Art. 20: deny by default)."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from common.web import doors
from puyang_grid import urls, wsgi
from tests.town import Town


def unguarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse("everything")


urlpatterns = [*urls.urlpatterns, path("unguarded/", unguarded, name="unguarded")]


def test_every_address_has_declared_who_may_knock() -> None:
    assert doors.undeclared() == []


@pytest.mark.article(20)
@pytest.mark.urls("tests.common.test_doors")
def test_the_server_does_not_start_with_an_address_that_has_no_door() -> None:
    assert any(fault.id == "puyang_grid.E001" and "unguarded" in fault.msg for fault in run_checks())
    with pytest.raises(ImproperlyConfigured, match="unguarded"):
        importlib.reload(wsgi)


@pytest.mark.article(20)
@pytest.mark.urls("tests.common.test_doors")
def test_an_address_without_a_door_answers_nobody(town: Town, settings: Any) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(town.zhao)
    assert client.get("/unguarded/").status_code == 500


def test_a_door_that_leads_nowhere_and_a_rule_that_does_not_exist_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    more = {"frame:nowhere": doors.own(), "frame:home": doors.by_rule("frame.inbox.no_such_rule")}
    monkeypatch.setattr(doors, "_doors", {**doors._doors, **more})
    faults = doors.undeclared()
    assert any("frame:nowhere leads nowhere" in fault for fault in faults)
    assert any("no_such_rule" in fault for fault in faults)


def test_a_door_is_declared_once() -> None:
    with pytest.raises(ImproperlyConfigured, match="twice"):
        doors.declare("frame", {"home": doors.own()})


@pytest.mark.article(20)
def test_a_door_that_greets_strangers_spares_nobody_a_step_of_signing_in(town: Town, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    assert client.get("/").status_code == 200
    client.force_login(town.wu)
    assert client.get("/")["Location"] == "/sign-in/enrol/"


@pytest.mark.article(20)
def test_a_stranger_is_turned_away_in_the_manner_of_the_request(town: Town) -> None:
    client = Client()
    assert client.get("/cases/1/").status_code == 302
    piece = client.get("/cases/1/preview/", headers={"HX-Request": "true"})
    assert piece.headers["HX-Redirect"].startswith("/sign-in/")
    answer = client.get("/api/v1/cases/")
    assert (answer.status_code, answer.json()["sentence"]) == (401, "请先登录。")
