"""Take the handbook's pictures from a running demo: make handbook."""

from __future__ import annotations

from playwright.sync_api import Browser, sync_playwright

from demo.personas import DEMO_PASSWORD
from puyang_grid.addresses import BASE_DIR
from tests.browser import launch

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1366, "height": 860}
PICTURES = (
    ("worker-home", "worker", "/", PHONE),
    ("worker-report", "worker", "/report/", PHONE),
    ("leader-village", "leader", "/", PHONE),
    ("desk", "dispatcher", "/desk/", DESK),
    ("department", "handler", "/tray/", DESK),
    ("overview", "city", "/overview/", DESK),
    ("plan", "county_admin", "/plans/3/", DESK),
    ("plan-map", "county_admin", "/plans/4/map/", DESK),
    ("staff", "desk_head", "/staff/", DESK),
    ("public", "", "/public/", PHONE),
)


def shoot(browser: Browser, url: str, name: str, account: str, path: str, size: dict[str, int]) -> None:
    """Sign in as the persona, or as nobody, open the page and keep a picture."""
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    page = context.new_page()
    if account:
        page.goto(f"{url}/sign-in/")
        page.locator("input[name=username]").fill(account)
        page.locator("input[name=password]").fill(DEMO_PASSWORD)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_load_state()
    page.goto(f"{url}{path}")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=BASE_DIR / f"docs/handbook/images/{name}.png")
    context.close()


def main(url: str) -> None:
    """Take all pictures from the demo at ``url``."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for picture in PICTURES:
            shoot(browser, url, *picture)
