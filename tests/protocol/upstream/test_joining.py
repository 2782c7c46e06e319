"""Linking FranceConnect from one's own space: the account is proved, the identity attested, then comes a clear yes."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Connection, update

from idp.people import identity, store
from idp.sessions.tables import sessions
from tests.protocol.upstream.accounts import events, returning, subject_of, vouched
from tests.support.people import PASSWORD, add_person
from tests.support.posted import posted
from tests.support.provider import Site
from tests.support.upstream import ScriptedUpstream, brokering, come_back, settings_of
from tests.support.visitor import Page, Visitor

ANGELA = {"given_names": "Angela", "birth_name": "Dubois", "birthdate": "1962-08-24"}
CONNECT = "/mon-compte/relier"
LINK = "/connexion/franceconnect/liaison"


async def signs_in(site: Site, identifier: str = "camille.martin") -> Visitor:
    visitor = await site.visitor()
    door = await visitor.open("/connexion")
    await door.form("#signin").fill(identifier=identifier, password=PASSWORD).submit("#signin-submit")
    return visitor


async def signs_in_as(visitor: Visitor, identifier: str) -> Page:
    """Sign in, whoever was signed in before in this browser."""
    visitor.client.cookies.delete("__Host-session")
    door = await visitor.open("/connexion")
    return await door.form("#signin").fill(identifier=identifier, password=PASSWORD).submit("#signin-submit")


async def presses(visitor: Visitor) -> str:
    """Ask for the link and press FranceConnect's button: the address it leads to."""
    page = await (await visitor.open("/mon-compte")).follow("#connect")
    assert page.path == CONNECT
    return (await page.form("form[action='/connexion/franceconnect']").submit()).address


async def goes_through(visitor: Visitor, login: str = "test") -> Page:
    return await visitor.open(await come_back(await presses(visitor), login))


async def owner(site: Site, upstream: ScriptedUpstream) -> str | None:
    return await site.provider.database.read(identity.owner, upstream.issuer, subject_of("test"))


async def test_an_account_is_linked_from_its_own_space(database_url: str, upstream: ScriptedUpstream) -> None:
    async with brokering(database_url, settings_of(upstream)) as site:
        person_id = await add_person(site.provider, **ANGELA)
        visitor = await signs_in(site)
        asked = await goes_through(visitor)
        assert asked.path == LINK
        assert "Angela Claire Louise DUBOIS" in asked.text
        assert await owner(site, upstream) is None, "nothing is linked before the yes"
        done = await asked.form("#link").submit("#link-accept")
        assert done.path == "/mon-compte"
        assert "Ce compte est relié au vôtre." in done.text
        assert "Transmise par FranceConnect" in done.text
        assert await owner(site, upstream) == person_id
        assert "identity.linked" in await events(site)
        assert await vouched(site) == []
        person = await site.provider.database.read(store.find, person_id)
        assert person is not None
        assert (person.given_names, person.gender) == ("Angela Claire Louise", "female")


async def test_the_holder_is_told(broker: Site) -> None:
    await add_person(broker.provider, **ANGELA)
    asked = await goes_through(await signs_in(broker))
    await asked.form("#link").submit("#link-accept")
    (told,) = [each for each in await posted(broker) if each.purpose == "way_in_changed"]
    assert told.subject == "FranceConnect ouvre maintenant votre compte"


async def test_whoever_says_no_stays_as_before(broker: Site, upstream: ScriptedUpstream) -> None:
    await add_person(broker.provider, **ANGELA)
    asked = await goes_through(await signs_in(broker))
    done = await asked.form("#link").submit("#link-decline")
    assert done.path == "/mon-compte"
    assert "Ce compte est relié" not in done.text
    assert await owner(broker, upstream) is None
    assert await vouched(broker) == []


@pytest.mark.parametrize("decision", ["#link-accept", "#link-decline"])
async def test_signing_out_signs_out_of_franceconnect_which_this_browser_went_through(
    broker: Site, decision: str
) -> None:
    await add_person(broker.provider, **ANGELA)
    visitor = await signs_in(broker)
    await (await goes_through(visitor)).form("#link").submit(decision)
    left = await (await visitor.open("/deconnexion")).form("#signout").submit()
    assert urlsplit(left.address).path.endswith("/session/end")
    assert "id_token_hint" in parse_qs(urlsplit(left.address).query)


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param({**ANGELA, "birth_name": "Durand"}, id="another name"),
        pytest.param({**ANGELA, "given_names": "Claire"}, id="another first name"),
        pytest.param({**ANGELA, "birthdate": "1962-08-25"}, id="another birth date"),
    ],
)
async def test_an_identity_that_is_somebody_elses_is_not_linked(
    broker: Site, upstream: ScriptedUpstream, declared: dict[str, Any]
) -> None:
    await add_person(broker.provider, **declared)
    page = await goes_through(await signs_in(broker))
    assert (page.status, page.error_code) == (409, "civil_status_differs")
    assert (await page.follow("#way-on")).path == "/mon-compte"
    assert await owner(broker, upstream) is None
    assert await vouched(broker) == []
    assert "identity.refused" in await events(broker)


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param({**ANGELA, "birthdate": None}, id="without a birth date"),
        pytest.param({**ANGELA, "birth_name": "Martin", "preferred_name": "DUBOIS"}, id="known by the other name"),
        pytest.param({**ANGELA, "given_names": "ANGELA, Claire", "birth_name": "dubois"}, id="written otherwise"),
    ],
)
async def test_an_identity_that_contradicts_nothing_may_be_linked(broker: Site, declared: dict[str, Any]) -> None:
    await add_person(broker.provider, **declared)
    assert (await goes_through(await signs_in(broker))).path == LINK


async def test_an_identity_that_opens_another_account_stays_there_and_nobody_learns_whose(
    broker: Site, upstream: ScriptedUpstream
) -> None:
    first = await returning(broker, upstream.issuer, identifier="angela.dubois", mobile="+33612345679")
    await add_person(broker.provider, **ANGELA)
    visitor = await signs_in(broker)
    page = await goes_through(visitor)
    assert (page.status, page.error_code) == (409, "identity_not_linkable")
    assert "angela.dubois" not in page.text
    assert await owner(broker, upstream) == first
    assert (await events(broker)).count("identity.refused") == 2, "one line for each account"
    assert "camille.martin" in (await visitor.open("/mon-compte")).text, "and the session is still one's own"


async def test_an_account_that_is_linked_already_is_not_offered_it(broker: Site, upstream: ScriptedUpstream) -> None:
    await returning(broker, upstream.issuer, identifier="camille.martin")
    visitor = await signs_in(broker)
    assert not (await visitor.open("/mon-compte")).has("#connect")
    assert (await visitor.open(CONNECT)).path == "/mon-compte"


async def test_a_second_identity_of_one_provider_is_refused(broker: Site, upstream: ScriptedUpstream) -> None:
    person_id = await add_person(broker.provider, **ANGELA)
    visitor = await signs_in(broker)
    away = await presses(visitor)
    account = identity.Account("franceconnect", upstream.issuer, "a former subject")
    linking = (person_id, account, broker.provider.randomness, broker.clock.now())
    await broker.provider.database.transaction(identity.link, *linking)
    page = await visitor.open(await come_back(away))
    assert (page.status, page.error_code) == (409, "linked_already")


async def test_a_session_that_ended_meanwhile_links_nothing(broker: Site, upstream: ScriptedUpstream) -> None:
    await add_person(broker.provider, **ANGELA)
    visitor = await signs_in(broker)
    away = await presses(visitor)
    await broker.provider.database.transaction(_end_sessions)
    page = await visitor.open(await come_back(away))
    assert (page.status, page.error_code) == (403, "signed_out_meanwhile")
    assert await owner(broker, upstream) is None


def _end_sessions(connection: Connection) -> None:
    connection.execute(update(sessions).values(ended_at=1))


async def test_somebody_else_who_signs_in_meanwhile_is_not_linked(broker: Site, upstream: ScriptedUpstream) -> None:
    await add_person(broker.provider, **ANGELA)
    await add_person(broker.provider, "paul.durand", birth_name="Durand", mobile="+33612345679")
    visitor = await signs_in(broker)
    away = await presses(visitor)
    await signs_in_as(visitor, "paul.durand")
    page = await visitor.open(await come_back(away))
    assert page.error_code == "signed_out_meanwhile"
    assert await owner(broker, upstream) is None


async def test_the_yes_counts_only_in_the_session_that_asked(broker: Site, upstream: ScriptedUpstream) -> None:
    await add_person(broker.provider, **ANGELA)
    await add_person(broker.provider, "paul.durand", birth_name="Durand", mobile="+33612345679")
    visitor = await signs_in(broker)
    asked = await goes_through(visitor)
    await signs_in_as(visitor, "paul.durand")
    await asked.form("#link").submit("#link-accept")
    assert await owner(broker, upstream) is None


async def test_asking_for_a_link_wants_a_recent_sign_in(broker: Site) -> None:
    await add_person(broker.provider, **ANGELA)
    visitor = await signs_in(broker)
    broker.clock.advance(601)
    assert (await visitor.open(CONNECT)).path == "/connexion"


async def test_giving_up_at_franceconnect_leads_back_home(broker: Site) -> None:
    await add_person(broker.provider, **ANGELA)
    page = await goes_through(await signs_in(broker), login="")
    assert page.error_code == "upstream_declined"
    assert (await page.follow("#way-on")).path == "/mon-compte"


async def test_after_the_link_franceconnect_opens_the_account(broker: Site) -> None:
    await add_person(broker.provider, **ANGELA)
    asked = await goes_through(await signs_in(broker))
    await asked.form("#link").submit("#link-accept")
    elsewhere = await broker.visitor()
    door = await elsewhere.open("/connexion")
    away = (await door.form("form[action='/connexion/franceconnect']").submit()).address
    assert "camille.martin" in (await elsewhere.open(await come_back(away))).text
