"""A small browser: cookies, redirects inside the provider, forms filled by the names people see. No JavaScript.

It stops where a redirect leaves the provider and keeps that address, which is where a relying party would take over.
"""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
from bs4 import BeautifulSoup, Tag

MOST_REDIRECTS = 20


class Visitor:
    """A person's browser in front of a provider, real or in this process."""

    def __init__(self, client: httpx2.AsyncClient, issuer: str, language: str = "fr") -> None:
        self.client = client
        self.issuer = issuer
        self.language = language

    async def open(self, address: str) -> "Page":
        """Type an address, or follow a link from outside."""
        return await self._go("GET", urljoin(f"{self.issuer}/", address), site="none")

    async def send(self, method: str, address: str, data: "dict[str, list[str]] | None" = None) -> "Page":
        """What a page of the provider itself does: submit a form, follow a link."""
        return await self._go(method, address, data, site="same-origin")

    async def _go(self, method: str, address: str, data: dict[str, list[str]] | None = None, *, site: str) -> "Page":
        for _ in range(MOST_REDIRECTS):
            headers = {"accept-language": self.language, "accept": "text/html", "sec-fetch-site": site}
            if method == "POST":
                headers["origin"] = self.issuer
            response = await self.client.request(method, address, data=data, headers=headers)
            if not response.is_redirect:
                return Page(self, address, response)
            target = urljoin(address, response.headers["location"])
            if not self._inside(target):
                return Page(self, target, response, outside=True)
            if response.status_code not in {307, 308}:
                method, data = "GET", None
            address = target
        raise AssertionError(f"more than {MOST_REDIRECTS} redirects, the last to {address}")

    def _inside(self, address: str) -> bool:
        return urlsplit(address)[:2] == urlsplit(self.issuer)[:2]


class Page:
    """What the visitor sees, or the address outside to which the provider sends them."""

    def __init__(self, visitor: Visitor, address: str, response: httpx2.Response, *, outside: bool = False) -> None:
        self.visitor = visitor
        self.address = address
        self.response = response
        self.outside = outside
        self.html = BeautifulSoup("" if outside else response.text, "html.parser")

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def returned(self) -> dict[str, str]:
        """The parameters that the provider sends to a relying party, each once."""
        assert self.outside, f"still at {self.address[:300]}: {self.text[:500]}"
        parts = urlsplit(self.address)
        values = parse_qs(parts.query or parts.fragment, keep_blank_values=True)
        assert all(len(each) == 1 for each in values.values()), f"a doubled parameter in {self.address[:300]}"
        return {name: each[0] for name, each in values.items()}

    @property
    def text(self) -> str:
        """What is written, in one line."""
        return " ".join(self.html.get_text(" ").split())

    @property
    def error_code(self) -> str | None:
        """The public code, on an error page."""
        found = self.html.select_one("#error")
        return str(found["data-code"]) if found else None

    @property
    def form_errors(self) -> dict[str, str]:
        """What is said of each refused field."""
        found = self.html.select("[id$=-error]")
        return {str(each["id"]).removesuffix("-error"): " ".join(each.get_text(" ").split()) for each in found}

    def has(self, selector: str) -> bool:
        return self.html.select_one(selector) is not None

    def one(self, selector: str) -> Tag:
        """The only element that matches."""
        found = self.html.select(selector)
        assert len(found) == 1, f"{len(found)} × {selector} at {self.address} ({self.status}): {self.text[:600]}"
        return found[0]

    def form(self, selector: str) -> "Form":
        return Form.read(self, self.one(selector))

    async def follow(self, selector: str) -> "Page":
        """Follow a link of the page."""
        return await self.visitor.send("GET", urljoin(self.address, str(self.one(selector)["href"])))


@dataclass
class Form:
    """A form as a browser holds it: what it contains unless it is filled in otherwise."""

    page: Page
    element: Tag
    values: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, page: Page, element: Tag) -> Self:
        form = cls(page, element)
        for control in element.select("input[name], select[name], textarea[name]"):
            if control.has_attr("disabled"):
                continue
            form.values.setdefault(str(control["name"]), []).extend(_initial(control))
        return form

    def fill(self, **values: str | bool) -> Self:
        """Fill in fields by name. A tick box takes True or False; a field that is not there is an error of the test."""
        for name, value in values.items():
            controls = self.element.select(f'[name="{name}"]')
            assert controls, f"no field {name} in the form at {self.page.address}: {sorted(self.values)}"
            assert not controls[0].has_attr("readonly"), f"the field {name} is locked"
            if isinstance(value, bool):
                self.values[name] = [str(controls[0].get("value", "on"))] if value else []
            else:
                self.values[name] = [value]
        return self

    async def submit(self, button: str | None = None) -> Page:
        """Press a button (its selector), or the form's only way to be sent."""
        data = {name: list(values) for name, values in self.values.items() if values}
        target = str(self.element.get("action") or self.page.address)
        if button is not None:
            pressed = self.page.one(button)
            target = str(pressed.get("formaction") or target)
            if pressed.has_attr("name"):
                data.setdefault(str(pressed["name"]), []).append(str(pressed.get("value", "")))
        address = urljoin(self.page.address, target)
        if str(self.element.get("method", "get")).lower() == "post":
            return await self.page.visitor.send("POST", address, data)
        query = str(httpx2.QueryParams([(name, each) for name, values in data.items() for each in values]))
        return await self.page.visitor.send("GET", f"{address.partition('?')[0]}?{query}")


def _initial(control: Tag) -> list[str]:
    if control.name == "select":
        chosen = control.select("option[selected]") or control.select("option")[:1]
        return [str(option.get("value", option.get_text())) for option in chosen]
    if control.name == "textarea":
        return [control.get_text()]
    kind = str(control.get("type", "text")).lower()
    if kind in {"checkbox", "radio"}:
        return [str(control.get("value", "on"))] if control.has_attr("checked") else []
    if kind in {"submit", "button", "image", "reset", "file"}:
        return []
    return [str(control.get("value", ""))]
