"""From a request to a handler and back: the one adapter between ASGI and everything we wrote.

A handler is `async def handler(call: Call) -> Response`. The adapter reads the body within limits, proves that a page's
form is ours, turns a `Problem` into a page or JSON, and never lets an exception out.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from idp.foundation.errors import (
    BadRequest,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    TooLong,
    UnsupportedMedia,
)
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, is_of, issue
from idp.foundation.texts import SOURCE_LANGUAGE, text
from idp.web import cookies, cors, csrf, measures, problems
from idp.web.addresses import Network, client_address
from idp.web.languages import preferred
from idp.web.parameters import NONE, Parameters, parse

log = logging.getLogger(__name__)

LONGEST_BODY = 65_536
LONGEST_QUERY = 16_384
BODY_SECONDS = 10
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class Style(StrEnum):
    """Who reads the answers, and so how a refusal is told."""

    PAGE = "page"
    PROTOCOL = "protocol"


class Call:
    """One request, as handlers see it."""

    def __init__(self, provider: Provider, request: Request, trusted: Sequence[Network]) -> None:
        self.provider = provider
        self.request = request
        self.headers: Mapping[str, str] = request.headers
        self.method = request.method
        self.query: Parameters = NONE
        self.form: Parameters = NONE
        self.body = b""
        self.now = provider.clock.now()
        self.browser_is_new = False
        self._trusted = trusted

    @property
    def path(self) -> str:
        return str(self.request.scope["path"])

    @property
    def path_params(self) -> Mapping[str, str]:
        return self.request.path_params

    @property
    def sent(self) -> Parameters:
        """The form of a POST, the query of a GET."""
        return self.form if self.method == "POST" else self.query

    @cached_property
    def address(self) -> str:
        """The visitor's address, behind the proxies that the settings trust."""
        peer = self.request.client.host if self.request.client else None
        return client_address(peer, self.request.headers.getlist("x-forwarded-for"), self._trusted)

    @cached_property
    def locale(self) -> str:
        """The language of the page: asked for, chosen before, or the browser's (OpenID Connect Core 3.1.2.1)."""
        wishes = (
            self.sent.get("ui_locales") or "",
            self.cookie(cookies.LANGUAGE) or "",
            self.headers.get("accept-language", ""),
        )
        return next(filter(None, map(preferred, wishes)), SOURCE_LANGUAGE)

    @cached_property
    def browser(self) -> str:
        """The secret that tells this browser from another. A new one is set on the answer when there was none."""
        known = self.cookie(cookies.BROWSER)
        if known and is_of(Kind.BROWSER, known):
            return known
        self.browser_is_new = True
        return issue(Kind.BROWSER, self.provider.randomness)

    def cookie(self, name: str) -> str | None:
        """A cookie of ours, by its short name."""
        return self.request.cookies.get(cookies.name_of(name, self.provider.settings))

    def say(self, message: object) -> str:
        """A sentence in the visitor's language."""
        return self.provider.catalogue.translate(message, self.locale)  # type: ignore[arg-type]

    def read_query(self) -> None:
        """Read the query string. Raises `TooLong` or `BadRequest`; it then counts as empty for what is answered."""
        encoded: bytes = self.request.scope["query_string"]
        if len(encoded) > LONGEST_QUERY:
            raise TooLong("query_too_long", text("L'adresse est trop longue."))
        self.query = parse(encoded)

    async def read_body(self, accepted: str = FORM) -> None:
        """Read the body, of the one media type accepted here. Raises `UnsupportedMedia`, `TooLarge` or `BadRequest`."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                self.body = await self._body()
        except TimeoutError:
            slow = text("La demande est arrivée trop lentement. Réessayez.")
            raise BadRequest("request_timeout", slow) from None
        if kind == accepted == FORM:
            self.form = parse(self.body)
        elif kind != accepted and self.body:
            raise UnsupportedMedia(
                "unsupported_media_type", text("Le format de la demande n'est pas accepté."), cause=kind[:100]
            )

    async def _body(self) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async for chunk in self.request.stream():
            size += len(chunk)
            if size > LONGEST_BODY:
                raise TooLarge("body_too_large", text("Le formulaire envoyé est trop gros."))
            chunks.append(chunk)
        return b"".join(chunks)


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A URL, what answers there, and to whom. `own_form`: a POST must come from one of our own pages.

    `takes` is the media type of its bodies: a form is read for the handler, anything else is left in `call.body`.
    `methods` holds HEAD only where reading has no effect (RFC 9110 section 9.2.1). `readers` says which scripts of
    other origins may read the answers; without it, none.
    """

    path: str
    handler: Handler
    name: str
    methods: tuple[str, ...] = ("GET", "HEAD")
    style: Style = Style.PAGE
    own_form: bool = True
    takes: str = FORM
    readers: cors.Readers | None = None


class Adapter:
    """The endpoints of one URL, by method, as an ASGI application."""

    def __init__(self, provider: Provider, endpoints: Sequence[Endpoint], trusted: Sequence[Network]) -> None:
        self._provider = provider
        self._trusted = trusted
        self._by_method = {method: endpoint for endpoint in endpoints for method in endpoint.methods}
        self._open = [method for method, endpoint in self._by_method.items() if endpoint.readers is not None]
        self._name, self._style = endpoints[0].name, endpoints[0].style

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(self._provider, Request(scope, receive), self._trusted)
        clock = asyncio.get_running_loop()
        started = clock.time()
        response = await self._answer(call)
        endpoint = self._by_method.get(call.method)
        if endpoint is not None and endpoint.readers is not None:
            await cors.open_to(endpoint.readers, call, response)
        if call.browser_is_new:
            cookies.put(response, self._provider.settings, cookies.BROWSER, call.browser, max_age=cookies.YEAR)
        if self._style is Style.PAGE and b"ui_locales=" in scope["query_string"]:
            cookies.put(response, self._provider.settings, cookies.LANGUAGE, call.locale, max_age=cookies.YEAR)
        name = endpoint.name if endpoint is not None else self._name
        measures.note(name, call.method, response.status_code, clock.time() - started)
        await response(scope, receive, send)

    async def _answer(self, call: Call) -> Response:
        as_page = self._style is Style.PAGE
        try:
            return await self._handle(call)
        except Problem as problem:
            return problems.answer(call, problem, as_page=as_page)
        except ClientDisconnect:
            log.info("the sender of a request to %s left before its end", call.path[:200])
            return Response(status_code=400)
        except Exception as error:  # the last line of defence: a bug is logged and told, never shown
            log.exception("unexpected %s at %s", type(error).__name__, call.path[:200])
            return problems.answer(call, _unexpected(), as_page=as_page)

    async def _handle(self, call: Call) -> Response:
        endpoint = self._by_method.get(call.method)
        if endpoint is None:
            if self._open and (asked_before := cors.preflight(call, self._open)):
                return asked_before
            raise MethodNotAllowed(", ".join(sorted(self._by_method)))
        if "\0" in call.path:
            raise NotFound(cause="NUL character in the path")
        if len(call.request.headers.getlist("authorization")) > 1:
            raise BadRequest("malformed_header", text("La demande est mal formée."), cause="two Authorization headers")
        call.read_query()
        if call.method in {"POST", "PUT"}:
            await call.read_body(endpoint.takes)
            if endpoint.own_form:
                csrf.check(
                    self._provider.pepper,
                    call.browser,
                    call.form.get(csrf.FIELD) or call.headers.get("x-csrf-token", ""),
                    call.headers,
                    self._provider.settings.issuer,
                )
        return await endpoint.handler(call)


def _unexpected() -> Problem:
    return Problem(
        "unexpected", text("Une erreur est survenue de notre côté. Elle est enregistrée, réessayez plus tard.")
    )
