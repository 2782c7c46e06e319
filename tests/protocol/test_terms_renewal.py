"""When the terms change, the next sign-in asks to accept them again before going on, once."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from idp.foundation.audit import audit
from idp.foundation.settings import SignUp
from idp.people import consents
from idp.people.consents import Given, Kind
from tests.support.people import PASSWORD, add_person
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, basic, register
from tests.support.visitor import Page, Visitor

OLD, NEW = SignUp(), SignUp(terms_version="2027-06")


@pytest.fixture
async def camille(site: Site) -> str:
    """Someone who accepted the terms of today; her id."""
    person_id = await add_person(site.provider)
    for kind, version in ((Kind.TERMS, OLD.terms_version), (Kind.PRIVACY, OLD.privacy_version)):
        given = Given(kind, version, "inscription")
        agreeing = (person_id, given, site.provider.randomness, site.clock.now())
        await site.provider.database.transaction(consents.agree, *agreeing)
    return person_id


@pytest.fixture
async def visitor(site: Site, camille: str) -> Visitor:
    """Her browser, not signed in."""
    return await site.visitor()


def change(site: Site, signup: SignUp = NEW) -> None:
    """The operator publishes other texts and restarts."""
    site.provider.settings = replace(site.provider.settings, signup=signup)


async def signs_in(visitor: Visitor, start: str = "/connexion") -> Page:
    door = await visitor.open(start)
    form = door.form("#signin").fill(identifier="camille.martin", password=PASSWORD)
    return await form.submit("#signin-submit")


async def standing(site: Site, person_id: str) -> dict[Kind, tuple[str, str]]:
    """The version and origin of what stands, by kind."""
    agreed = await site.provider.database.read(consents.agreements_of, person_id)
    return {each.kind: (each.version, each.origin) for each in agreed if each.stands}


async def events(site: Site) -> list[str]:
    def read(connection: Connection) -> list[str]:
        return list(connection.execute(select(audit.c.event).order_by(audit.c.id)).scalars())

    return await site.provider.database.read(read)


async def test_nothing_is_asked_while_nothing_changes(visitor: Visitor) -> None:
    assert (await signs_in(visitor)).path == "/mon-compte"


async def test_new_terms_are_asked_at_the_next_sign_in_recorded_and_not_asked_again(
    site: Site, camille: str, visitor: Visitor
) -> None:
    change(site)
    page = await signs_in(visitor)
    assert page.path == "/conditions"
    assert not page.has("#accept_privacy"), "only what changed"
    done = await page.form("#conditions").fill(accept_terms=True).submit("#conditions-accept")
    assert done.path == "/mon-compte"
    assert await standing(site, camille) == {
        Kind.TERMS: ("2027-06", "conditions"),
        Kind.PRIVACY: (OLD.privacy_version, "inscription"),
    }
    assert len(await site.provider.database.read(consents.agreements_of, camille)) == 3, "the former proof stays"
    assert "terms.accepted" in await events(site)
    visitor.client.cookies.delete("__Host-session")
    assert (await signs_in(visitor)).path == "/mon-compte"


async def test_an_application_waits_for_it_and_gets_its_code(site: Site, camille: str, visitor: Visitor) -> None:
    portal = await register(site)
    change(site, SignUp(terms_version="2027-06", privacy_version="2027-06"))
    page = await signs_in(visitor, portal.start())
    assert "Démarches en ligne" in page.one("#client").get_text()
    form = page.form("#conditions").fill(accept_terms=True, accept_privacy=True)
    answered = await form.submit("#conditions-accept")
    assert (await portal.exchange(answered.returned["code"])).status_code == 200
    assert await standing(site, camille) == {
        Kind.TERMS: ("2027-06", portal.client.client_id),
        Kind.PRIVACY: ("2027-06", portal.client.client_id),
    }


async def test_single_sign_on_does_not_go_around_it(site: Site, visitor: Visitor) -> None:
    portal = await register(site)
    change(site)
    await signs_in(visitor)
    page = await visitor.open(portal.start())
    assert page.path == "/conditions"


async def test_an_application_that_allows_no_page_is_told(site: Site, visitor: Visitor) -> None:
    portal = await register(site)
    change(site)
    await signs_in(visitor)
    assert (await visitor.open(portal.start(prompt="none"))).returned["error"] == "interaction_required"


async def test_a_session_from_before_the_change_goes_on_to_its_end(site: Site, visitor: Visitor) -> None:
    portal: RelyingParty = await register(site)
    await signs_in(visitor)
    change(site)
    assert "code" in (await visitor.open(portal.start())).returned


async def test_one_acceptance_frees_every_browser(site: Site, visitor: Visitor) -> None:
    portal = await register(site)
    change(site)
    other = await site.visitor()
    await signs_in(other)
    page = await signs_in(visitor)
    await page.form("#conditions").fill(accept_terms=True).submit("#conditions-accept")
    assert "code" in (await other.open(portal.start())).returned


async def test_a_box_left_empty_is_refused(site: Site, camille: str, visitor: Visitor) -> None:
    change(site)
    page = await (await signs_in(visitor)).form("#conditions").submit("#conditions-accept")
    assert page.status == 422
    assert list(page.form_errors) == ["accept_terms"]
    assert (await standing(site, camille))[Kind.TERMS][0] == OLD.terms_version


async def test_a_text_that_changes_while_it_is_read_is_shown_again(site: Site, camille: str, visitor: Visitor) -> None:
    change(site)
    form = (await signs_in(visitor)).form("#conditions").fill(accept_terms=True)
    change(site, SignUp(terms_version="2027-07"))
    page = await form.submit("#conditions-accept")
    assert "a changé" in page.form_errors["accept_terms"]
    done = await page.form("#conditions").fill(accept_terms=True).submit("#conditions-accept")
    assert done.path == "/mon-compte"
    assert (await standing(site, camille))[Kind.TERMS][0] == "2027-07"


async def test_declining_tells_the_application_and_keeps_ones_own_space_open(
    site: Site, camille: str, visitor: Visitor
) -> None:
    portal = await register(site)
    change(site)
    page = await signs_in(visitor, portal.start())
    answered = await page.form("#conditions").submit("#conditions-decline")
    assert answered.returned["error"] == "access_denied"
    assert "terms.declined" in await events(site)
    assert (await standing(site, camille))[Kind.TERMS][0] == OLD.terms_version
    assert (await visitor.open("/mon-compte")).path == "/mon-compte", "one's data may be seen and erased all the same"
    assert (await visitor.open(portal.start())).path == "/conditions", "and it is asked again"


async def test_declining_without_an_application_leads_home(site: Site, visitor: Visitor) -> None:
    change(site)
    page = await signs_in(visitor)
    assert (await page.form("#conditions").submit("#conditions-decline")).path == "/mon-compte"


async def test_an_account_that_an_operator_made_has_nothing_to_renew(site: Site) -> None:
    await add_person(site.provider)
    change(site)
    assert (await signs_in(await site.visitor())).path == "/mon-compte"


async def test_the_page_is_nothing_to_whom_nothing_is_asked(site: Site, visitor: Visitor) -> None:
    assert (await visitor.open("/conditions")).path == "/connexion"
    await signs_in(visitor)
    assert (await visitor.open("/conditions")).path == "/mon-compte"


async def test_changing_ones_password_does_not_go_around_it(site: Site, visitor: Visitor) -> None:
    portal = await register(site)
    change(site)
    await signs_in(visitor)
    form = (await visitor.open("/mon-compte/mot-de-passe")).form("#password-form")
    another = "Trois-Hirondelles-7"
    await form.fill(current_password=PASSWORD, password=another, password_again=another).submit()
    assert (await visitor.open(portal.start())).path == "/conditions"


async def test_a_device_waits_for_it_too(site: Site, visitor: Visitor) -> None:
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    television = await register(site, "television", grant_types=(grant,), response_types=(), redirect_uris=())
    headers = {"authorization": basic(television.client.client_id, television.secret or "")}
    codes = (await television.http.post("/device", data={"scope": "openid"}, headers=headers)).json()
    change(site)
    await signs_in(visitor)
    page = await (await visitor.open(codes["verification_uri_complete"])).form("#device").submit()
    assert page.path == "/conditions"
    asked = await page.form("#conditions").fill(accept_terms=True).submit("#conditions-accept")
    assert codes["user_code"] in asked.text
