"""An account that existed before FranceConnect: its holder proves it by its password, then links it, or does not."""

from typing import Any

import pytest

from idp.people import identity, store
from tests.protocol.upstream.accounts import events, open_sessions, returning, subject_of, vouched
from tests.support.people import PASSWORD, add_person
from tests.support.provider import Site
from tests.support.relying_party import register
from tests.support.upstream import ScriptedUpstream, brokering, settings_of, through
from tests.support.visitor import Page, Visitor

ANGELA = {"given_names": "Angela", "birth_name": "Dubois", "birthdate": "1962-08-24"}
LINK = "/connexion/franceconnect/liaison"


async def prove(page: Page, identifier: str = "camille.martin", password: str = PASSWORD) -> Page:
    """Take the proposed way to the sign-in page and use it."""
    door = await page.follow("#prove-account")
    return await door.form("#signin").fill(identifier=identifier, password=password).submit("#signin-submit")


async def test_a_namesake_is_told_only_after_franceconnect_and_links_after_the_password(
    database_url: str, upstream: ScriptedUpstream
) -> None:
    async with brokering(database_url, settings_of(upstream)) as site:
        person = await add_person(site.provider, **ANGELA)
        visitor = await site.visitor()
        claimed = await through(visitor)
        assert claimed.path == LINK
        assert "Un compte existe peut-être déjà avec cette identité." in claimed.text
        assert await open_sessions(site) == []
        proved = await prove(claimed)
        assert proved.path == LINK
        assert "Angela Claire Louise DUBOIS" in proved.text
        done = await proved.form("#link").submit("#link-accept")
        assert done.path == "/mon-compte"
        owner = await site.provider.database.read(identity.owner, upstream.issuer, subject_of("test"))
        assert owner == person
        assert "identity.linked" in await events(site)
        assert await vouched(site) == []
        linked = await site.provider.database.read(store.find, person)
        assert linked is not None
        assert (linked.given_names, linked.birthplace) == ("Angela Claire Louise", "75107")
        other = await site.visitor()
        assert (await through(other)).path == "/mon-compte"


async def test_the_application_that_waited_is_served_after_the_link(broker: Site) -> None:
    await add_person(broker.provider, **ANGELA)
    application = await register(broker)
    visitor = await broker.visitor()
    proved = await prove(await through(visitor, start=application.start()))
    page = await proved.form("#link").submit("#link-accept")
    assert (await application.exchange(page.returned["code"])).status_code == 200


async def test_whoever_prefers_not_to_link_goes_on_with_the_local_account(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await add_person(broker.provider, **ANGELA)
    proved = await prove(await through(visitor))
    assert (await proved.form("#link").submit("#link-decline")).path == "/mon-compte"
    assert await broker.provider.database.read(identity.owner, upstream.issuer, subject_of("test")) is None
    assert await vouched(broker) == []


async def test_whoever_prefers_a_new_account_is_led_to_the_sign_up(broker: Site, visitor: Visitor) -> None:
    await add_person(broker.provider, **ANGELA)
    claimed = await through(visitor)
    assert str(claimed.one("#new-account")["href"]).startswith("/inscription/franceconnect?i=")


async def test_a_wrong_password_links_nothing(broker: Site, visitor: Visitor, upstream: ScriptedUpstream) -> None:
    await add_person(broker.provider, **ANGELA)
    page = await prove(await through(visitor), password="pas-le-bon")
    assert page.path == "/connexion"
    assert await broker.provider.database.read(identity.owner, upstream.issuer, subject_of("test")) is None


async def test_somebody_elses_account_is_not_offered_the_link(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await add_person(broker.provider, **ANGELA)
    await add_person(broker.provider, "paul.durand", birth_name="Durand", mobile="+33612345679")
    page = await prove(await through(visitor), "paul.durand")
    assert page.path == "/mon-compte"
    assert await broker.provider.database.read(identity.owner, upstream.issuer, subject_of("test")) is None


async def test_a_link_asked_without_the_proof_writes_nothing(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await add_person(broker.provider, **ANGELA)
    claimed = await through(visitor)
    door = await claimed.follow("#prove-account")
    form = door.form("#signin")
    data = {"csrf": form.values["csrf"], "i": form.values["i"], "decision": ["link"]}
    await visitor.send("POST", f"{broker.issuer}{LINK}", data)
    assert await broker.provider.database.read(identity.owner, upstream.issuer, subject_of("test")) is None


async def test_an_identity_linked_meanwhile_stays_where_it_is(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await add_person(broker.provider, **ANGELA)
    proved = await prove(await through(visitor))
    first = await returning(broker, upstream.issuer, identifier="angela.dubois", mobile="+33612345679")
    assert (await proved.form("#link").submit("#link-accept")).path == "/mon-compte"
    assert await broker.provider.database.read(identity.owner, upstream.issuer, subject_of("test")) == first
    assert "identity.refused" in await events(broker)


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param({**ANGELA, "birthdate": "1962-08-25"}, id="another birth date"),
        pytest.param({**ANGELA, "birth_name": "Durand"}, id="another name"),
        pytest.param({**ANGELA, "birthdate": None}, id="no birth date"),
    ],
)
async def test_an_account_that_declares_something_else_is_not_mentioned(
    broker: Site, visitor: Visitor, declared: dict[str, Any]
) -> None:
    await add_person(broker.provider, **declared)
    assert (await through(visitor)).path == "/inscription/franceconnect"


async def test_the_page_is_nothing_without_a_journey_that_needs_it(broker: Site, visitor: Visitor) -> None:
    page = await visitor.open(LINK)
    assert page.path == "/connexion"
    assert (await visitor.open("/connexion/inconnu/liaison")).status == 404
