"""The HTTP client of the slice: one call, one answer, bounded in time and size; nothing of the environment is obeyed.

An upstream that hangs, drips or floods costs ten seconds and 128 KB at most, on connections that serve nothing else.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from idp.upstream.faults import Unreachable, Untrusted

DEADLINE_SECONDS = 10.0
LARGEST_ANSWER = 131_072
_CONNECTIONS = 20
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "Laissez-passer"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, media type without its parameters, whole body."""

    status: int
    media_type: str
    body: bytes


class Fetcher:
    """A pool of connections of its own. `ca_file` adds certificate authorities to the public ones."""

    def __init__(self, ca_file: str = "", *, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        trust = httpx2.create_ssl_context(trust_env=False)
        if ca_file:
            trust.load_verify_locations(ca_file)
        self.deadline_seconds = deadline_seconds
        self._client = httpx2.AsyncClient(
            verify=trust,
            trust_env=False,
            follow_redirects=False,
            headers=_HEADERS,
            timeout=deadline_seconds,
            limits=httpx2.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
        )

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """One GET. Raises `Unreachable` or `Untrusted`."""
        return await self._fetch(self._client.build_request("GET", url, headers=headers))

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """One POST of a form, never repeated. Raises `Unreachable` or `Untrusted`."""
        return await self._fetch(self._client.build_request("POST", url, data=dict(form), headers=headers))

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def _fetch(self, request: httpx2.Request) -> Answer:
        try:
            async with asyncio.timeout(self.deadline_seconds):
                return await self._read(request)
        except TimeoutError:
            raise Unreachable(f"no whole answer within {self.deadline_seconds:g} s") from None
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError) as error:
            raise Unreachable(type(error).__name__) from error

    async def _read(self, request: httpx2.Request) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            if response.status_code >= 500:
                raise Unreachable(f"status {response.status_code}")
            if response.is_redirect:
                raise Untrusted("it redirects")
            if response.headers.get("content-encoding", "identity") != "identity":
                raise Untrusted("a compressed answer")
            body = b""
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise Untrusted("an answer too large")
        finally:
            await response.aclose()
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(response.status_code, media_type, body)
