"""Delivering the outbox through a real relay and a real gateway, on both engines."""

import asyncio
import sqlite3
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select, update

from idp.foundation.audit import audit
from idp.foundation.outlets import mail_relay
from idp.foundation.outlets import sms_gateway as gateway_at
from idp.messages import outbox, queue, worker
from idp.messages.carriers import carriers
from idp.messages.delivery import Carrier, Deliver, Parcel, Refused
from idp.messages.mail import Mailer, Sender
from idp.messages.message import Channel, Email, Envelope, Purpose, Sms
from idp.messages.sms import Texter
from idp.messages.tables import outbox as table
from tests.support.sms_gateway import SmsGateway
from tests.units.messages.conftest import NOW, Post, Relay

LIFE = 900
EMAIL = Email("Activez votre compte", "Votre lien : lpln_secret", "<p>Votre lien : lpln_secret</p>")
SMS = Sms("Mairie : votre code est 123456")
SENDER = Sender("ne-pas-repondre@ville.example", "Mairie", "ville.example")


def by_mail(relay: Relay) -> dict[Channel, Carrier]:
    url = f"smtp://127.0.0.1:{relay.port}"
    return {Channel.EMAIL: Mailer(mail_relay(url), SENDER, ssl.create_default_context())}


def by_sms(gateway: SmsGateway) -> dict[Channel, Carrier]:
    return {Channel.SMS: Texter(gateway_at(gateway.url), "", ssl.create_default_context())}


async def write(post: Post, *recipients: str, purpose: Purpose = Purpose.ACTIVATION) -> None:
    def step(connection: Connection) -> None:
        now = post.clock.now()
        for recipient in recipients:
            envelope = Envelope(purpose, recipient, now + LIFE, "person-1")
            if recipient.startswith("+"):
                outbox.enqueue_sms(connection, post, envelope, SMS, now)
            else:
                outbox.enqueue_email(connection, post, envelope, EMAIL, now)

    await post.database.transaction(step)


async def rows(post: Post) -> list[Row[Any]]:
    return await post.database.read(lambda connection: list(connection.execute(select(table).order_by(table.c.id))))


async def events(post: Post) -> list[str]:
    return await post.database.read(
        lambda connection: list(connection.execute(select(audit.c.event).order_by(audit.c.id)).scalars())
    )


async def drain(post: Post, ways: dict[Channel, Carrier], seconds: int) -> None:
    """Let the worker run as its loop does, for so long on the clock."""
    for _ in range(seconds):
        await worker.deliver(post, ways)
        post.clock.advance(1)


async def test_messages_leave_by_their_channel_and_their_words_are_erased(
    post: Post, relay: Relay, sms_gateway: SmsGateway
) -> None:
    await write(post, "marie@ville.example", "+33639980001")
    assert await worker.deliver(post, by_mail(relay) | by_sms(sms_gateway)) == 2

    assert [letter.recipients for letter in relay.letters] == [("marie@ville.example",)]
    assert [message.to for message in sms_gateway.received] == ["+33639980001"]
    for row in await rows(post):
        assert (row.sent_at, row.body, row.next_attempt_at) == (NOW, None, None)
    assert await worker.deliver(post, by_mail(relay) | by_sms(sms_gateway)) == 0


async def test_a_message_is_known_to_the_other_side_by_its_own_id(
    post: Post, relay: Relay, sms_gateway: SmsGateway
) -> None:
    await write(post, "marie@ville.example", "+33639980001")
    await worker.deliver(post, by_mail(relay) | by_sms(sms_gateway))

    ids = {row.channel: row.id for row in await rows(post)}
    assert relay.letters[0].message["Message-ID"] == f"<{ids['email']}@ville.example>"
    assert sms_gateway.received[0].id == ids["sms"]


async def test_a_relay_that_is_down_then_up_loses_nothing_within_the_life_of_a_message(
    post: Post, relay: Relay
) -> None:
    relay.stop()
    await write(post, *(f"person{number}@ville.example" for number in range(6)))
    await drain(post, by_mail(relay), LIFE - 60)
    assert relay.letters == []
    assert {row.failure for row in await rows(post)} == {"relay: SMTPConnectError"}
    tries = {row.attempts for row in await rows(post)}
    assert min(tries) >= 20
    assert max(tries) <= 60

    relay.start()
    await drain(post, by_mail(relay), 45)

    assert sorted(letter.recipients[0] for letter in relay.letters) == [
        f"person{number}@ville.example" for number in range(6)
    ]
    assert {row.failure for row in await rows(post)} == {None}


async def test_a_gateway_that_asks_for_patience_gets_it(post: Post, sms_gateway: SmsGateway) -> None:
    sms_gateway.answers.extend([503, 500, 429])
    await write(post, "+33639980001")
    await drain(post, by_sms(sms_gateway), 3)
    assert len(sms_gateway.answers) == 2

    await drain(post, by_sms(sms_gateway), 60)
    assert len(sms_gateway.received) == 1
    assert [row.attempts for row in await rows(post)] == [4]


async def test_one_recipient_refused_does_not_hold_the_others(post: Post, relay: Relay) -> None:
    relay.refusing.add("gone@ville.example")
    await write(post, "marie@ville.example", "gone@ville.example", "paul@ville.example")
    await worker.deliver(post, by_mail(relay))

    assert {letter.recipients[0] for letter in relay.letters} == {"marie@ville.example", "paul@ville.example"}
    (abandoned,) = [row for row in await rows(post) if row.abandoned_at]
    assert (abandoned.failure, abandoned.body, abandoned.next_attempt_at) == ("recipient refused: 550", None, None)
    assert await events(post) == ["message.abandoned"]


async def test_a_message_whose_code_has_expired_is_dropped_and_never_sent(post: Post, relay: Relay) -> None:
    relay.stop()
    await write(post, "marie@ville.example")
    await drain(post, by_mail(relay), LIFE)
    relay.start()
    await drain(post, by_mail(relay), 60)

    assert relay.letters == []
    (row,) = await rows(post)
    assert NOW + LIFE <= row.dropped_at <= NOW + LIFE + 36
    assert (row.sent_at, row.body) == (None, None)
    assert await events(post) == ["message.dropped"]


async def test_a_message_that_expires_while_it_waits_its_turn_is_dropped(post: Post) -> None:
    sent: list[Parcel] = []

    class Slow:
        @asynccontextmanager
        async def open(self) -> AsyncIterator[Deliver]:
            async def hand_over(parcel: Parcel) -> None:
                sent.append(parcel)
                post.clock.advance(90)

            post.clock.advance(LIFE - 60)
            yield hand_over

    await write(post, *(f"person{number}@ville.example" for number in range(worker.LANES + 1)))
    await worker.deliver(post, {Channel.EMAIL: Slow()})

    assert all(parcel.now < NOW + LIFE for parcel in sent)
    assert len(sent) == len([row for row in await rows(post) if row.sent_at])
    assert len(sent) < worker.LANES + 1


async def test_two_workers_at_once_never_send_a_message_twice(post: Post, relay: Relay) -> None:
    await write(post, *(f"person{number}@ville.example" for number in range(30)))
    await asyncio.gather(*(worker.deliver(post, by_mail(relay)) for _ in range(4)))
    await worker.deliver(post, by_mail(relay))

    assert sorted(letter.recipients[0] for letter in relay.letters) == sorted(
        f"person{number}@ville.example" for number in range(30)
    )


async def test_a_message_left_by_a_worker_that_died_is_taken_up_after_its_lease(post: Post, relay: Relay) -> None:
    await write(post, "marie@ville.example")
    assert len(await post.database.transaction(queue.claim, [Channel.EMAIL], 10, NOW)) == 1

    await drain(post, by_mail(relay), queue.LEASE_SECONDS)
    assert relay.letters == []
    await drain(post, by_mail(relay), 1)
    assert len(relay.letters) == 1


async def test_a_worker_too_slow_cannot_settle_what_another_has_claimed_since(post: Post) -> None:
    await write(post, "marie@ville.example")
    (slow,) = await post.database.transaction(queue.claim, [Channel.EMAIL], 10, NOW)
    later = NOW + queue.LEASE_SECONDS
    (_,) = await post.database.transaction(queue.claim, [Channel.EMAIL], 10, later)

    await post.database.transaction(queue.abandon, slow, "too late", later)
    await post.database.transaction(queue.postpone, slow, "too late", later + 900)
    await post.database.transaction(queue.sent, slow, later)

    (row,) = await rows(post)
    assert (row.sent_at, row.abandoned_at, row.next_attempt_at) == (None, None, NOW)
    assert await events(post) == []


async def test_a_batch_is_bounded(post: Post, relay: Relay) -> None:
    await write(post, *(f"person{number}@ville.example" for number in range(worker.BATCH + 5)))
    assert await worker.deliver(post, by_mail(relay)) == worker.BATCH
    assert await worker.deliver(post, by_mail(relay)) == 5


async def test_a_channel_that_is_not_set_up_keeps_its_messages(post: Post, relay: Relay) -> None:
    await write(post, "+33639980001")
    assert await worker.deliver(post, by_mail(relay)) == 0
    assert [row.attempts for row in await rows(post)] == [0]

    post.clock.advance(LIFE)
    assert await worker.deliver(post, by_mail(relay)) == 1
    assert [row.dropped_at for row in await rows(post)] == [NOW + LIFE]


async def test_a_message_sealed_under_another_key_is_abandoned_and_the_rest_leaves(post: Post, relay: Relay) -> None:
    await write(post, "marie@ville.example", "paul@ville.example")
    first = (await rows(post))[0].id
    await post.database.transaction(
        lambda connection: connection.execute(update(table).where(table.c.id == first).values(body="s1.AAAA"))
    )
    await worker.deliver(post, by_mail(relay))

    assert len(relay.letters) == 1
    assert [row.failure for row in await rows(post)] == ["unreadable", None]


async def test_a_failure_in_one_lane_lets_the_others_end(post: Post) -> None:
    sent: list[str] = []

    class Lanes:
        opened = 0

        @asynccontextmanager
        async def open(self) -> AsyncIterator[Deliver]:
            Lanes.opened += 1
            broken = Lanes.opened == 1

            async def hand_over(parcel: Parcel) -> None:
                if broken:
                    raise RuntimeError("a mistake of ours")
                await asyncio.sleep(0.01)
                sent.append(parcel.id)

            yield hand_over

    await write(post, *(f"person{number}@ville.example" for number in range(worker.LANES)))
    try:
        await worker.deliver(post, {Channel.EMAIL: Lanes()})
    except RuntimeError as error:
        assert str(error) == "a mistake of ours"  # noqa: PT017 - what is checked comes after it
    assert len(sent) == worker.LANES - 1
    assert len([row for row in await rows(post) if row.sent_at]) == worker.LANES - 1


async def test_a_carrier_that_refuses_a_message_for_good_is_not_asked_again(post: Post) -> None:
    asked: list[str] = []

    class Refusing:
        @asynccontextmanager
        async def open(self) -> AsyncIterator[Deliver]:
            async def hand_over(parcel: Parcel) -> None:
                asked.append(parcel.id)
                raise Refused("number not served")

            yield hand_over

    await write(post, "+33639980001")
    await drain(post, {Channel.SMS: Refusing()}, 120)
    assert len(asked) == 1


async def test_a_copy_of_the_database_holds_no_code(post: Post, database_url: str, relay: Relay) -> None:
    await write(post, "marie@ville.example", "+33639980001")
    before = await dump(post)
    await worker.deliver(post, by_mail(relay))

    for copy in (before, await dump(post)):
        for secret in ("123456", "lpln_secret", "marie", "39980001"):
            assert secret not in copy
    if database_url.startswith("sqlite"):
        with sqlite3.connect(database_url.removeprefix("sqlite:///")) as file:
            assert "lpln_secret" not in "\n".join(file.iterdump())


async def dump(post: Post) -> str:
    everything = await post.database.read(
        lambda connection: [
            str(tuple(row)) for each in table.metadata.sorted_tables for row in connection.execute(select(each))
        ]
    )
    return "\n".join(everything)


async def test_settled_rows_are_forgotten_after_a_while(post: Post, relay: Relay) -> None:
    await write(post, "marie@ville.example")
    await worker.deliver(post, by_mail(relay))
    await write(post, "+33639980001")

    assert await post.database.transaction(queue.purge, 10, NOW + queue.KEPT_SECONDS - 1) == 0
    assert await post.database.transaction(queue.purge, 10, NOW + queue.KEPT_SECONDS) == 1
    assert [row.channel for row in await rows(post)] == ["sms"]


async def test_the_ways_out_are_those_of_the_settings(post: Post) -> None:
    settings = replace(
        post.settings,
        mail=replace(post.settings.mail, url="smtp://127.0.0.1:25"),
        sms=replace(post.settings.sms, url="http://127.0.0.1:9000/"),
    )
    assert set(carriers(settings)) == {Channel.EMAIL, Channel.SMS}
    assert carriers(post.settings) == {}
