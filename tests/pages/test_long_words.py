"""A name or an address longer than a telephone is wide stays inside its box (RGAA 10.11)."""

import pytest
from playwright.sync_api import Browser

from idp.web.pages import Page
from tests.pages.browsing import ADDRESS, STAY, serve
from tests.pages.samples import crammed, every_page

pytestmark = pytest.mark.needs("chromium")
WORD = "anneclairedelarochefoucauldmontbeliard@communautevillefranche.exemple.fr"
LEAVING = """() => {
  const found = new Set();
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const inner = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || inner.closest(".visually-hidden, template, option, noscript")) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    for (const line of range.getClientRects()) {
      for (let box = inner; box.tagName !== "BODY"; box = box.parentElement) {
        const edge = box.getBoundingClientRect();
        const is_box = getComputedStyle(box).display !== "inline" && edge.width > 1;
        if (is_box && line.right > edge.right + 1) found.add(`${box.tagName}.${box.className}`);
      }
    }
  }
  return [...found];
}"""
"""The boxes that a line of text goes out of, on the right."""


@pytest.mark.parametrize("kind", every_page(), ids=lambda kind: kind.template)
def test_no_text_goes_out_of_its_box(browser: Browser, kind: type[Page]) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    serve(context, crammed(kind, WORD), STAY)
    tab = context.new_page()
    tab.goto(ADDRESS)
    leaving = tab.evaluate(LEAVING)
    context.close()
    assert leaving == []
