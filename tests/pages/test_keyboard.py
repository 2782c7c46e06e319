"""Each page is gone through by keyboard: nothing is out of reach, nothing holds the focus, and one sees where it is."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from idp.web.pages import Page
from tests.pages.browsing import ADDRESS, STAY, serve
from tests.pages.samples import every_page, full

pytestmark = pytest.mark.needs("chromium")
REACHABLE = """() => {
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea";
  const shown = [...document.querySelectorAll(wanted)].filter(each => each.checkVisibility() && !each.disabled);
  const first = new Set();
  return shown.filter(each => each.type !== "radio" || !first.has(each.name) && first.add(each.name)).length;
}"""
"""How many stops there are; the buttons of a choice are one, whose arrows go from one to the next."""
FROM_THE_TOP = "() => { document.body.tabIndex = -1; document.body.focus(); }"
"""Some pages put the focus in a field as they open."""

FOCUSED = """() => {
  const here = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(here);
  const box = here.getBoundingClientRect();
  const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return [here.tagName, here.id || here.textContent.trim(), outlineStyle, parseFloat(outlineWidth), seen];
}"""


@pytest.mark.parametrize("kind", every_page(), ids=lambda kind: kind.template)
def test_everything_is_reached_and_seen(browser: Browser, kind: type[Page]) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, reduced_motion="reduce")
    serve(context, full(kind), STAY)
    tab = context.new_page()
    tab.goto(ADDRESS)
    stops = int(tab.evaluate(REACHABLE))
    tab.evaluate(FROM_THE_TOP)
    reached: list[Any] = []
    for _ in range(stops):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate(FOCUSED))
    context.close()
    assert "BODY" not in {tag for tag, *_ in reached}, "something is reached by the mouse alone"
    assert reached[0][1] == "Aller au contenu" or not stops, "RGAA 12.7: the way around the header comes first"
    hidden = [(tag, name) for tag, name, style, width, seen in reached if style == "none" or width < 2 or not seen]
    assert hidden == [], "RGAA 10.7: the focus is not seen there"
