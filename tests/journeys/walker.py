"""A person in front of a real browser, and axe-core looking at every page over their shoulder."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from playwright.async_api import BrowserContext, Page
from playwright.async_api import TimeoutError as Timeout

from tests.journeys.town import Town
from tests.support.programs import PEERS

VIEWS: tuple[tuple[int, Literal["dark", "light"]], ...] = ((360, "dark"), (1280, "light"))
"""A telephone at night and a desk by day: widths in pixels, and the colours asked for."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXAMINE = "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })"
IDENTIFIERS = "() => [...document.querySelectorAll('[id]')].map(each => each.id).join(' ')"


@cache
def axe() -> str:
    """The source of axe-core."""
    return (PEERS / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@dataclass
class Walker:
    """One browser of one person. With scripts, each page shown is examined once; `seen` remembers which were."""

    town: Town
    context: BrowserContext
    page: Page
    scripts: bool
    seen: set[tuple[str, str]]
    faults: list[str] = field(default_factory=list)

    async def open(self, address: str) -> None:
        """Type an address, or open a link received elsewhere."""
        await self.page.goto(address)
        await self.look()

    async def press(self, selector: str) -> None:
        """Press a button or a link, and wait for the page it leads to."""
        await self.page.locator(selector).click()
        await self.page.wait_for_load_state()
        await self.look()

    async def fill(self, **values: str) -> None:
        """Fill in text fields by name."""
        for name, value in values.items():
            await self.page.locator(f"[name='{name}']").fill(value)

    async def choose(self, **values: str) -> None:
        """Choose in lists by name."""
        for name, value in values.items():
            await self.page.locator(f"select[name='{name}']").select_option(value)

    async def tick(self, *names: str) -> None:
        """Tick boxes by name."""
        for name in names:
            await self.page.locator(f"[name='{name}']").check()

    async def sees(self, selector: str, text: str | None = None) -> None:
        """Wait until an element is shown, and says this."""
        found = self.page.locator(selector, has_text=text).first
        try:
            await found.wait_for()
        except Timeout as error:
            raise AssertionError(f"no {selector} saying {text!r} at {await self._shown()}") from error

    async def is_at(self, address: str) -> None:
        """Wait until the browser stands at an address, whatever its query."""
        try:
            await self.page.wait_for_url(lambda url: url.partition("?")[0].rstrip("/") == address.rstrip("/"))
        except Timeout as error:
            raise AssertionError(f"not at {address} but at {await self._shown()}") from error

    async def _shown(self) -> str:
        return f"{self.page.url}: {' '.join((await self.page.locator('main').inner_text()).split())[:800]}"

    async def value(self, name: str) -> str:
        """What a field holds."""
        return await self.page.locator(f"[name='{name}']").input_value()

    async def look(self) -> None:
        """Let axe-core examine the page in each view, unless one of the same title and elements was before."""
        if not self.scripts:
            return
        key = (await self.page.title(), str(await self.page.evaluate(IDENTIFIERS)))
        if key in self.seen:
            return
        self.seen.add(key)
        await self.page.evaluate(axe())
        for width, colours in VIEWS:
            await self.page.set_viewport_size({"width": width, "height": 800})
            await self.page.emulate_media(color_scheme=colours, reduced_motion="reduce")
            found = await self.page.evaluate(EXAMINE, RULES)
            self.faults += [f"{self.page.url} at {width}: {_told(each)}" for each in found["violations"]]


def _told(violation: dict[str, Any]) -> str:
    where = ", ".join(str(node["target"]) for node in violation["nodes"][:3])
    return f"{violation['id']}: {violation['help']} ({where})"
