"""Signing out here ends the session here first, then the session at FranceConnect, then leads where it should."""

from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from idp.foundation.clock import FixedClock
from idp.sessions.session import LOCAL_ACR
from tests.protocol.upstream.accounts import open_sessions, returning
from tests.support.people import PASSWORD, add_person
from tests.support.provider import Site
from tests.support.relying_party import AFTER_LOGOUT, payload_of, register
from tests.support.signing_in import sign_in
from tests.support.upstream import DISCOVERY, ScriptedUpstream, brokering, settings_of, through
from tests.support.visitor import Page, Visitor


async def sign_out(visitor: Visitor) -> Page:
    """Press « Se déconnecter »: a page of ours, or the address outside that the browser is sent to."""
    page = await visitor.open("/deconnexion")
    return await page.form("#signout").submit("#signout-confirm")


async def at_franceconnect(page: Page) -> str:
    """Let the simulated FranceConnect end its session; the address it sends the browser to."""
    async with httpx2.AsyncClient() as browser:
        response = await browser.get(page.address)
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


async def test_the_session_here_ends_before_the_browser_leaves_for_franceconnect(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    await through(visitor)
    left = await sign_out(visitor)
    assert left.address.startswith(f"{upstream.issuer}/session/end?")
    assert await open_sessions(broker) == []
    asked = dict(parse_qsl(urlsplit(left.address).query))
    assert asked.keys() == {"id_token_hint", "post_logout_redirect_uri", "state"}
    assert asked["post_logout_redirect_uri"] == f"{broker.issuer}/deconnexion/retour/franceconnect"
    assert len(asked["state"]) >= 32
    assert payload_of(asked["id_token_hint"])["iss"] == upstream.issuer


async def test_the_return_from_franceconnect_ends_on_the_page_that_says_so(
    database_url: str, upstream: ScriptedUpstream
) -> None:
    async with brokering(database_url, settings_of(upstream)) as site:
        await returning(site, upstream.issuer)
        visitor = await site.visitor()
        await through(visitor)
        page = await visitor.open(await at_franceconnect(await sign_out(visitor)))
        assert page.has("#signed-out")


async def test_who_proved_the_account_by_password_since_still_leaves_franceconnect(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    await through(visitor)
    application = await register(broker)
    proved = await sign_in(await visitor.open(application.start(prompt="login")))
    tokens = (await application.exchange(proved.returned["code"])).json()
    assert payload_of(tokens["id_token"])["acr"] == LOCAL_ACR
    left = await sign_out(visitor)
    assert left.address.startswith(f"{upstream.issuer}/session/end?")


async def test_an_application_gets_the_browser_back_with_its_own_state(
    broker: Site, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    application = await register(broker)
    visitor = await broker.visitor()
    page = await through(visitor, start=application.start())
    tokens = (await application.exchange(page.returned["code"])).json()
    left = await visitor.open(application.logout(tokens["id_token"]))
    back = await visitor.open(await at_franceconnect(left))
    assert back.address == f"{AFTER_LOGOUT}?state=adieu"


async def test_a_hint_that_expired_hours_ago_still_ends_the_session_there(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream, clock: FixedClock
) -> None:
    await returning(broker, upstream.issuer)
    await through(visitor)
    broker.clock.advance(6000)
    clock.advance(6000)
    assert (await visitor.open(await at_franceconnect(await sign_out(visitor)))).has("#signed-out")


async def test_a_return_serves_once_and_in_the_browser_that_left(broker: Site, upstream: ScriptedUpstream) -> None:
    await returning(broker, upstream.issuer)
    application = await register(broker)
    visitor, stranger = await broker.visitor(), await broker.visitor()
    page = await through(visitor, start=application.start())
    tokens = (await application.exchange(page.returned["code"])).json()
    back = await at_franceconnect(await visitor.open(application.logout(tokens["id_token"])))
    assert (await stranger.open(back)).has("#signed-out")
    assert (await visitor.open(back)).outside
    assert (await visitor.open(back)).has("#signed-out")


@pytest.mark.parametrize("query", ["", "?state=", "?state=undefined", "?state=lpst_made-up"])
async def test_a_return_without_our_state_says_that_one_is_signed_out(visitor: Visitor, query: str) -> None:
    assert (await visitor.open(f"/deconnexion/retour/franceconnect{query}")).has("#signed-out")


@pytest.mark.parametrize("query", ["", "?ticket=made-up"])
async def test_a_departure_that_nobody_prepared_leads_nowhere_else(visitor: Visitor, query: str) -> None:
    assert (await visitor.open(f"/deconnexion/depart/franceconnect{query}")).has("#signed-out")


async def test_franceconnect_being_down_does_not_keep_anybody_signed_in(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    await through(visitor)
    broker.clock.advance(600)
    upstream.answer(DISCOVERY, b"", status=503)
    assert (await sign_out(visitor)).has("#signed-out")
    assert await open_sessions(broker) == []


async def test_an_upstream_whose_session_is_not_ours_to_end_is_not_visited(
    file_url: str, upstream: ScriptedUpstream
) -> None:
    async with brokering(file_url, settings_of(upstream, logout=False)) as site:
        await returning(site, upstream.issuer)
        visitor = await site.visitor()
        await through(visitor)
        assert (await sign_out(visitor)).has("#signed-out")


async def test_a_local_session_leaves_no_upstream(broker: Site, visitor: Visitor) -> None:
    await add_person(broker.provider)
    page = await visitor.open("/connexion")
    await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit("#signin-submit")
    assert (await sign_out(visitor)).has("#signed-out")


async def test_the_end_says_that_franceconnect_was_left_too(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    await through(visitor)
    page = await visitor.open(await at_franceconnect(await sign_out(visitor)))
    assert "Vous êtes aussi déconnecté de FranceConnect." in page.text
    assert not page.has("#left-open")


async def test_the_end_says_that_franceconnect_may_be_open_when_nobody_came_back_from_it(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    await through(visitor)
    broker.clock.advance(600)
    upstream.answer(DISCOVERY, b"", status=503)
    page = await sign_out(visitor)
    assert page.one("#left-open li").get_text() == "FranceConnect"
    assert "aussi déconnecté" not in page.text


async def test_a_service_told_by_the_browser_is_told_before_it_leaves_for_franceconnect(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    application = await register(broker, frontchannel_logout_uri="https://demarches.exemple.fr/oubli")
    await through(visitor, start=application.start())
    page = await sign_out(visitor)
    assert page.one("iframe")["src"] == "https://demarches.exemple.fr/oubli"
    left = await page.follow("#signout-continue")
    assert left.address.startswith(f"{upstream.issuer}/session/end?")
    end = await visitor.open(await at_franceconnect(left))
    assert end.one("#told li").get_text() == "Démarches en ligne"


async def test_leaving_everywhere_from_one_s_own_space_leaves_franceconnect(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    await through(visitor)
    home = await visitor.open("/mon-compte")
    policy = home.response.headers["content-security-policy"]
    assert f"form-action 'self' {upstream.issuer.removesuffix('/api/v2')}" in policy
    left = await home.form('form[action="/mon-compte/connexions/fin-partout"]').submit()
    assert left.address.startswith(f"{upstream.issuer}/session/end?")
