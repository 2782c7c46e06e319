"""The one client that calls addresses given by applications (V88, DC-02 to DC-06 of our abuse cases).

An address is judged, its name resolved once, every address of it judged, and the connection made to one of these with
the name kept for TLS and `Host`: nothing is resolved again. No redirect is followed, no proxy or certificate of the
environment obeyed, nothing decompressed. Each call has a connection of its own, a deadline and a size.
"""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx2

from idp.foundation.clock import Clock
from idp.foundation.provider import Provider
from idp.outbound.addresses import Address, Allowance, Target, read
from idp.outbound.faults import NotFetched
from idp.outbound.pace import Pace
from idp.outbound.resolving import Resolve, SystemResolver

log = logging.getLogger(__name__)

CALLS_A_MINUTE = 120
"""To one host, and to one address whatever the names that lead to it."""
POSTS_A_MINUTE = 600
"""The same for forms: when many people leave at once, an application is told of each; its keys are read less often."""

AT_ONCE = 20
"""Documents read at once, and as many forms sent: addresses that answer slowly keep neither waiting for the other."""

_MOST_ADDRESSES = 4
_CONNECT_SECONDS = 3.0
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, media type without its parameters, whole body."""

    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is asked of a target, and what is read of its answer: so many bytes of the body, or nothing but its head."""

    method: str
    target: Target
    headers: Mapping[str, str]
    content: bytes
    largest: int | None


class Fetcher:
    """Calls the addresses that applications give, and those that `allowance` adds to the public ones."""

    def __init__(
        self, clock: Clock, allowance: Allowance | None = None, *, ca_file: str = "", resolve: Resolve | None = None
    ) -> None:
        self._clock = clock
        self._allowance = allowance or Allowance()
        self._resolver = SystemResolver()
        self._resolve = resolve or self._resolver
        self._trust = trust(ca_file)
        self._paces = {"GET": Pace(CALLS_A_MINUTE, 60), "POST": Pace(POSTS_A_MINUTE, 60)}
        self._at_once = {method: asyncio.Semaphore(AT_ONCE) for method in self._paces}

    async def get(self, url: str, *, accept: str, largest: int, seconds: float) -> Answer:
        """Read a document of at most `largest` bytes within `seconds`. Raises `NotFetched` unless the status is 200."""
        answer = await self._call("GET", url, {"Accept": accept}, b"", largest, seconds)
        if answer.status != 200:
            raise _told(url, f"status {answer.status}")
        return answer

    async def post(self, url: str, form: Mapping[str, str], *, seconds: float) -> int:
        """Send a form, once; the status of the answer, which says enough: its body is not read.

        Raises `NotFetched` when there is no answer.
        """
        return (await self._call("POST", url, {"Content-Type": _FORM}, urlencode(form).encode(), None, seconds)).status

    async def close(self) -> None:
        """Begin nothing more; no connection outlives its call."""
        self._resolver.close()

    async def _call(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes, largest: int | None, seconds: float
    ) -> Answer:
        try:
            target = read(url, self._allowance)
            errand = _Errand(method, target, headers, content, largest)
            async with asyncio.timeout(seconds), self._at_once[method]:
                return await self._run(errand)
        except NotFetched as fault:
            raise _told(url, fault.cause) from None
        except TimeoutError:
            raise _told(url, f"no whole answer within {seconds:g} s") from None

    async def _run(self, errand: _Errand) -> Answer:
        target = errand.target
        pace = self._paces[errand.method]
        self._keep_pace(pace, target.host)
        addresses = await self._resolve(target.host, target.port)
        if not addresses or not all(self._allowance.lets(target, address) for address in addresses):
            raise NotFetched("an address or a port that may not be called")
        for address in addresses[:_MOST_ADDRESSES]:
            self._keep_pace(pace, str(address))
            try:
                return await self._exchange(errand, address)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
            except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
                raise NotFetched(type(error).__name__) from None
        raise NotFetched("no connection")

    def _keep_pace(self, pace: Pace, key: str) -> None:
        if not pace.take(key, self._clock.now()):
            raise NotFetched("called too often")

    async def _exchange(self, errand: _Errand, address: Address) -> Answer:
        """One request on a new connection: a kept one was proved for another name of the same address."""
        async with httpx2.AsyncHTTPTransport(verify=self._trust, trust_env=False) as transport:
            response = await transport.handle_async_request(_request(errand, address))
            try:
                return Answer(response.status_code, _media_type(response), await _body(response, errand.largest))
            finally:
                await response.aclose()


def trust(ca_file: str) -> ssl.SSLContext:
    """Whose certificates are believed: the public authorities, and those of the file. Raises `ValueError` for it."""
    context = httpx2.create_ssl_context(trust_env=False)
    try:
        if ca_file:
            context.load_verify_locations(ca_file)
    except OSError as error:
        raise ValueError(f"{ca_file} holds no certificate that can be read ({error.strerror or error})") from None
    return context


def fetcher(provider: Provider) -> Fetcher:
    """The fetcher of this provider, opened at its first use."""
    settings = provider.settings

    def open_it() -> Fetcher:
        return Fetcher(provider.clock, Allowance.read(settings.outbound_allow), ca_file=settings.outbound_ca_file)

    return provider.resources.obtain(Fetcher, open_it)


def _request(errand: _Errand, address: Address) -> httpx2.Request:
    target = errand.target
    name = f"[{address}]" if address.version == 6 else str(address)
    return httpx2.Request(
        errand.method,
        f"{target.scheme}://{name}:{target.port}{target.path}",
        headers={
            "Host": target.authority,
            "User-Agent": "Laissez-passer",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **errand.headers,
        },
        content=errand.content,
        extensions={"sni_hostname": target.host, "timeout": {"connect": _CONNECT_SECONDS}},
    )


def _media_type(response: httpx2.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


async def _body(response: httpx2.Response, largest: int | None) -> bytes:
    if largest is None:
        return b""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise NotFetched("a compressed answer")
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > largest:
            raise NotFetched(f"more than {largest} bytes")
    return body


def _told(url: str, cause: str) -> NotFetched:
    """The refusal, after a line in the log: the address up to its query, which may hold what is not ours to write."""
    log.info("not fetched: %s: %s", url.partition("?")[0][:200], cause)
    return NotFetched(cause)
