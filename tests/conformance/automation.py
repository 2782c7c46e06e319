"""What the suite's scripted browser does, told by the very configuration that operators give the suite.

`deploy/certification-suite.json`: for each address that the suite visits, tasks on the pages that follow; a task whose
`match` is not where the browser is fails, or is passed over when it is optional.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bs4 import Tag

from tests.conformance.browser import Browser, Page
from tests.conformance.deployment import DEPLOY

WRITTEN_ISSUER = "https://connexion.exemple.fr"
_SELECTORS = {"id": "#{}", "name": '[name="{}"]', "css": "{}", "class": ".{}"}
_PROOFS = {"update-image-placeholder", "update-image-placeholder-optional"}


def configuration(issuer: str) -> dict[str, Any]:
    """The suite's configuration with the provider's address in its place."""
    written = (DEPLOY / "certification-suite.json").read_text()
    document: dict[str, Any] = json.loads(written.replace(WRITTEN_ISSUER, issuer))
    return document


@dataclass
class Automation:
    """The browser of one module. `proofs` are the pages it captured for a person to look at, `done` the tasks of the
    last visit that there was anything to do for."""

    browser: Browser
    visits: list[dict[str, Any]]
    proofs: list[Page] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, document: Mapping[str, Any], module: str, browser: Browser) -> "Automation":
        overridden = document["override"].get(module, {})
        return cls(browser, overridden.get("browser", document["browser"]))

    def visit(self, url: str, method: str = "GET") -> Page:
        """Go to an address and do what is to be done there; the last page."""
        tasks = next((visit["tasks"] for visit in self.visits if _matches(visit["match"], url)), None)
        assert tasks is not None, f"nobody is told what to do at {url}"
        self.done.clear()
        self.browser.open(url, method)
        for task in tasks:
            here = self.browser.page().url
            if _matches(task.get("match", "*"), here):
                self.done.append(task["task"])
                for command in task.get("commands", []):
                    self._obey(command)
            else:
                assert task.get("optional"), (
                    f"{task['task']}: the browser is at {here}: {self.browser.page().text[:400]}"
                )
        return self.browser.page()

    def _obey(self, command: list[Any]) -> None:
        verb, kind, target, *rest = command
        if kind == "contains":
            self.browser.wait_for(target, *rest)
            return
        page, selector = self.browser.page(), _SELECTORS[kind].format(target)
        element = page.one(selector)
        if element is None:
            assert "optional" in rest, f"no {kind} {target} at {page.url}: {page.text[:400]}"
        elif verb == "text":
            self.browser.fill(selector, rest[0])
        elif verb == "click":
            self.browser.click(selector)
        else:
            assert verb == "wait"
            self._look(element, *rest[1:])

    def _look(self, element: Tag, pattern: str = "", action: str = "") -> None:
        page = self.browser.page()
        assert re.search(pattern, element.get_text()), f"no {pattern} at {page.url}"
        assert not action or action in _PROOFS
        if action:
            self.proofs.append(page)


def _matches(pattern: str, url: str) -> bool:
    """The suite's patterns: an asterisk stands for anything, every other character for itself."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), url, re.DOTALL) is not None
