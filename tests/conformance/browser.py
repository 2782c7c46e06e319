"""A browser without scripts, as far as redirects, cookies, forms, links and frames go.

Cookies are all `SameSite=Lax`, so none goes with a form that another site posts, nor to a frame of another site.
"""

from dataclasses import dataclass
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

import httpx2
from bs4 import BeautifulSoup, Tag

MOST_REDIRECTS = 20


@dataclass
class Page:
    """What is shown. `url` has the fragment, which no server sees."""

    url: str
    status: int
    headers: httpx2.Headers
    html: BeautifulSoup

    @property
    def text(self) -> str:
        return " ".join(self.html.get_text(" ").split())

    def one(self, selector: str) -> Tag | None:
        return self.html.select_one(selector)


class Browser:
    """One person's browser: nobody else's cookies."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http
        self.cookies = httpx2.Cookies()
        self.page: Page | None = None

    def open(self, url: str, method: str = "GET") -> Page:
        """Go to an address, as from another site; with POST its query is sent as a form."""
        if method == "POST":
            address, _, query = url.partition("?")
            return self._go("POST", address, query, origin=None)
        return self._go("GET", url, "", origin=None)

    def fill(self, field: Tag, value: str) -> None:
        field["value"] = value

    def click(self, element: Tag) -> Page:
        """Follow a link, or press a button of a form."""
        page = self._shown()
        origin = _origin(page.url)
        if element.name == "a":
            return self._go("GET", urljoin(page.url, str(element["href"])), "", origin=origin)
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
        return self._go("POST", urljoin(page.url, str(form["action"])), urlencode(sent), origin=origin)

    def _shown(self) -> Page:
        assert self.page is not None
        return self.page

    def _go(self, method: str, url: str, body: str, *, origin: str | None) -> Page:
        for _ in range(MOST_REDIRECTS):
            response = self._send(method, url, body, origin)
            if not response.is_redirect:
                html = BeautifulSoup(response.text, "html.parser")
                self.page = Page(url, response.status_code, response.headers, html)
                self._load_frames(self.page)
                return self.page
            target = urljoin(url, response.headers["location"])
            if "#" not in target and "#" in url:
                target = f"{target}#{urldefrag(url).fragment}"
            if response.status_code not in {307, 308}:
                method, body = "GET", ""
            url = target
        raise AssertionError(f"more than {MOST_REDIRECTS} redirects, the last to {url}")

    def _send(self, method: str, url: str, body: str, origin: str | None, *, dest: str = "document") -> httpx2.Response:
        same_site = origin is not None and urlsplit(origin).hostname == urlsplit(url).hostname
        headers = {
            "accept": "text/html",
            "accept-language": "en-US,en;q=0.9",
            "sec-fetch-site": "same-origin" if origin == _origin(url) else "cross-site",
            "sec-fetch-dest": dest,
        }
        if method == "POST":
            headers["content-type"] = "application/x-www-form-urlencoded"
            headers["origin"] = origin or "null"
        request = httpx2.Request(method, urldefrag(url).url, headers=headers, content=body.encode())
        if same_site or (method == "GET" and dest == "document"):
            self.cookies.set_cookie_header(request)
        response = self._http.send(request, follow_redirects=False)
        self.cookies.extract_cookies(response)
        return response

    def _load_frames(self, page: Page) -> None:
        for frame in page.html.select("iframe[src]"):
            self._send("GET", urljoin(page.url, str(frame["src"])), "", _origin(page.url), dest="iframe")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
