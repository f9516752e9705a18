"""A real browser for the journeys: it fails a test on any console error, CSP error or foreign request."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FilePayload,
    Page,
    Playwright,
    Request,
    sync_playwright,
)

from tests.live import LiveCity

# Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CANDIDATES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-features=OptimizationHints,Translate,MediaRouter",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
SIZES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "desk": {"viewport": {"width": 1366, "height": 900}},
}
GRAVE = {"serious", "critical"}
PATIENCE_SECONDS = 15
Size = Literal["phone", "desk"]


@dataclass
class Watch:
    """Faults of a page: console errors, CSP errors, foreign requests."""

    host: str
    faults: list[str] = field(default_factory=list)
    excused: list[re.Pattern[str]] = field(default_factory=list)
    heard: set[re.Pattern[str]] = field(default_factory=set)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.note(f"console: {message.text}")

    def see(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.note(f"foreign request: {request.url}")

    def note(self, fault: str) -> None:
        excused = {pattern for pattern in self.excused if pattern.search(fault)}
        self.heard |= excused
        if not excused:
            self.faults.append(fault)


class Watched:
    """Opens pages and remembers their watches."""

    def __init__(self, browser: Browser, city: LiveCity) -> None:
        self._browser = browser
        self._city = city
        self._contexts: list[BrowserContext] = []
        self._watches: dict[Page, Watch] = {}

    def open(self, size: Size = "desk", **options: Any) -> Page:
        """Open a page in a context of its own: another person at another machine."""
        context = self._browser.new_context(
            base_url=self._city.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **{**SIZES[size], **options},
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        self._contexts.append(context)
        page = context.new_page()
        watch = self._watches[page] = Watch(host=urlsplit(self._city.url).netloc)
        page.on("console", watch.hear)
        page.on("request", watch.see)
        page.on("pageerror", lambda error: watch.note(f"uncaught: {error}"))
        return page

    def excuse(self, page: Page, pattern: str) -> None:
        """Excuse one kind of console error for as long as the page is open."""
        self._watches[page].excused.append(re.compile(pattern))

    @contextmanager
    def expecting(self, page: Page, pattern: str) -> Iterator[None]:
        """Excuse one kind of console error where a refusal is what the test is about; fail if none comes."""
        excused, watch = re.compile(pattern), self._watches[page]
        watch.excused.append(excused)
        watch.heard.discard(excused)
        yield
        ends = time.monotonic() + PATIENCE_SECONDS
        while excused not in watch.heard:
            assert time.monotonic() < ends, f"nothing like {pattern} in the console of {page.url}"
            page.wait_for_timeout(50)
        watch.excused.remove(excused)

    def close(self) -> list[str]:
        """Close everything and return all faults."""
        for context in self._contexts:
            context.close()
        return [fault for watch in self._watches.values() for fault in watch.faults]


def find_chromium() -> str:
    """Return the browser's path; install it where we may, and say clearly what to do where we may not."""
    found = next((path for name in CANDIDATES if (path := shutil.which(name))), "")
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = ["chromium", "fonts-noto-cjk"]
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=False)
        found = shutil.which("chromium") or ""
    if not found:
        pytest.fail("The journeys need Chromium: apt-get install chromium fonts-noto-cjk", pytrace=False)
    return found


def launch(playwright: Playwright) -> Browser:
    """Start the browser; as root, as in a container, it has no sandbox."""
    switches = [*SWITCHES, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return playwright.chromium.launch(executable_path=find_chromium(), args=switches)


def grave_faults(page: Page) -> list[str]:
    """Return what axe finds serious or critical on the page as it stands."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['help']} ({', '.join(str(node['target'][0]) for node in fault['nodes'][:5])})"
        for fault in found
        if fault["impact"] in GRAVE
    ]


def assert_accessible(page: Page) -> None:
    """Fail on any serious accessibility fault of the page as it stands."""
    faults = grave_faults(page)
    assert not faults, f"{page.url}:\n" + "\n".join(faults)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def pages(browser: Browser, live_city: LiveCity) -> Iterator[Watched]:
    """Open pages on the shared city: ``pages.open("phone")``, one for each person."""
    watched = Watched(browser, live_city)
    yield watched
    faults = watched.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def open_page(pages: Watched) -> Callable[..., Page]:
    return pages.open


@pytest.fixture
def phone_page(pages: Watched) -> Page:
    """A phone of 390 × 844."""
    return pages.open("phone")


@pytest.fixture
def desk_page(pages: Watched) -> Page:
    """A desk screen of 1366 × 900."""
    return pages.open("desk")


def a_picture() -> FilePayload:
    """A photo for a file field."""
    written = io.BytesIO()
    Image.new("RGB", (320, 240), (230, 235, 240)).save(written, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}
