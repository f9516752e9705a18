"""Answers to a browser under the production settings: headers, cookies, redirects, foreign hosts, foreign forms."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from common.privacy.ciphers import PURPOSES, written_key
from common.shapes import Json
from common.web.permissions_policy import POLICY
from puyang_grid.addresses import BASE_DIR
from tests.town import Town

ASKING = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client
answers = {}
for name, request in {
    "page": {"path": "/sign-in/", "secure": True},
    "plain": {"path": "/sign-in/?next=/desk/", "secure": False},
    "foreign": {"path": "/sign-in/", "secure": True, "headers": {"Host": "evil.example.net"}},
    "missing": {"path": "/nowhere/", "secure": True},
    "api": {"path": "/api/v1/cases/", "secure": True},
    "probe": {"path": "/livez", "secure": False},
}.items():
    request.setdefault("headers", {"Host": "grid.example.org"})
    answer = Client().get(**request)
    answers[name] = {
        "status": answer.status_code,
        "headers": dict(answer.headers),
        "cookies": {key: {part: cookie[part] for part in cookie} for key, cookie in answer.cookies.items()},
        "body": answer.content.decode()[:2000],
    }
answers["settings"] = {
    name: getattr(settings, name)
    for name in ("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
                 "CSRF_COOKIE_NAME", "DEVICE_COOKIE_NAME", "DEBUG", "PASSWORD_HASHERS", "CSRF_COOKIE_SECURE")
}
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers() -> Json:
    """Ask a process of its own; it reaches neither database nor Redis and needs neither for these pages."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "PUYANG_VAR")}
    environ = {
        **kept,
        "DJANGO_SETTINGS_MODULE": "puyang_grid.settings.production",
        "SECRET_KEY": "only-for-this-test-" * 4,
        "ALLOWED_HOSTS": "grid.example.org",
        "DATABASE_URL": "postgresql://x@127.0.0.1:1/x",
        "REDIS_URL": "redis://:x@127.0.0.1:1/0",
        "AUDIT_ANCHOR_FILE": "/elsewhere/roots.jsonl",
        "STATIC_ROOT": str(BASE_DIR / "static"),
        "LOG_LEVEL": "CRITICAL",
        "SEALING_KEYS": ",".join(written_key(f"{ring}.1", ring.encode()) for ring in PURPOSES),
    }
    script = ASKING.replace("django.setup()", WITHOUT_MANIFEST)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=BASE_DIR, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: Json = json.loads(done.stdout.splitlines()[-1])
    return found


# Assets have been collected in production; here their plain names do.
WITHOUT_MANIFEST = """
from django.conf import settings
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
django.setup()
"""


@pytest.mark.parametrize("name", ["page", "missing", "api"])
def test_every_answer_tells_the_browser_what_it_may_not_do(answers: Json, name: str) -> None:
    headers = answers[name]["headers"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Permissions-Policy"] == POLICY
    policy = headers["Content-Security-Policy"]
    assert (
        "default-src 'none'" in policy and "base-uri 'none'" in policy and "frame-ancestors 'none'" in policy
    )
    assert "unsafe" not in policy and "*" not in policy
    assert "charset=utf-8" in headers["Content-Type"] or headers["Content-Type"] == "application/json"
    assert "Access-Control-Allow-Origin" not in headers
    assert not {"Server", "X-Powered-By"} & set(headers)


def test_without_tls_one_is_led_to_it_and_probes_are_answered(answers: Json) -> None:
    assert answers["plain"]["status"] == 301
    assert answers["plain"]["headers"]["Location"] == "https://grid.example.org/sign-in/?next=/desk/"
    assert answers["probe"]["status"] == 200


def test_another_host_is_refused(answers: Json) -> None:
    assert answers["foreign"]["status"] == 400
    assert "evil" not in answers["foreign"]["body"]


def test_cookies_are_for_this_host_alone(answers: Json) -> None:
    found = answers["settings"]
    assert all(found[f"{kind}_COOKIE_NAME"].startswith("__Host-") for kind in ("SESSION", "CSRF", "DEVICE"))
    assert found["SESSION_COOKIE_SECURE"] and found["SESSION_COOKIE_HTTPONLY"] and found["CSRF_COOKIE_SECURE"]
    cookie = answers["page"]["cookies"]["__Host-csrf"]
    assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax"
    assert cookie["path"] == "/" and not cookie["domain"]


def test_answers_reveal_nothing_internal(answers: Json) -> None:
    assert answers["settings"]["DEBUG"] is False
    assert answers["settings"]["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")
    for name in ("foreign", "missing", "api"):
        assert "Traceback" not in answers[name]["body"] and "django" not in answers[name]["body"].lower()


@pytest.mark.parametrize(
    "path", ["/messages/read/", "/feedback/", "/sign-out/", "/api/v1/cases/", "/api/v1/messages/"]
)
def test_a_form_from_elsewhere_moves_nothing(town: Town, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.chen)
    answer = client.post(
        path, data="{}", content_type="application/json", headers={"Origin": "https://evil.example.net"}
    )
    assert answer.status_code == 403
    assert client.get("/").status_code in (200, 302) and "_auth_user_id" in client.session


def test_a_form_for_signing_in_from_elsewhere_is_refused_too(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "chen", "password": "x"})
    assert answer.status_code == 403
