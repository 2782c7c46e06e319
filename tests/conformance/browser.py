"""A browser without scripts, as far as redirects, cookies, forms, links and frames go.

Cookies count as `SameSite=Lax`: none goes with a form that another site posts, nor to a frame of another site.
"""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

import httpx2
from bs4 import BeautifulSoup, Tag

MOST_REDIRECTS = 20


@dataclass
class Page:
    """What is shown. `url` has the fragment, which no server sees."""

    url: str
    status: int
    html: BeautifulSoup

    @property
    def text(self) -> str:
        return " ".join(self.html.get_text(" ").split())

    def one(self, selector: str) -> Tag | None:
        return self.html.select_one(selector)


class Browser(Protocol):
    """One person's browser, with nobody else's cookies."""

    def open(self, url: str, method: str = "GET") -> None:
        """Go to an address, as from another site; with POST its query is sent as a form."""

    def page(self) -> Page:
        """What is shown now."""

    def fill(self, selector: str, value: str) -> None:
        """Type into a field that is there."""

    def click(self, selector: str) -> None:
        """Follow a link, or press a button, that is there."""

    def wait_for(self, part: str, seconds: int) -> None:
        """Wait until the address contains something."""

    def forget(self) -> None:
        """Lose every cookie."""


class ScriptlessBrowser:
    """A `Browser` over plain requests."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http
        self._cookies = httpx2.Cookies()
        self._page: Page | None = None

    def open(self, url: str, method: str = "GET") -> None:
        if method == "POST":
            address, _, query = url.partition("?")
            self._go("POST", address, query, origin=None)
        else:
            self._go("GET", url, "", origin=None)

    def page(self) -> Page:
        assert self._page is not None
        return self._page

    def fill(self, selector: str, value: str) -> None:
        self._one(selector)["value"] = value

    def click(self, selector: str) -> None:
        element, page = self._one(selector), self.page()
        origin = _origin(page.url)
        if element.name == "a":
            self._go("GET", urljoin(page.url, str(element["href"])), "", origin=origin)
            return
        form = element.find_parent("form")
        assert form is not None, f"a button outside of any form at {page.url}"
        sent = [
            (str(control["name"]), str(control.get("value", "")))
            for control in form.select("input[name]")
            if control.get("type") not in {"submit", "button"}
        ]
        if element.has_attr("name"):
            sent.append((str(element["name"]), str(element.get("value", ""))))
        assert str(form["method"]).lower() == "post"
        self._go("POST", urljoin(page.url, str(form["action"])), urlencode(sent), origin=origin)

    def wait_for(self, part: str, seconds: int) -> None:
        assert part in self.page().url, f"without scripts, nothing happens in {seconds} s"

    def forget(self) -> None:
        self._cookies = httpx2.Cookies()

    def _one(self, selector: str) -> Tag:
        element = self.page().one(selector)
        assert element is not None
        return element

    def _go(self, method: str, url: str, body: str, *, origin: str | None) -> None:
        for _ in range(MOST_REDIRECTS):
            response = self._send(method, url, body, origin)
            if not response.is_redirect:
                self._page = Page(url, response.status_code, BeautifulSoup(response.text, "html.parser"))
                self._load_frames(self._page)
                return
            target = urljoin(url, response.headers["location"])
            if "#" not in target and "#" in url:
                target = f"{target}#{urldefrag(url).fragment}"
            if response.status_code not in {307, 308}:
                method, body = "GET", ""
            url = target
        raise AssertionError(f"more than {MOST_REDIRECTS} redirects, the last to {url}")

    def _send(self, method: str, url: str, body: str, origin: str | None, *, dest: str = "document") -> httpx2.Response:
        same_site = origin is not None and urlsplit(origin).hostname == urlsplit(url).hostname
        headers = {"accept": "text/html", "accept-language": "en-US,en;q=0.9"}
        if method == "POST":
            headers["content-type"] = "application/x-www-form-urlencoded"
        headers |= self._whence(method, url, origin, dest)
        request = httpx2.Request(method, urldefrag(url).url, headers=headers, content=body.encode())
        if same_site or (method == "GET" and dest == "document"):
            self._cookies.set_cookie_header(request)
        response = self._http.send(request, follow_redirects=False)
        self._cookies.extract_cookies(response)
        return response

    def _whence(self, method: str, url: str, origin: str | None, dest: str) -> dict[str, str]:
        """What it tells of where a request comes from (Fetch Metadata, RFC 6454)."""
        told = {
            "sec-fetch-site": "same-origin" if origin == _origin(url) else "cross-site",
            "sec-fetch-dest": dest,
        }
        return told | ({"origin": origin or "null"} if method == "POST" else {})

    def _load_frames(self, page: Page) -> None:
        for frame in page.html.select("iframe[src]"):
            self._send("GET", urljoin(page.url, str(frame["src"])), "", _origin(page.url), dest="iframe")


class OldBrowser(ScriptlessBrowser):
    """As HtmlUnit was before 2019: no fetch metadata, and the whole address of a page for its origin."""

    def _whence(self, method: str, url: str, origin: str | None, dest: str) -> dict[str, str]:
        return {"origin": self.page().url} if method == "POST" and origin is not None else {}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
