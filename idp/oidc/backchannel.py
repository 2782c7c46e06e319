"""Telling applications, server to server, that a session has ended: OpenID Connect Back-Channel Logout 1.0 section 2.5.

What is to be told was written when the session ended (`idp.sessions.notices`); nobody who signs out waits for this. An
application that does not answer is tried again, less and less often, for as long as the settings say; the others are
told meanwhile. What became of each notice is in the audit.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.messages import retry
from idp.oidc import encryption
from idp.oidc.errors import OAuthProblem
from idp.oidc.logout_token import logout_token
from idp.oidc.subjects import subject_for
from idp.outbound.faults import NotFetched
from idp.outbound.fetching import fetcher
from idp.sessions import notices
from idp.sessions.notices import Notice, Outcome

BATCH = 200
AT_ONCE = 12
"""Applications told at once by a process: few enough to leave the guarded client room for what people wait for."""
ANSWER_SECONDS = 5
TURN_SECONDS = 10
"""How long one application may be busy with its notices while others wait for the same worker."""

_EVENTS = {
    Outcome.DELIVERED: Event.LOGOUT_DELIVERED,
    Outcome.REFUSED: Event.LOGOUT_REFUSED,
    Outcome.ABANDONED: Event.LOGOUT_ABANDONED,
}
_PASSING = frozenset({408, 425, 429})
"""Client errors that say « later » (RFC 9110 section 15.5.9, RFC 8470, RFC 6585)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A logout token and where it goes."""

    address: str
    token: str


@dataclass(frozen=True, slots=True)
class Unaddressed:
    """Why nobody is told, and what that makes of the notice."""

    outcome: Outcome
    why: str


async def deliver(provider: Provider) -> int:
    """Tell one batch of applications. How many notices were dealt with; 0 when there is nobody to tell."""
    now = provider.clock.now()
    if not await provider.database.read(notices.has_due, now):
        return 0
    claimed = await provider.database.transaction(notices.claim, BATCH, now)
    by_client: dict[str, list[Notice]] = defaultdict(list)
    for notice in claimed:
        by_client[notice.client_id].append(notice)
    gate = asyncio.Semaphore(AT_ONCE)
    turns = [_take_turn(provider, gate, group) for group in by_client.values()]
    # every turn ends by itself: one that fails must not cut another between an answer and its record
    for outcome in await asyncio.gather(*turns, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
    return len(claimed)


async def _take_turn(provider: Provider, gate: asyncio.Semaphore, group: Sequence[Notice]) -> None:
    """Tell one application of several sign-outs, one after the other, until it fails or its time is over.

    The notice tried most often comes first: if the application is still down, the wait goes on growing from there.
    """
    waiting = sorted(group, key=lambda notice: -notice.attempts)
    async with gate:
        last_start = min(provider.clock.now() + TURN_SECONDS, waiting[0].leased_until_at - ANSWER_SECONDS)
        while waiting and provider.clock.now() <= last_start:
            if not await _tell(provider, waiting.pop(0)):
                break
    if waiting:
        await provider.database.transaction(notices.release, waiting)


async def _tell(provider: Provider, notice: Notice) -> bool:
    """Tell one application of one sign-out; False when it does not answer now, and so is better left alone."""
    now = provider.clock.now()
    await encryption.prepare(provider, notice.client_id, now)
    try:
        letter = await provider.database.transaction(_write, provider, notice, now)
    except OAuthProblem as problem:
        await _postpone(provider, notice, problem.cause)
        return False
    if isinstance(letter, Unaddressed):
        await provider.database.transaction(_settle, notice, letter.outcome, letter.why, now)
        return True
    try:
        status = await fetcher(provider).post(letter.address, {"logout_token": letter.token}, seconds=ANSWER_SECONDS)
    except NotFetched as failure:
        await _postpone(provider, notice, failure.cause)
        return False
    outcome = judge(status)
    if outcome is None:
        await _postpone(provider, notice, f"status {status}")
        return False
    why = None if outcome is Outcome.DELIVERED else f"status {status}"
    await provider.database.transaction(_settle, notice, outcome, why, provider.clock.now())
    return True


def judge(status: int) -> Outcome | None:
    """What an application's answer means (section 2.8); None when it may be another one later."""
    if 200 <= status < 300:
        return Outcome.DELIVERED
    if status in _PASSING or (status >= 500 and status != 501):
        return None
    return Outcome.REFUSED


def _write(connection: Connection, provider: Provider, notice: Notice, now: int) -> Letter | Unaddressed:
    if now >= _end_of(provider, notice):
        return Unaddressed(Outcome.ABANDONED, "out of time")
    client = provider.clients.client(connection, notice.client_id, now)
    if client is None or client.backchannel_logout_uri is None:
        return Unaddressed(Outcome.NO_CHANNEL, "no address")
    if client.suspended:
        return Unaddressed(Outcome.ABANDONED, "suspended")
    subject = subject_for(connection, provider, client, notice.person_id)
    token = logout_token(provider, client, subject, notice.session_id, now)
    return Letter(client.backchannel_logout_uri, token)


def _settle(connection: Connection, notice: Notice, outcome: Outcome, why: str | None, now: int) -> None:
    if not notices.settle(connection, notice, outcome, why, now) or outcome not in _EVENTS:
        return
    audit.record(
        connection,
        _EVENTS[outcome],
        at=now,
        person_id=notice.person_id,
        client_id=notice.client_id,
        session_id=notice.session_id,
        attempts=notice.attempts,
        reason=why,
    )


async def _postpone(provider: Provider, notice: Notice, why: str) -> None:
    """Try again later, unless there is no later."""
    now, end = provider.clock.now(), _end_of(provider, notice)
    chance = int.from_bytes(provider.randomness.token_bytes(2)) / 0xFFFF
    again_at = now + retry.wait(notice.attempts, provider.settings.lifetimes.logout_notice, chance)
    if again_at >= end:
        await provider.database.transaction(_settle, notice, Outcome.ABANDONED, why, now)
    else:
        await provider.database.transaction(notices.postpone, notice, why, again_at)


def _end_of(provider: Provider, notice: Notice) -> int:
    return notice.ended_at + provider.settings.lifetimes.logout_notice
