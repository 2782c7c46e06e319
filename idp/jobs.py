"""The work that goes on in the background: deliver messages, answer requests, change keys, forget what is over.

It runs inside the server, or apart (`idp jobs run`, with `jobs = "apart"` in the settings). Every process may run it:
what is queued is claimed row by row, and what is periodic is done by whichever process takes the turn.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Delete

from idp.account import retention
from idp.account.tables import contact_changes
from idp.foundation import audit, keyring, limits, turns
from idp.foundation.database import Database
from idp.foundation.errors import Unavailable
from idp.foundation.provider import Provider
from idp.foundation.purging import BATCH, older, purge
from idp.foundation.settings import Lifetimes
from idp.foundation.shortening import Shortening
from idp.interactions.tables import interactions
from idp.messages import queue, worker
from idp.messages.carriers import carriers
from idp.messages.delivery import Carrier
from idp.messages.message import Channel
from idp.oidc import backchannel
from idp.oidc.registration.tables import initial_tokens
from idp.oidc.tables import assertions, device_requests, grants, pushed_requests, tokens
from idp.people import standing
from idp.people.tables import agreements, people
from idp.sessions import departures, recognition, signouts
from idp.sessions.tables import known_browsers, logout_notices, sessions
from idp.signin import answering
from idp.signin.tables import recoveries
from idp.signup.tables import activations
from idp.upstream import store as upstream

DRAIN_SECONDS = 22
"""How long work under way may take to end when the process is told to stop: a message handed over must be recorded."""

AWAY_SECONDS = 5
"""How long to leave a database alone that does not answer."""

MINUTE, HOUR, DAY = 60, 3600, 86_400
_PAUSE_SECONDS = 0.05
_MOST_BATCHES = 200

log = logging.getLogger(__name__)

Ways = Mapping[Channel, Carrier]


@dataclass(frozen=True, slots=True)
class Job:
    """Work to do again and again. `act` does one batch and says how many things it dealt with.

    `in_turn`: once for all processes together, else in each of them.
    """

    name: str
    every_seconds: int
    act: Callable[[Provider, Ways], Awaitable[int]]
    in_turn: bool = True


@dataclass(frozen=True, slots=True)
class Purge:
    """Rows to delete once `kept_for(lifetimes)` seconds have passed since the time in their column."""

    statement: Delete
    kept_for: Callable[[Lifetimes], int]


PURGES: tuple[Purge, ...] = (
    Purge(older(limits.attempts, limits.attempts.c.expires_at), lambda _: 0),
    Purge(older(assertions, assertions.c.expires_at), lambda _: HOUR),
    Purge(older(initial_tokens, initial_tokens.c.expires_at), lambda lifetimes: lifetimes.audit),
    Purge(older(pushed_requests, pushed_requests.c.expires_at), lambda _: DAY),
    Purge(older(device_requests, device_requests.c.expires_at), lambda _: DAY),
    Purge(older(interactions, interactions.c.expires_at), lambda _: DAY),
    Purge(older(activations, activations.c.expires_at), lambda _: DAY),
    Purge(older(contact_changes, contact_changes.c.expires_at), lambda _: DAY),
    Purge(older(recoveries, recoveries.c.expires_at), lambda _: DAY),
    Purge(older(tokens, tokens.c.expires_at), lambda _: DAY),
    Purge(older(grants, grants.c.expires_at), lambda _: DAY),
    Purge(older(logout_notices, logout_notices.c.ended_at), lambda lifetimes: lifetimes.logout_notice + 7 * DAY),
    Purge(older(known_browsers, known_browsers.c.last_at), lambda _: recognition.REMEMBERED_SECONDS),
    Purge(older(sessions, sessions.c.expires_at), lambda lifetimes: lifetimes.audit),
    Purge(older(agreements, agreements.c.withdrawn_at), lambda lifetimes: lifetimes.agreement_proof),
    Purge(older(people, people.c.erased_at), lambda lifetimes: lifetimes.agreement_proof),
    Purge(older(audit.audit, audit.audit.c.at), lambda lifetimes: lifetimes.audit),
)
"""What is used or expired stays a while, so that a second use is known for what it is."""

SHORTENINGS: tuple[Shortening, ...] = (
    Shortening(audit.audit, audit.audit.c.at, audit.audit.c.address),
    Shortening(sessions, sessions.c.expires_at, sessions.c.address),
)
"""Where network addresses are kept, and the time from which `lifetimes.exact_address` counts."""


async def _answer(provider: Provider, _ways: Ways) -> int:
    return await answering.answer_due(provider)


async def _deliver(provider: Provider, ways: Ways) -> int:
    return await worker.deliver(provider, ways)


async def _tell_applications(provider: Provider, _ways: Ways) -> int:
    return await backchannel.deliver(provider)


async def _refresh_ring(provider: Provider, _ways: Ways) -> int:
    await provider.refresh_ring()
    return 0


async def _follow_calendar(provider: Provider, _ways: Ways) -> int:
    await keyring.follow_calendar(provider)
    return 0


async def _go_over_dormant(provider: Provider, _ways: Ways) -> int:
    return await retention.go_over(provider)


async def _purge(provider: Provider, _ways: Ways) -> int:
    now, database, lifetimes = provider.clock.now(), provider.database, provider.settings.lifetimes
    gone = [await _sweep(database, purge, each.statement, now - each.kept_for(lifetimes)) for each in PURGES]
    gone += [await _sweep(database, forget, now) for forget in (departures.forget, signouts.forget, upstream.forget)]
    gone.append(await _sweep(database, queue.purge, BATCH, now))
    gone.append(await _sweep(database, standing.forget_pending, now - lifetimes.pending_account))
    return sum(gone)


async def _sweep(database: Database, forget: Callable[..., int], *args: Any) -> int:
    """Forget batch after batch, each in a transaction of its own, until one comes back short; how many rows went."""
    gone = 0
    for _ in range(_MOST_BATCHES):
        deleted = await database.transaction(forget, *args)
        gone += deleted
        if deleted < BATCH:
            break
        await asyncio.sleep(_PAUSE_SECONDS)
    return gone


async def _shorten_addresses(provider: Provider, _ways: Ways) -> int:
    before = provider.clock.now() - provider.settings.lifetimes.exact_address
    done = 0
    for each in SHORTENINGS:
        border = await provider.database.read(each.border, before)
        for _ in range(_MOST_BATCHES):
            shortened, border = await provider.database.transaction(each.shorten, border)
            done += shortened
            if not shortened:
                break
            await asyncio.sleep(_PAUSE_SECONDS)
    return done


JOBS: tuple[Job, ...] = (
    Job("answer recoveries", 1, _answer, in_turn=False),
    Job("deliver messages", 1, _deliver, in_turn=False),
    Job("tell applications of sign-outs", 1, _tell_applications, in_turn=False),
    Job("refresh the key ring", 30, _refresh_ring, in_turn=False),
    Job("change keys", 5 * MINUTE, _follow_calendar),
    Job("forget what is over", HOUR, _purge),
    Job("shorten addresses", DAY, _shorten_addresses),
    Job("let go of accounts nobody uses", DAY, _go_over_dormant),
)


async def run_once(provider: Provider) -> dict[str, int]:
    """Do everything there is to do now, whoever's turn it is, and say how many things each job dealt with."""
    ways = carriers(provider.settings)
    done: dict[str, int] = {}
    for job in JOBS:
        total = 0
        for _ in range(_MOST_BATCHES):
            dealt_with = await job.act(provider, ways)
            total += dealt_with
            if not dealt_with:
                break
        done[job.name] = total
    return done


async def run_forever(provider: Provider) -> None:
    """Run every job at its period until cancelled; work under way is then given `DRAIN_SECONDS` to end."""
    ways = carriers(provider.settings)
    for channel in Channel:
        if channel not in ways:
            log.warning("no way out is set up for %s: its messages will not leave", channel.value)
    stop = asyncio.Event()
    loops = [asyncio.create_task(_repeat(job, provider, ways, stop), name=job.name) for job in JOBS]
    try:
        await asyncio.wait(loops)
    finally:
        stop.set()
        await asyncio.wait(loops, timeout=DRAIN_SECONDS)
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def _repeat(job: Job, provider: Provider, ways: Ways, stop: asyncio.Event) -> None:
    while not stop.is_set():
        pause = await _attempt(job, provider, ways, stop)
        try:
            async with asyncio.timeout(pause):
                await stop.wait()
        except TimeoutError:
            continue


async def _attempt(job: Job, provider: Provider, ways: Ways, stop: asyncio.Event) -> int:
    """Do a job if it is due here; seconds to wait before looking again. A failure is logged and ends nothing else."""
    try:
        if job.in_turn:
            if await _takes_turn(job, provider):
                await job.act(provider, ways)
            return min(job.every_seconds, MINUTE)
        while await job.act(provider, ways) and not stop.is_set():
            pass
    except Unavailable as problem:
        log.warning("%s: the database does not answer: %s", job.name, problem.cause)
        return max(job.every_seconds, AWAY_SECONDS)
    except Exception:  # one job's mistake must not stop the others, nor its own next turn
        log.exception("%s: failed", job.name)
        return max(job.every_seconds, AWAY_SECONDS)
    return job.every_seconds


async def _takes_turn(job: Job, provider: Provider) -> bool:
    now = provider.clock.now()
    if not await provider.database.read(turns.is_due, job.name, now):
        return False
    return await provider.database.transaction(turns.take, job.name, job.every_seconds, now)
