"""The keys of an application: by value, or published at its `jwks_uri` (OpenID Connect Registration 1.0 section 2).

An application changes its keys without telling anyone (Core 1.0 section 10.1.1): a set is read again once it is some
minutes old, and at once when a token names a key that is not in it, yet never more than once in some seconds. A set
that cannot be read, or holds nothing we can use, never replaces a good one. Reading waits for the network, so it comes
before the transaction; inside, `known` tells what there is.
"""

import logging
from dataclasses import dataclass, replace

from clients.client import Client
from idp.foundation.provider import Provider
from idp.outbound.faults import NotFetched
from idp.outbound.fetching import Fetcher, fetcher
from idp.outbound.kept import Kept
from keys.errors import BadKeySet
from keys.peers import LARGEST_SET, PeerKeys

log = logging.getLogger(__name__)

FRESH_SECONDS = 300
"""For how long a set is believed without looking again, and so a key that was taken back at the latest."""
AGAIN_SECONDS = 5
"""Between two readings for a key that the set lacks."""
RETRY_SECONDS = 60
"""Between two readings of a set that has grown old and cannot be read."""
OLDEST_SECONDS = 86_400
"""For how long a good set serves while its address does not answer."""

_FETCH_SECONDS = 5.0
_MOST_SETS = 5_000
_ACCEPT = "application/jwk-set+json, application/json"


@dataclass(frozen=True, slots=True)
class _Reading:
    """The last good set, and when it was read and last asked for, in seconds UTC."""

    keys: PeerKeys | None
    read_at: int
    tried_at: int

    def usable(self, now: int) -> PeerKeys | None:
        return self.keys if 0 <= now - self.read_at < OLDEST_SECONDS else None

    def suffices(self, kid: str | None, now: int) -> bool:
        """Whether there is no point in reading again now."""
        keys, since = self.usable(now), now - self.tried_at
        if since < 0:
            return False
        if keys is None or (kid is not None and all(key.kid != kid for key in keys)):
            return since < AGAIN_SECONDS
        return now - self.read_at < FRESH_SECONDS or since < RETRY_SECONDS


class ClientKeys:
    """The sets read by this process, by client and address."""

    def __init__(self, fetching: Fetcher) -> None:
        self._fetcher = fetching
        self._readings: Kept[_Reading] = Kept(_MOST_SETS)

    def known(self, client: Client, now: int) -> PeerKeys | None:
        """What was read and may be believed at `now`."""
        reading = self._readings.get(_key(client))
        return reading.usable(now) if reading else None

    async def renew(self, client: Client, uri: str, kid: str | None, now: int) -> None:
        """Read the set again if it is old or lacks the key `kid`. A failure is logged and leaves what there was."""
        key = _key(client)
        if self._suffices(key, kid, now):
            return
        async with self._readings.lock(key):
            if not self._suffices(key, kid, now):
                self._readings.put(key, await self._read(client, uri, now))

    async def close(self) -> None:
        """There is nothing to give back."""

    def _suffices(self, key: str, kid: str | None, now: int) -> bool:
        reading = self._readings.get(key)
        return reading is not None and reading.suffices(kid, now)

    async def _read(self, client: Client, uri: str, now: int) -> _Reading:
        try:
            answer = await self._fetcher.get(uri, accept=_ACCEPT, largest=LARGEST_SET, seconds=_FETCH_SECONDS)
            return _Reading(PeerKeys.read(answer.body), now, now)
        except NotFetched as fault:
            cause = fault.cause
        except BadKeySet as fault:
            cause = str(fault)
        log.warning("the keys of the client %s could not be read: %s", client.client_id, cause)
        former = self._readings.get(_key(client))
        return replace(former, tried_at=now) if former else _Reading(None, now, now)


def known(provider: Provider, client: Client, now: int) -> PeerKeys | None:
    """The keys of a client, by value or as last read; None when there are none. Never waits."""
    if client.jwks_uri is not None:
        return _opened(provider).known(client, now)
    try:
        return PeerKeys.parse(client.jwks) if client.jwks is not None else None
    except BadKeySet:
        return None


async def renew(provider: Provider, client: Client, kid: str | None, now: int) -> None:
    """Read the keys of a client where they are published, if need be: `kid` is the key that a token names."""
    if client.jwks_uri is not None and not client.suspended:
        await _opened(provider).renew(client, client.jwks_uri, kid, now)


def _opened(provider: Provider) -> ClientKeys:
    return provider.resources.obtain(ClientKeys, lambda: ClientKeys(fetcher(provider)))


def _key(client: Client) -> str:
    return f"{client.client_id} {client.jwks_uri}"
