"""Delivering the outbox: claim a batch, hand each message over, record what became of it.

Delivery is at least once: a crash between the relay's answer and our record sends a message again, under the same id.
Never twice otherwise, and never late: a message whose code has expired is dropped.
"""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Protocol

from idp.foundation.clock import Clock
from idp.foundation.database import Database
from idp.messages import queue, retry
from idp.messages.delivery import Carrier, Deliver, Parcel, Postponed, Refused
from idp.messages.message import Channel, Email, Sms
from idp.messages.outbox import Means, seal_purpose
from idp.messages.queue import Claimed
from keys.sealing import SealBroken

BATCH = 40
LANES = 4
"""How many connections a worker holds to one relay at a time."""

DELIVERY_SECONDS = 20
"""The longest one message may take. Far below the lease, which is never outlived."""

log = logging.getLogger(__name__)


class Post(Means, Protocol):
    """The parts of the provider that delivering takes."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...


async def deliver(post: Post, carriers: Mapping[Channel, Carrier]) -> int:
    """Send one batch of what is due, and drop what has expired. How many messages were dealt with; 0 when idle."""
    now = post.clock.now()
    if not await post.database.read(queue.has_due, tuple(carriers), now):
        return 0
    dropped = await post.database.transaction(queue.drop_expired, BATCH, now)
    claimed = await post.database.transaction(queue.claim, tuple(carriers), BATCH, now)
    lanes = [
        _drive(post, carrier, claimed_here[start::LANES])
        for channel, carrier in carriers.items()
        if (claimed_here := [message for message in claimed if message.channel is channel])
        for start in range(min(LANES, len(claimed_here)))
    ]
    # every lane ends by itself: one that fails must not cut another between a relay's answer and its record
    for outcome in await asyncio.gather(*lanes, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
    return dropped + len(claimed)


async def _drive(post: Post, carrier: Carrier, messages: Sequence[Claimed]) -> None:
    """One lane: one opening of the carrier, its messages one after the other."""
    async with AsyncExitStack() as opened:
        try:
            async with asyncio.timeout(DELIVERY_SECONDS):
                hand_over = await opened.enter_async_context(carrier.open())
        except (Postponed, TimeoutError) as failure:
            log.warning("messages cannot leave: %s", _reason(failure))
            for message in messages:
                await _postpone(post, message, failure)
            return
        for message in messages:
            if post.clock.now() > message.leased_until_at - DELIVERY_SECONDS:
                return  # the lease is about to end; whoever claims the rest next will send it
            await _send(post, hand_over, message)


async def _send(post: Post, hand_over: Deliver, message: Claimed) -> None:
    now = post.clock.now()
    if now >= message.expires_at:
        await post.database.transaction(queue.drop, message, now)
        return
    try:
        parcel = _opened(post, message, now)
        async with asyncio.timeout(min(DELIVERY_SECONDS, message.expires_at - now)):
            await hand_over(parcel)
    except Refused as failure:
        await post.database.transaction(queue.abandon, message, failure.reason, post.clock.now())
    except (SealBroken, ValueError, TypeError, KeyError):
        log.exception("message %s cannot be read or composed", message.id)
        await post.database.transaction(queue.abandon, message, "unreadable", post.clock.now())
    except (Postponed, TimeoutError) as failure:
        await _postpone(post, message, failure)
    else:
        await post.database.transaction(queue.sent, message, post.clock.now())


def _opened(post: Post, message: Claimed, now: int) -> Parcel:
    words = json.loads(post.seal.open(seal_purpose(message.id, "body"), message.body))
    return Parcel(
        id=message.id,
        purpose=message.purpose,
        recipient=post.seal.open(seal_purpose(message.id, "recipient"), message.recipient).decode(),
        words=Email(**words) if message.channel is Channel.EMAIL else Sms(**words),
        now=now,
    )


async def _postpone(post: Post, message: Claimed, failure: Postponed | TimeoutError) -> None:
    now = post.clock.now()
    chance = int.from_bytes(post.randomness.token_bytes(2)) / 0xFFFF
    seconds = retry.wait(message.attempts, message.expires_at - message.created_at, chance)
    if isinstance(failure, Postponed):
        seconds = max(seconds, failure.after_seconds)
    await post.database.transaction(queue.postpone, message, _reason(failure), now + seconds)


def _reason(failure: Postponed | TimeoutError) -> str:
    return failure.reason if isinstance(failure, Postponed) else "out of time"
