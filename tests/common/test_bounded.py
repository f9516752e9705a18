"""A thousand wrong items cost no more than one: they are counted before they are looked at."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from common.web.bounded import BoundedDictField, BoundedJSONField, BoundedListField
from plans.api.serializers import ChangeIn, GridUnitIn
from tests.doors import Visitor
from tests.shapes import Sent
from tests.town import Town


class Untouchable(serializers.IntegerField):
    """A field that must not be validated."""

    def to_internal_value(self, data: Any) -> int:
        raise AssertionError("an item was looked at")


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        (BoundedListField(child=Untouchable(), max_length=3), [1] * 4),
        (BoundedDictField(child=Untouchable(), max_length=3), {str(n): 1 for n in range(4)}),
        (BoundedDictField(child=Untouchable(), max_length=3), {"a" * 65: 1}),
    ],
)
def test_too_many_are_refused_unseen(field: Any, sent: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        field.run_validation(sent)
    assert "最多" in str(caught.value)


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        (BoundedListField(child=serializers.IntegerField(), max_length=3), [1, 2, 3]),
        (BoundedDictField(child=serializers.IntegerField(), max_length=3), {"a": 1, "b": 2}),
        (BoundedJSONField(max_values=9), {"a": [1, [2, None], "text"]}),
    ],
)
def test_as_many_as_there_may_be_are_read(field: Any, sent: Any) -> None:
    assert field.run_validation(sent) == sent


@pytest.mark.parametrize(
    "sent",
    [[1] * 9, [[[[[[[[[[]]]]]]]]]], {str(n): 1 for n in range(5)}, "x" * 201, ["x" * 201], {"x" * 201: 1}],
)
def test_json_is_counted_at_any_depth(sent: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        BoundedJSONField(max_values=9).run_validation(sent)
    assert "内容太多" in str(caught.value)


def test_what_is_no_list_is_still_called_that() -> None:
    for field, sent in ((BoundedListField(max_length=3), "text"), (BoundedDictField(max_length=3), [1])):
        with pytest.raises(ValidationError):
            field.run_validation(sent)


def test_several_of_one_shape_are_counted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GridUnitIn, "run_validation", lambda self, data: pytest.fail("a unit was looked at"))
    received = ChangeIn(data={"verb": "create", "version": 1, "units": [{}] * 2001})
    assert not received.is_valid() and "units" in received.errors


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/messages/", {"ids": ["x"] * 5000}),
        ("/api/v1/cases/", {"photos": ["x"] * 5000}),
        ("/api/v1/cases/", {"answers": {str(n): [] for n in range(5000)}}),
    ],
)
def test_the_answer_names_the_number_and_not_each_item(town: Town, path: str, body: Sent) -> None:
    answer = Visitor(town.chen).client.post(
        path, body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
    )
    assert answer.status_code == 422
    assert "5000 项" in answer.json()["sentence"]
    assert len(answer.content) < 1000
