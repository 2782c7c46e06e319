"""Accounts that nobody uses: warned of sixty and seven days before, then erased; a sign-in begins everything again."""

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from idp import jobs
from idp.account import retention
from idp.foundation.audit import audit
from idp.interactions import store as interactions
from idp.messages.message import Channel
from idp.messages.outbox import RECIPIENT_LIMITS
from idp.people import consents, dormancy, identity, standing, store
from idp.people.consents import Given, Kind
from idp.people.person import Person, State
from idp.people.tables import people
from idp.sessions.entering import enter
from idp.sessions.session import Authentication, Origin
from tests.support.people import add_person
from tests.support.posted import Posted, posted
from tests.support.provider import NOW, Site

DAY = 86_400
LIFE = 730 * DAY
JOB = "let go of accounts nobody uses"


async def signs_in(site: Site, person_id: str) -> None:
    authentication = Authentication(person_id, site.clock.now(), ("pwd",))
    await site.provider.database.transaction(enter, site.provider, authentication, Origin("192.0.2.1", ""), None)


async def settled(site: Site, identifier: str = "camille.martin", **answers: Any) -> str:
    """Someone who signs in today."""
    person_id = await add_person(site.provider, identifier, **answers)
    await signs_in(site, person_id)
    return person_id


async def on_day(site: Site, day: float) -> int:
    """Do the day's work, so many days after the tests begin; how many accounts it dealt with."""
    site.clock.advance(NOW + int(day * DAY) - site.clock.now())
    return await retention.go_over(site.provider)


async def found(site: Site, person_id: str) -> Person:
    person = await site.provider.database.read(store.find, person_id)
    assert person is not None
    return person


async def warnings(site: Site) -> list[Posted]:
    return [each for each in await posted(site) if each.purpose == "deletion_warning"]


async def events(site: Site, person_id: str) -> list[str]:
    def read(connection: Connection) -> Iterable[str]:
        return connection.execute(
            select(audit.c.event).where(audit.c.person_id == person_id).order_by(audit.c.id)
        ).scalars()

    return await site.provider.database.read(lambda connection: list(read(connection)))


async def test_an_account_nobody_uses_is_warned_of_twice_then_erased(site: Site) -> None:
    person_id = await settled(site)
    assert await on_day(site, 669.9) == 0
    assert await on_day(site, 670) == 1
    assert await on_day(site, 671) == 0, "once each"
    (first,) = await warnings(site)
    assert first.to == "camille.martin@exemple.fr"
    assert first.subject == "Votre compte sera supprimé le 20 septembre 2028"
    assert first.link("/mon-compte") == f"{site.issuer}/mon-compte"
    assert await on_day(site, 722.9) == 0
    assert await on_day(site, 723) == 1
    assert await on_day(site, 729.9) == 0
    assert [each.subject for each in await warnings(site)] == [first.subject] * 2
    assert (await found(site, person_id)).state is State.ACTIVE
    assert await on_day(site, 730) == 1
    person = await found(site, person_id)
    assert (person.state, person.birth_name, person.email, person.identifier) == (State.ERASED, "", None, None)
    assert [each.to for each in await posted(site) if each.purpose == "account_deleted"] == [first.to]
    said = ["deletion.announced", "deletion.reminded", "account.erased"]
    assert [event for event in await events(site, person_id) if event in said] == said
    assert await on_day(site, 731) == 0


@pytest.mark.parametrize("day", [100, 671, 724])
async def test_a_sign_in_begins_everything_again(site: Site, day: int) -> None:
    person_id = await settled(site)
    for until in (670, 723):
        if until < day:
            await on_day(site, until)
    await on_day(site, day)
    await signs_in(site, person_id)
    told = len(await warnings(site))
    assert await on_day(site, 730) == 0
    assert (await found(site, person_id)).state is State.ACTIVE
    assert await on_day(site, day + 669) == 0
    await on_day(site, day + 670)
    assert len(await warnings(site)) == told + 1
    await on_day(site, day + 723)
    await on_day(site, day + 730)
    assert (await found(site, person_id)).state is State.ERASED


async def test_whoever_has_no_proved_address_is_treated_the_same_without_a_word(site: Site) -> None:
    person_id = await settled(site)
    await site.provider.database.transaction(store.amend, person_id, {"email": "camille@exemple.net"}, NOW)
    for day in (670, 723, 729):
        await on_day(site, day)
    assert (await found(site, person_id)).state is State.ACTIVE
    await on_day(site, 730)
    assert (await found(site, person_id)).state is State.ERASED
    assert await posted(site) == []


async def test_an_account_that_never_signed_in_counts_from_its_activation(site: Site) -> None:
    person_id = await add_person(site.provider)
    assert await on_day(site, 669) == 0
    for day in (670, 723, 730):
        assert await on_day(site, day) == 1
    assert (await found(site, person_id)).state is State.ERASED


async def test_a_locked_account_is_not_kept_for_ever(site: Site) -> None:
    person_id = await settled(site)
    await site.provider.database.transaction(standing.lock, person_id, NOW)
    for day in (670, 723, 730):
        assert await on_day(site, day) == 1
    assert (await found(site, person_id)).state is State.ERASED


async def test_when_the_work_was_stopped_nobody_is_given_less_time(site: Site) -> None:
    person_id = await settled(site)
    await on_day(site, 900)
    assert [each.subject for each in await warnings(site)] == ["Votre compte sera supprimé le 8 mai 2029"]
    assert await on_day(site, 952) == 0
    await on_day(site, 1000)
    assert (await warnings(site))[-1].subject == "Votre compte sera supprimé le 24 juin 2029", "the end waits for it"
    assert (await found(site, person_id)).state is State.ACTIVE
    await on_day(site, 1007)
    assert (await found(site, person_id)).state is State.ERASED


async def test_a_mailbox_that_receives_too_much_today_is_warned_tomorrow(site: Site) -> None:
    (limit,) = RECIPIENT_LIMITS[Channel.EMAIL, True]
    shared = "famille@exemple.fr"
    for number in range(limit.allowed + 1):
        await settled(site, f"camille.{number}", email=shared)
    assert await on_day(site, 670) == limit.allowed
    assert await on_day(site, 671) == 1


async def test_every_account_is_reached_batch_after_batch(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        await settled(site, f"camille.{number}")
    monkeypatch.setattr(dormancy, "BATCH", 2)
    for name in ("_TO_ANNOUNCE", "_TO_REMIND", "_TO_ERASE"):
        monkeypatch.setattr(dormancy, name, getattr(dormancy, name).limit(2))
    assert await on_day(site, 670) == 5
    assert await on_day(site, 723) == 5
    assert await on_day(site, 730) == 5


async def test_what_hung_on_the_account_goes_and_proofs_stay(site: Site) -> None:
    person_id = await settled(site)
    database, randomness = site.provider.database, site.provider.randomness
    account = identity.Account("franceconnect", "https://franceconnect.test", "Camille")
    await database.transaction(identity.link, person_id, account, randomness, NOW)
    await database.transaction(interactions.give_consent, person_id, "portail", frozenset({"openid"}), NOW)
    given = Given(Kind.LIST_EMAIL, "1", "inscription")
    await database.transaction(consents.agree, person_id, given, randomness, NOW)
    for day in (670, 723, 730):
        await on_day(site, day)
    assert await database.read(identity.links_of, person_id) == ()
    assert await database.read(interactions.consents_of, person_id) == {}
    (proof,) = await database.read(consents.agreements_of, person_id)
    assert (proof.kind, proof.withdrawn_at) == (Kind.LIST_EMAIL, site.clock.now())


async def test_the_job_is_one_of_those_that_run(site: Site) -> None:
    await settled(site)
    site.clock.advance(670 * DAY)
    assert (await jobs.run_once(site.provider))[JOB] == 1


async def test_a_sign_in_at_the_last_moment_wins(site: Site) -> None:
    person_id = await settled(site)
    await on_day(site, 670)
    await on_day(site, 723)
    site.clock.advance(7 * DAY)

    def late(connection: Connection) -> list[str]:
        store.touch_signed_in(connection, person_id, site.clock.now())
        return dormancy.to_erase(connection, site.clock.now(), "")

    assert await site.provider.database.transaction(late) == []


def test_an_announcement_or_a_reminder_too_late_changes_nothing(connection: Connection) -> None:
    assert not dormancy.announce(connection, "nobody", NOW, NOW)
    assert not dormancy.remind(connection, "nobody", NOW, NOW, NOW)


async def test_an_address_no_message_may_go_to_stops_nobody_else(site: Site) -> None:
    broken, person_id = await settled(site, "a.broken"), await settled(site)

    def spoil(connection: Connection) -> None:
        connection.execute(update(people).where(people.c.id == broken).values(email="not an address@@"))

    await site.provider.database.transaction(spoil)
    for day in (670, 723, 730):
        assert await on_day(site, day) == 2
    assert (await found(site, person_id)).state is State.ERASED
    assert (await found(site, broken)).state is State.ERASED
