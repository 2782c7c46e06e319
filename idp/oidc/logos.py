"""The logos of applications, shown from here: no browser is sent to an application before its visitor chose to go.

OpenID Connect Dynamic Client Registration 1.0 section 2, `logo_uri`. The image is read by the guarded client when it is
first shown, known by its own first bytes whatever its server calls it, and served so that it can only be looked at.
"""

from dataclasses import dataclass

from starlette.responses import Response

from clients.client import Client
from idp.foundation.errors import NotFound
from idp.foundation.provider import Provider
from idp.outbound.faults import NotFetched
from idp.outbound.fetching import Fetcher, fetcher
from idp.outbound.kept import Kept
from idp.web.endpoint import Call
from idp.web.headers import ALWAYS

LARGEST = 200_000
FRESH_SECONDS = 6 * 3_600
RETRY_SECONDS = 300
"""How long before an address that gave no image is called again."""

_MOST_LOGOS = 64
_FETCH_SECONDS = 5.0
_ACCEPT = "image/svg+xml, image/png, image/webp, image/jpeg, image/gif"
_MOST_PROLOG = 20
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_HEADERS = {
    **ALWAYS,
    "Cache-Control": "public, max-age=3600",
    # a drawing opened by itself is a document: it runs nothing, loads nothing and has no origin
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


@dataclass(frozen=True, slots=True)
class Logo:
    """An image and what it is."""

    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Look:
    """The last image that was good, if any, and until when (seconds UTC) there is no point in looking again."""

    logo: Logo | None
    until: int


class Logos:
    """The images this process has read."""

    def __init__(self, fetching: Fetcher) -> None:
        self._fetcher = fetching
        self._looks: Kept[_Look] = Kept(_MOST_LOGOS)

    async def of(self, client: Client, uri: str, now: int) -> Logo | None:
        """The logo of a client at that address; one that was good stays while the address gives none."""
        key = f"{client.client_id} {uri}"
        look = self._looks.get(key)
        if look is None or now >= look.until:
            async with self._looks.lock(key):
                look = self._looks.get(key)
                if look is None or now >= look.until:
                    look = await self._look(uri, look, now)
                    self._looks.put(key, look)
        return look.logo

    async def close(self) -> None:
        """There is nothing to give back."""

    async def _look(self, uri: str, former: _Look | None, now: int) -> _Look:
        logo = None
        try:
            answer = await self._fetcher.get(uri, accept=_ACCEPT, largest=LARGEST, seconds=_FETCH_SECONDS)
            logo = recognised(answer.body)
        except NotFetched:
            pass  # told in the log by the fetcher
        if logo is not None:
            return _Look(logo, now + FRESH_SECONDS)
        return _Look(former.logo if former else None, now + RETRY_SECONDS)


async def show(call: Call) -> Response:
    """`GET /applications/{client_id}/logo`. Raises `NotFound` when there is none to show."""
    client = await call.provider.client(call.path_params["client_id"], call.now)
    if client is None or client.suspended or client.logo_uri is None:
        raise NotFound
    logo = await _logos(call.provider).of(client, client.logo_uri, call.now)
    if logo is None:
        raise NotFound
    return Response(logo.body, media_type=logo.media_type, headers=_HEADERS)


def recognised(body: bytes) -> Logo | None:
    """The image that some bytes are, by how they begin; None when they are none that a page may show."""
    for beginning, media_type in _BEGINNINGS:
        if body.startswith(beginning):
            return Logo(media_type, body)
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return Logo("image/webp", body)
    return Logo("image/svg+xml", body) if _is_svg(body) else None


def _is_svg(body: bytes) -> bool:
    """Whether this is a drawing, without entities of its own: they can make a few lines fill a memory."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if "<!ENTITY" in text or "\0" in text:
        return False
    at = _beyond_space(text, 0)
    for _ in range(_MOST_PROLOG):
        if not text.startswith(("<?", "<!"), at):
            break
        closing = "-->" if text.startswith("<!--", at) else ">"
        end = text.find(closing, at)
        if end < 0:
            return False
        at = _beyond_space(text, end + len(closing))
    return text.startswith("<svg", at) and text[at + 4 : at + 5] in {" ", ">", "\n", "\r", "\t"}


def _beyond_space(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _logos(provider: Provider) -> Logos:
    return provider.resources.obtain(Logos, lambda: Logos(fetcher(provider)))
