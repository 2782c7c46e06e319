"""A sign-in from a browser that never opened the account is told to its holder, the first of all excepted."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, func, select

from idp import jobs
from idp.people import store
from idp.sessions import closing
from idp.sessions.recognition import NOTICES
from idp.sessions.tables import known_browsers
from tests.support.people import PASSWORD, add_person
from tests.support.posted import Posted, posted
from tests.support.provider import Site
from tests.support.visitor import Page, Visitor

DAY = 86_400
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


async def signs_in(visitor: Visitor, identifier: str = "camille.martin") -> Page:
    """Sign in, whoever was signed in before in this browser."""
    visitor.client.cookies.delete("__Host-session")
    door = await visitor.open("/connexion")
    return await door.form("#signin").fill(identifier=identifier, password=PASSWORD).submit("#signin-submit")


async def settled(site: Site, identifier: str = "camille.martin", mobile: str = "+33639981234") -> Visitor:
    """Someone who signed in once, in the browser that is returned."""
    await add_person(site.provider, identifier, mobile=mobile)
    home = await site.visitor()
    await signs_in(home, identifier)
    return home


async def told(site: Site) -> list[Posted]:
    return [each for each in await posted(site) if each.purpose == "new_sign_in"]


async def test_the_very_first_sign_in_tells_nothing(site: Site) -> None:
    await settled(site)
    assert await told(site) == []


async def test_a_browser_that_was_never_seen_is_told_and_then_known(site: Site) -> None:
    await settled(site)
    elsewhere = await site.visitor()
    elsewhere.client.headers["user-agent"] = SAFARI
    assert (await signs_in(elsewhere)).path == "/mon-compte"
    (letter,) = await told(site)
    assert letter.to == "camille.martin@exemple.fr"
    assert "Safari sur iPhone" in letter.text
    assert letter.link("/mon-compte") == f"{site.issuer}/mon-compte", "no link of it signs anybody in"
    await signs_in(elsewhere)
    assert len(await told(site)) == 1


async def test_a_browser_that_was_seen_tells_nothing_even_after_a_sign_out(site: Site) -> None:
    home = await settled(site)
    await signs_in(home)
    assert await told(site) == []


async def test_a_browser_known_to_one_person_is_not_to_another(site: Site) -> None:
    home = await settled(site)
    await settled(site, "dominique.leroy", "+33639985678")
    await signs_in(home, "dominique.leroy")
    assert [each.to for each in await told(site)] == ["dominique.leroy@exemple.fr"]
    await signs_in(home)
    await signs_in(home, "dominique.leroy")
    assert len(await told(site)) == 1, "those who share a computer are told once each"


async def test_nobody_is_told_at_an_address_that_was_never_proved(site: Site) -> None:
    await settled(site)
    person = await site.provider.database.read(store.find_by_identifier, "camille.martin")
    assert person is not None
    changes = {"email": "camille@exemple.net"}
    await site.provider.database.transaction(store.amend, person.id, changes, site.clock.now())
    assert (await signs_in(await site.visitor())).path == "/mon-compte"
    assert await told(site) == []


async def test_a_browser_that_forgets_everything_does_not_flood_the_mailbox(site: Site) -> None:
    await settled(site)
    for _ in range(NOTICES.allowed + 2):
        await signs_in(await site.visitor())
    assert len(await told(site)) == NOTICES.allowed
    site.clock.advance(DAY)
    await signs_in(await site.visitor())
    assert len(await told(site)) == NOTICES.allowed + 1


async def test_a_failed_sign_in_tells_nothing_and_makes_no_browser_known(site: Site) -> None:
    await settled(site)
    elsewhere = await site.visitor()
    door = await elsewhere.open("/connexion")
    await door.form("#signin").fill(identifier="camille.martin", password="Pas-le-bon-1").submit("#signin-submit")
    assert await told(site) == []
    await signs_in(elsewhere)
    assert len(await told(site)) == 1


def _known(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(known_browsers)).scalar_one())


async def test_a_browser_is_forgotten_after_half_a_year(site: Site) -> None:
    home = await settled(site)
    site.clock.advance(180 * DAY - 1)
    await jobs.run_once(site.provider)
    assert await site.provider.database.read(_known) == 1
    site.clock.advance(1)
    await jobs.run_once(site.provider)
    assert await site.provider.database.read(_known) == 0
    await signs_in(home)
    assert len(await told(site)) == 1


@pytest.mark.parametrize(("close", "left"), [(closing.erase, 0), (closing.cut_off, 1)])
async def test_browsers_are_forgotten_with_the_account_alone(
    site: Site, close: Callable[[Connection, str, int], None], left: int
) -> None:
    await settled(site)
    person = await site.provider.database.read(store.find_by_identifier, "camille.martin")
    assert person is not None
    await site.provider.database.transaction(close, person.id, site.clock.now())
    assert await site.provider.database.read(_known) == left
