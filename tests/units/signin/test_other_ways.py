"""Whoever recovers an account is shown what else opens it, and takes away what is not theirs."""

import pytest
from sqlalchemy import Connection, select

from idp.foundation.audit import audit
from idp.people import identity
from idp.people import store as people
from idp.people.identity import Account
from tests.support.people import add_person
from tests.support.visitor import Page
from tests.units.signin.conftest import EMAIL, MARIE, MOBILE, NEW, Town

pytestmark = pytest.mark.anyio


async def ties(town: Town, person_id: str, subject: str) -> str:
    """An account elsewhere is linked to one here; the id of the link."""
    provider = town.site.provider
    account = Account("franceconnect", "https://franceconnect.test", subject)
    linking = (person_id, account, provider.randomness, town.site.clock.now())
    await provider.database.transaction(identity.link, *linking)
    return (await links(town, person_id))[-1]


async def links(town: Town, person_id: str) -> list[str]:
    found = await town.site.provider.database.read(identity.links_of, person_id)
    return [link.id for link in found]


async def page_of(town: Town) -> Page:
    return await (await town.site.visitor()).open(await town.link())


async def chooses(page: Page, *removed: str, **more: str) -> Page:
    boxes = dict.fromkeys(removed, True)
    return await page.form("#reset-form").fill(password=NEW, password_again=NEW, **boxes, **more).submit()


async def events(town: Town) -> list[str]:
    def read(connection: Connection) -> list[str]:
        return list(connection.execute(select(audit.c.event).order_by(audit.c.id)).scalars())

    return await town.site.provider.database.read(read)


async def test_what_a_thief_left_is_shown_and_taken_away(town: Town, marie: str) -> None:
    link = await ties(town, marie, "a thief")
    page = await page_of(town)
    assert "Ne plus relier franceconnect, relié le" in page.text
    assert "Retirer le mobile …01" in page.text
    assert (await chooses(page, f"remove-{link}", f"remove-mobile-{marie}")).path == "/oubli/termine"
    assert await links(town, marie) == []
    person = await town.site.provider.database.read(people.find, marie)
    assert person is not None
    assert (person.mobile, person.email_verified) == (None, True)
    assert {"identity.unlinked", "contact.removed", "password.reset"} <= set(await events(town))
    await town.work()
    subjects = [letter.subject for letter in town.mailbox.to(EMAIL)]
    assert "franceconnect n'ouvre plus votre compte" in subjects
    assert "Votre numéro de mobile a été modifié" in subjects


async def test_what_is_recognised_stays(town: Town, marie: str) -> None:
    link = await ties(town, marie, "Marie herself")
    await chooses(await page_of(town))
    assert await links(town, marie) == [link]
    person = await town.site.provider.database.read(people.find, marie)
    assert person is not None
    assert person.mobile == MOBILE


async def test_nothing_is_shown_where_nothing_else_is_tied(town: Town) -> None:
    person_id = await add_person(town.site.provider, MARIE, mobile=MOBILE)
    await town.site.provider.database.transaction(people.amend, person_id, {"mobile": None}, 1)
    assert not (await page_of(town)).has("#other-ways")


async def test_of_several_accounts_only_the_one_that_is_recovered_changes(town: Town, marie: str) -> None:
    other = await add_person(town.site.provider, "paul.dupont", email=EMAIL, mobile="+33639980002")
    mine, his = await ties(town, marie, "one"), await ties(town, other, "two")
    page = await page_of(town)
    assert f"{MARIE} : Ne plus relier" in page.text
    assert "paul.dupont : Ne plus relier" in page.text
    await chooses(page, f"remove-{mine}", f"remove-{his}", account=marie)
    assert await links(town, marie) == []
    assert await links(town, other) == [his]


async def test_the_number_that_proves_the_request_is_not_asked_about(town: Town) -> None:
    person_id = await add_person(town.site.provider, MARIE, mobile=MOBILE)
    await town.site.provider.database.transaction(people.amend, person_id, {"email": EMAIL}, 1)
    await ties(town, person_id, "one")
    visitor = await town.site.visitor()
    page, (sms,) = await town.sms(visitor)
    code = next(word for word in sms.text.replace(".", " ").split() if word.isdigit() and len(word) == 6)
    page = await page.form("#forgotten-code").fill(code=code).submit()
    assert page.has("#other-ways")
    assert "Retirer le mobile" not in page.text
