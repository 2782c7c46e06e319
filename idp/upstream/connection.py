"""An upstream as one process knows it: its metadata and keys, kept ten minutes, and its failures.

What is kept here may be stale for a stated time and decides nothing alone. One request at a time asks for a document;
the others wait for its answer, and while an upstream rests after a failure nobody waits at all.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from idp.foundation.clock import Clock
from idp.upstream import discovery
from idp.upstream.discovery import Metadata
from idp.upstream.faults import Unreachable, Untrusted, UpstreamFault
from idp.upstream.fetching import Answer, Fetcher
from idp.upstream.registration import Registration
from keys.errors import BadKeySet
from keys.peers import PeerKeys

log = logging.getLogger(__name__)

FRESH_SECONDS = 600
"""How long a document serves without being asked again: what FranceConnect's own `max-age` says."""
USABLE_SECONDS = 3600
"""How long the last good keys serve when newer ones cannot be had."""
REFETCH_SECONDS = 60
"""How often an unknown key identifier may make us ask before time."""
LONGEST_REST_SECONDS = 60
"""How long an upstream that keeps failing is left alone; the first time 2 seconds, then 4, 8…"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    value: T
    at: int


class Document(Generic[T]):
    """A published document: fetched when it is too old, left alone a growing while after each failure."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[T]],
        clock: Clock,
        *,
        usable_seconds: int,
        report: Callable[[int], None] = lambda _failures: None,
    ) -> None:
        """`report` is told how many times in a row it failed, 0 when it succeeds."""
        self._fetch = fetch
        self._clock = clock
        self._usable_seconds = usable_seconds
        self._report = report
        self._kept: _Kept[T] | None = None
        self._lock = asyncio.Lock()
        self._failures = 0
        self._rests_until = 0

    async def current(self, *, fresh_seconds: int = FRESH_SECONDS) -> T:
        """The document, at most `fresh_seconds` old when it can be had. Raises `UpstreamFault` when there is none."""
        async with self._lock:
            if self._kept and self._clock.now() < self._kept.at + fresh_seconds:
                return self._kept.value
            try:
                return await self._renewed()
            except UpstreamFault:
                if self._kept and self._clock.now() < self._kept.at + self._usable_seconds:
                    return self._kept.value
                raise

    async def _renewed(self) -> T:
        if self._clock.now() < self._rests_until:
            raise Unreachable("left alone after a failure")
        try:
            value = await self._fetch()
        except UpstreamFault as fault:
            self._failures += 1
            rest = min(2**self._failures, LONGEST_REST_SECONDS)
            self._rests_until = self._clock.now() + rest
            self._report(self._failures)
            log.warning("an upstream's document could not be had, left alone for %d s: %s", rest, fault)
            raise
        self._failures = 0
        self._report(0)
        self._kept = _Kept(value, self._clock.now())
        return value


class Connection:
    """One upstream: our registration, how to reach it, and what it publishes."""

    def __init__(
        self, registration: Registration, fetcher: Fetcher, clock: Clock, report: Callable[[int], None]
    ) -> None:
        self.registration = registration
        self.fetcher = fetcher
        self._metadata = Document(self._fetch_metadata, clock, usable_seconds=0, report=report)
        self._keys = Document(self._fetch_keys, clock, usable_seconds=USABLE_SECONDS)

    async def metadata(self) -> Metadata:
        """Where its endpoints stand. Raises `Unreachable` while it is down, `Untrusted` when it is not what we know."""
        return await self._metadata.current()

    async def keys(self) -> PeerKeys:
        """The keys it signs with. An empty or broken set never replaces a good one."""
        return await self._keys.current()

    async def newer_keys(self) -> PeerKeys:
        """The keys again, because one was unknown: asked before time, at most once a minute."""
        return await self._keys.current(fresh_seconds=REFETCH_SECONDS)

    async def _fetch_metadata(self) -> Metadata:
        answer = await self.fetcher.get(self.registration.issuer + discovery.PATH)
        return Metadata.parse(json_object(answer), self.registration)

    async def _fetch_keys(self) -> PeerKeys:
        metadata = await self.metadata()
        answer = await self.fetcher.get(metadata.jwks_uri)
        if answer.status != 200:
            raise Unreachable(f"keys: status {answer.status}")
        try:
            return PeerKeys.read(answer.body)
        except BadKeySet as problem:
            raise Untrusted(f"keys: {problem}") from None


def json_object(answer: Answer) -> dict[str, object]:
    """The JSON object of a successful answer. Raises `Unreachable` or `Untrusted`."""
    if answer.status != 200:
        raise Unreachable(f"status {answer.status}")
    return parse_object(answer)


def parse_object(answer: Answer) -> dict[str, object]:
    """The JSON object of an answer, whatever its status. Raises `Untrusted`."""
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError):
        content = None
    if answer.media_type != "application/json" or not isinstance(content, dict):
        raise Untrusted("an answer that is not a JSON object")
    return content
