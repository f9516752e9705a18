"""`check --deploy` passes for a sound deployment and fails for each setting that must not go live."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import checks

from common.privacy.ciphers import PURPOSES
from puyang_grid.addresses import BASE_DIR
from puyang_grid.checks import BEFORE_GOING_LIVE

SOUND = {
    "DEBUG": False,
    "DEMO_MODE": False,
    "ALLOWED_HOSTS": ["grid.example.org"],
    "CSRF_TRUSTED_ORIGINS": ["https://grid.example.org"],
    "PUBLIC_ADDRESS": "https://grid.example.org",
    "SECOND_FACTOR_REQUIRED": True,
    "AUDIT_ANCHOR_FILE": "/elsewhere/roots.jsonl",
    "CACHES": {"default": {"LOCATION": "redis://:secret@redis:6379/0"}},
    "CELERY_BROKER_URL": "redis://:secret@redis:6379/0",
    "VAR_DIR": Path("/srv/puyang"),
}
OF_THE_TEST_RUN = ("DEBUG", "PUYANG_VAR", "DJANGO_ALLOW_ASYNC_UNSAFE")
UNSOUND: list[tuple[str, str, Any]] = [
    ("E101", "DEBUG", True),
    ("E102", "DEMO_MODE", True),
    ("E103", "ALLOWED_HOSTS", ["*"]),
    ("E103", "ALLOWED_HOSTS", ["grid.example.org", ".example.org"]),
    ("E103", "CSRF_TRUSTED_ORIGINS", ["https://*.example.org"]),
    ("E104", "SECOND_FACTOR_REQUIRED", False),
    ("E105", "AUDIT_ANCHOR_FILE", ""),
    ("E105", "AUDIT_ANCHOR_FILE", "anchors/roots.jsonl"),
    ("E105", "AUDIT_ANCHOR_FILE", "/srv/puyang/anchors/roots.jsonl"),
    ("E105", "AUDIT_ANCHOR_FILE", "/srv/anchors/../puyang/roots.jsonl"),
    ("E106", "CACHES", {"default": {"LOCATION": "redis://redis:6379/0"}}),
    ("E106", "CACHES", {"default": {"LOCATION": ["redis://:secret@redis:6379/0", "redis://:@other:6379/0"]}}),
    ("E106", "CELERY_BROKER_URL", "redis://redis:6379/0"),
    ("E107", "PUBLIC_ADDRESS", "http://grid.example.org"),
    ("E107", "PUBLIC_ADDRESS", "grid.example.org"),
    ("E107", "PUBLIC_ADDRESS", "https://grid.example.org/board"),
    ("E107", "PUBLIC_ADDRESS", "https://other.example.org"),
]


def found() -> list[str]:
    """Our own errors among what the deployment checks say."""
    faults = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    return [fault.id for fault in faults if str(fault.id).startswith("puyang_grid.") and fault.is_serious()]


@pytest.fixture
def sound(settings: Any) -> Any:
    for name, value in SOUND.items():
        setattr(settings, name, value)
    return settings


def test_a_sound_deployment_passes(sound: Any) -> None:
    assert found() == []


@pytest.mark.parametrize(("fault", "name", "value"), UNSOUND)
def test_what_must_not_go_live_is_named(sound: Any, fault: str, name: str, value: Any) -> None:
    setattr(sound, name, value)
    assert found() == [f"puyang_grid.{fault}"]


def test_each_requirement_has_its_case_and_its_advice() -> None:
    assert {requirement.id for requirement in BEFORE_GOING_LIVE} == {
        f"puyang_grid.{row[0]}" for row in UNSOUND
    }
    assert all(requirement.hint for requirement in BEFORE_GOING_LIVE)


def test_redis_behind_a_file_of_its_own_needs_no_password(sound: Any) -> None:
    sound.CACHES = {"default": {"LOCATION": "unix:///run/valkey.sock?db=0"}}
    sound.CELERY_BROKER_URL = "redis+socket:///run/valkey.sock?virtual_host=0"
    assert found() == []


# --- The command itself, with production's settings -----------------------------------------------------------


def check_deploy(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `check --deploy` as a container does: every secret in a file that ends with a line break."""
    rings = [f"{ring}.1:{base64.b64encode(secrets.token_bytes(32)).decode()}" for ring in PURPOSES]
    kept = {
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SEALING_KEYS": ",".join(rings),
        "DATABASE_APP_PASSWORD": "p/w+d",
        "REDIS_PASSWORD": "r/e+d",
    }
    for name, secret in kept.items():
        (folder / name).write_text(f"{secret}\n")
    whole = {
        **{name: value for name, value in os.environ.items() if name not in OF_THE_TEST_RUN},
        "DJANGO_SETTINGS_MODULE": "puyang_grid.settings.production",
        "ALLOWED_HOSTS": "grid.example.org",
        "DATABASE_URL": "postgresql://puyang_app@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "AUDIT_ANCHOR_FILE": "/elsewhere/roots.jsonl",
        **{f"{name}_FILE": str(folder / name) for name in kept},
        **environ,
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=BASE_DIR, env=whole, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_production_with_its_secrets_in_files_passes(tmp_path: Path) -> None:
    done = check_deploy(tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_demonstration_does_not_pass_for_production(tmp_path: Path) -> None:
    done = check_deploy(
        tmp_path,
        DEMO_MODE="1",
        ALLOWED_HOSTS="*",
        SECOND_FACTOR_REQUIRED="0",
        AUDIT_ANCHOR_FILE="",
        REDIS_PASSWORD_FILE="",
    )
    assert done.returncode != 0
    for number in ("E102", "E103", "E104", "E105", "E106"):
        assert f"puyang_grid.{number}" in done.stderr
