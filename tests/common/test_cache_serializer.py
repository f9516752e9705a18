"""Values in Redis are JSON; a pickled value is never loaded."""

from __future__ import annotations

import ast
import pickle
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from redis import Redis

from common.web.cache_serializer import JsonSerializer
from common.web.rate_limit import uses_of
from puyang_grid.addresses import BASE_DIR

opened: list[str] = []


def note_that_it_was_opened() -> str:
    opened.append("opened")
    return "opened"


class Parcel:
    """Says so when it is unpickled; does nothing else."""

    def __reduce__(self) -> Any:
        return note_that_it_was_opened, ()


@pytest.fixture
def redis() -> Redis:
    return Redis.from_url(settings.CACHES["default"]["LOCATION"])


@pytest.fixture
def name() -> str:
    return f"serializer:{uuid4().hex}"


def test_a_pickled_value_is_never_loaded(redis: Redis, name: str) -> None:
    opened.clear()
    parcel = pickle.dumps(Parcel())
    pickle.loads(parcel)
    assert opened == ["opened"]  # it would have been noticed
    redis.set(cache.make_key(name), parcel, ex=30)
    opened.clear()
    assert cache.get(name) is None
    assert cache.get_many([name]) == {name: None}
    assert opened == []


@pytest.mark.parametrize("kept", [b"\x80\x04", b"{", b"\xff\xfe", b"", b"[" * 50_000])
def test_what_is_no_json_counts_as_never_kept(redis: Redis, name: str, kept: bytes) -> None:
    redis.set(cache.make_key(name), kept, ex=30)
    assert cache.get(name) is None


@pytest.mark.parametrize(
    "value", ["濮城镇", 7, -1, True, None, 2.5, ["a", {"b": [1]}], {"body": "<p>\u2028</p>"}]
)
def test_what_is_kept_comes_back_the_same(redis: Redis, name: str, value: Any) -> None:
    cache.set(name, value, 30)
    assert cache.get(name) == value and type(cache.get(name)) is type(value)


def test_redis_counts_whole_numbers_up(name: str) -> None:
    assert cache.add(name, 1, timeout=30)
    assert cache.incr(name) == 2
    assert cache.get(name) == 2


def test_names_are_counted_apart_until_their_time_is_over(redis: Redis, name: str) -> None:
    other = f"{name}-other"
    assert [uses_of(name, seconds=30), uses_of(name, other, seconds=30)] == [[1], [2, 1]]
    kept = cache.make_key(f"often:{name}")
    redis.expire(kept, 5)
    assert uses_of(name, seconds=30) == [3]
    assert 0 < redis.ttl(kept) <= 5  # a further use does not lengthen it
    redis.delete(kept)
    assert uses_of(name, other, seconds=30) == [1, 2]


@pytest.mark.parametrize("value", [object(), b"bytes", {1, 2}, float("nan"), Parcel()])
def test_what_json_cannot_say_is_refused_when_it_is_kept(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        JsonSerializer().dumps(value)


def test_who_speaks_to_the_cache_is_known() -> None:
    """Each of these modules caches numbers or a dict of texts; check a new one before you add it here."""
    users = set()
    for path in BASE_DIR.glob("*/**/*.py"):
        place = path.relative_to(BASE_DIR)
        if place.parts[0] in ("tests", "var", ".venv"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.core.cache"):
                users.add(str(place))
    here = {"common/web/counting_cache.py", "common/web/health.py", "common/web/rate_limit.py"}
    here |= {"channels/tasks.py", "demo/simulation/faults.py"}  # a number; a flush
    assert users == here | {"public/cache.py", "workflow/presence.py"}


def test_no_message_of_celery_is_pickled() -> None:
    assert settings.CELERY_TASK_SERIALIZER == "json" and settings.CELERY_ACCEPT_CONTENT == ["json"]
