"""The background work of a provider, on both engines."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import insert, select

from idp import jobs
from idp.foundation import turns
from idp.foundation.limits import Limit, attempts, take
from idp.foundation.provider import Provider
from idp.jobs import Job, Ways
from idp.messages import outbox
from idp.messages.delivery import Carrier, Deliver, Parcel
from idp.messages.message import Channel, Email, Envelope, Purpose
from idp.messages.tables import outbox as outbox_table
from idp.people import store as people
from idp.people.store import NewPerson
from idp.people.tables import people as people_table
from idp.signin import recovery
from idp.signin.recovery import Asked
from idp.signin.store import Wish
from idp.signin.tables import recoveries
from keys.ring import Stage
from tests.support.mailbox import Mailbox
from tests.support.provider import Site, opened, settings_for

DAY = 86_400
EMAIL = Email("Bonjour", "Bonjour", "<p>Bonjour</p>")


async def write(provider: Provider, recipient: str) -> None:
    now = provider.clock.now()
    envelope = Envelope(Purpose.ACTIVATION, recipient, now + 900)
    await provider.database.transaction(outbox.enqueue_email, provider, envelope, EMAIL, now)


async def test_what_is_queued_leaves(database_url: str, mailbox: Mailbox) -> None:
    settings = settings_for(database_url)
    async with opened(replace(settings, mail=replace(settings.mail, url=mailbox.url))) as site:
        await write(site.provider, "marie@ville.example")
        done = await jobs.run_once(site.provider)

    assert done["deliver messages"] == 1
    assert [letter.recipients for letter in mailbox.letters] == [("marie@ville.example",)]


async def test_an_account_never_activated_is_forgotten_after_seven_days(site: Site) -> None:
    database, now = site.provider.database, site.clock.now()
    new = NewPerson(profile="citoyen", answers={"given_names": "Zoé", "birth_name": "Martin"}, locale="fr")
    await database.transaction(people.create, new, site.provider.randomness, now)
    site.clock.advance(7 * DAY - 1)
    await jobs.run_once(site.provider)
    assert len(await database.read(lambda connection: connection.execute(select(people_table.c.id)).all())) == 1

    site.clock.advance(1)
    await jobs.run_once(site.provider)
    assert await database.read(lambda connection: connection.execute(select(people_table.c.id)).all()) == []


async def test_attempts_that_no_longer_count_are_forgotten(site: Site) -> None:
    now = site.clock.now()
    await site.provider.database.transaction(take, Limit("x", 1, 60), "someone", now)
    site.clock.advance(60)
    await jobs.run_once(site.provider)

    assert await site.provider.database.read(lambda connection: connection.execute(select(attempts)).all()) == []


async def test_a_request_of_recovery_is_forgotten_a_day_after_it_died(site: Site) -> None:
    database, lifetimes = site.provider.database, site.provider.settings.lifetimes
    asked = Asked(Wish.PASSWORD, Channel.EMAIL, "nobody@ville.example", "browser", "fr", None)
    await database.transaction(recovery.ask, site.provider, asked, "192.0.2.1", site.clock.now())

    async def left() -> int:
        await jobs.run_once(site.provider)
        return len(await database.read(lambda connection: connection.execute(select(recoveries.c.id)).all()))

    site.clock.advance(lifetimes.recovery_link + DAY - 1)
    assert await left() == 1
    site.clock.advance(1)
    assert await left() == 0


async def test_keys_follow_their_calendar(site: Site) -> None:
    site.clock.advance(89 * DAY)
    await jobs.run_once(site.provider)
    assert Stage.ANNOUNCED in {key.stage for key in site.provider.ring.keys}


@dataclass
class Office:
    """A way out that takes its time, as a relay that is slow to answer."""

    handed_over: list[str]
    began: asyncio.Event
    may_end: asyncio.Event

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Deliver]:
        async def hand_over(parcel: Parcel) -> None:
            self.began.set()
            await self.may_end.wait()
            self.handed_over.append(parcel.recipient)

        yield hand_over


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    slow = Office([], asyncio.Event(), asyncio.Event())
    ways: dict[Channel, Carrier] = {Channel.EMAIL: slow}
    monkeypatch.setattr(jobs, "carriers", lambda _settings: ways)
    return slow


async def test_told_to_stop_it_ends_the_message_under_way_and_records_it(site: Site, office: Office) -> None:
    await write(site.provider, "marie@ville.example")
    running = asyncio.create_task(jobs.run_forever(site.provider))
    async with asyncio.timeout(10):
        await office.began.wait()
        running.cancel()
        await asyncio.sleep(0.02)
        office.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await running

    assert office.handed_over == ["marie@ville.example"]
    (sent_at,) = await site.provider.database.read(
        lambda connection: list(connection.execute(select(outbox_table.c.sent_at)).scalars())
    )
    assert sent_at == site.clock.now()


async def test_a_job_that_fails_is_logged_and_stops_no_other(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ran = asyncio.Event()

    async def fail(_provider: Provider, _ways: Ways) -> int:
        raise RuntimeError("a mistake of ours")

    async def succeed(_provider: Provider, _ways: Ways) -> int:
        ran.set()
        return 0

    monkeypatch.setattr(jobs, "JOBS", (Job("failing", 1, fail, in_turn=False), Job("working", 1, succeed)))
    with caplog.at_level(logging.WARNING):
        running = asyncio.create_task(jobs.run_forever(site.provider))
        async with asyncio.timeout(10):
            await ran.wait()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    assert "failing: failed" in caplog.messages
    assert [line for line in caplog.messages if "no way out" in line] == [
        "no way out is set up for email: its messages will not leave",
        "no way out is set up for sms: its messages will not leave",
    ]


async def test_a_periodic_job_runs_in_one_process_of_two(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []

    async def note(_provider: Provider, _ways: Ways) -> int:
        runs.append(1)
        return 0

    monkeypatch.setattr(jobs, "JOBS", (Job("noting", 3600, note),))
    processes = [asyncio.create_task(jobs.run_forever(site.provider)) for _ in range(2)]
    await asyncio.sleep(0.2)
    for process in processes:
        process.cancel()
    await asyncio.gather(*processes, return_exceptions=True)

    assert runs == [1]
    assert not await site.provider.database.read(turns.is_due, "noting", site.clock.now())


async def test_one_batch_after_another_until_nothing_old_is_left(site: Site) -> None:
    now = site.clock.now()
    rows = [
        {"key_digest": f"{number}", "count": 1, "window_at": 0, "blocked_until_at": 0, "expires_at": now}
        for number in range(1_203)
    ]
    await site.provider.database.transaction(lambda connection: connection.execute(insert(attempts), rows))
    assert (await jobs.run_once(site.provider))["forget what is over"] == 1_203
