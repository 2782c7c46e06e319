"""axe-core finds nothing on any page: WCAG 2.2 A and AA, on light and dark screens, wide and narrow."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from idp.web.pages import Page
from tests.pages.browsing import ADDRESS, STAY, serve
from tests.pages.samples import every_page, full, refused
from tests.support.programs import PEERS

pytestmark = pytest.mark.needs("chromium", "peers")
AXE = PEERS / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENS: dict[str, dict[str, Any]] = {
    "wide and light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "narrow and dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}


def cases() -> Iterator[Any]:
    """Each page on a wide screen with everything there is, and on a narrow one, its form refused if it has one."""
    for kind in every_page():
        yield pytest.param(full(kind), "wide and light", id=f"{kind.template}-wide")
        yield pytest.param(refused(kind) or full(kind), "narrow and dark", id=f"{kind.template}-narrow")


@pytest.mark.parametrize(("page", "screen"), list(cases()))
def test_axe_finds_nothing(browser: Browser, page: Page, screen: str) -> None:
    context = browser.new_context(**SCREENS[screen])
    serve(context, page, STAY)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(ADDRESS)
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "RGAA 10.11"
    tab.evaluate(AXE.read_text())
    found = tab.evaluate("rules => axe.run({runOnly: rules})", RULES)
    violations = {each["id"]: [node["html"] for node in each["nodes"]] for each in found["violations"]}
    context.close()
    assert not violations
    assert not complaints, "the content security policy or a script complains"
