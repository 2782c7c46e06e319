"""Changes of the key ring, in three beats: read it, make keys aside, store them with their audit lines.

Making an RSA key takes long, so it is done in a thread and outside any transaction; of several processes that change
the ring at once, the first to store wins (`keys.store.save`).
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from clients import registry
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.foundation.settings import Settings
from keys import rotation, store
from keys.ring import Key, KeyRing, Stage, algorithms_held
from keys.rotation import Policy
from keys.sealing import Seal
from keys.store import KeyRecord

_RING_MAY_BE_STALE = 3_600
"""Seconds for which a process that cannot reach the database may go on signing with a key already retired."""


@dataclass(frozen=True, slots=True)
class Move:
    """A key and the stage it has just reached."""

    kid: str
    alg: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change came to. Overtaken: another process changed the ring first, and nothing was done."""

    moves: tuple[Move, ...] = ()
    overtaken: bool = False


async def change(provider: Provider, decide: Callable[[KeyRing, int, Policy], KeyRing]) -> Outcome:
    """Store what `decide(ring, now, policy)` makes of the ring, and let this process use it.

    An algorithm that the settings leave out is kept while an application is registered for it: nothing else would tell
    it, until its people could not sign in.

    Raises `SealBroken` when the ring was sealed under another secret key, and whatever `decide` raises.
    """
    now = provider.clock.now()
    seen = await provider.database.read(store.load, provider.seal, provider.ring)
    policy = policy_of(provider.settings)
    if left_out := set(seen.algorithms()).difference(policy.algorithms):
        kept = left_out & await provider.database.read(registry.signatures_asked)
        policy = replace(policy, algorithms=(*policy.algorithms, *sorted(kept)))
    wanted = await asyncio.to_thread(decide, seen, now, policy)
    outcome = await provider.database.transaction(_store, provider.seal, seen, wanted, now)
    await provider.refresh_ring()
    return outcome


def policy_of(settings: Settings) -> Policy:
    """Which keys there are and how long each stage of one lasts: none is withdrawn while a token it signed is alive.

    An application or an interface that has its own lifetime for access tokens has a day at most, within the usual week.
    """
    usual, lifetimes = Policy(), settings.lifetimes
    longest_token = max(lifetimes.id_token, lifetimes.access_token) + _RING_MAY_BE_STALE
    return replace(
        usual, retire_for=max(usual.retire_for, longest_token), algorithms=algorithms_held(settings.keys.signing)
    )


async def follow_calendar(provider: Provider, policy: Policy | None = None) -> Outcome:
    """Do what is due: announce successors, let them sign, withdraw what has retired. To be called every few minutes."""
    return await change(provider, lambda ring, now, usual: rotation.advance(ring, now, policy or usual))


async def replace_all(provider: Provider) -> Outcome:
    """Withdraw every key at once and begin anew under the present secret key, whatever the old ones are sealed under.

    The answer to a leaked secret key: every signature made until now is refused.
    """
    asked = await provider.database.read(registry.signatures_asked)
    signing = (*provider.settings.keys.signing, *sorted(asked.difference(provider.settings.keys.signing)))
    held = algorithms_held(signing)
    outcome = await provider.database.transaction(_replace_all, provider.seal, held, provider.clock.now())
    await provider.refresh_ring()
    return outcome


def _store(connection: Connection, seal: Seal, seen: KeyRing, wanted: KeyRing, now: int) -> Outcome:
    if store.save(connection, seal, seen, wanted, now) is None:
        return Outcome(overtaken=True)
    return _noted(connection, store.moved(seen, wanted), now)


def _replace_all(connection: Connection, seal: Seal, algorithms: tuple[str, ...], now: int) -> Outcome:
    withdrawn = store.withdraw_all(connection, now)
    return _noted(connection, (*withdrawn, *store.ensure(connection, seal, now, algorithms=algorithms)), now)


def _noted(connection: Connection, keys: Iterable[Key | KeyRecord], now: int) -> Outcome:
    moves = tuple(Move(key.kid, key.alg, key.stage) for key in keys)
    for move in moves:
        audit.record(connection, Event.KEY_STAGE_REACHED, at=now, kid=move.kid, alg=move.alg, stage=move.stage.value)
    return Outcome(moves)
