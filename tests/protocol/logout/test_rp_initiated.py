"""RP-Initiated Logout 1.0: what an application may ask beside the usual, and what is left of the session afterwards."""

import pytest

from clients import registry
from tests.protocol.logout.listening import enter
from tests.support.provider import Site
from tests.support.relying_party import AFTER_LOGOUT, RelyingParty, register
from tests.support.visitor import Page, Visitor


async def confirmed(page: Page) -> Page:
    """Press « Me déconnecter »."""
    return await page.form("#signout").submit("#signout-confirm")


async def test_the_query_of_a_registered_address_is_kept(site: Site, visitor: Visitor) -> None:
    application = await register(site, post_logout_redirect_uris=(f"{AFTER_LOGOUT}?lang=fr&x=%20",))
    token = (await enter(visitor, application))["raw"]
    assert (await visitor.open(application.logout(token))).address == f"{AFTER_LOGOUT}?lang=fr&x=%20&state=adieu"


async def test_an_application_that_names_itself_gets_the_browser_once_the_person_agreed(
    visitor: Visitor, application: RelyingParty
) -> None:
    await enter(visitor, application)
    page = await visitor.open(application.logout("", id_token_hint=None, client_id=application.client.client_id))
    assert "Démarches en ligne demande votre déconnexion" in page.text
    assert (await confirmed(page)).address == f"{AFTER_LOGOUT}?state=adieu"


async def test_without_an_address_the_sign_out_ends_on_our_page(visitor: Visitor, application: RelyingParty) -> None:
    token = (await enter(visitor, application))["raw"]
    page = await visitor.open(application.logout(token, post_logout_redirect_uri=None))
    assert page.has("#signed-out")
    assert not page.has("#signout-return")


@pytest.mark.parametrize("gone", ["removed", "suspended"])
async def test_the_hint_of_an_application_that_is_no_more_proves_nothing(
    site: Site, visitor: Visitor, application: RelyingParty, gone: str
) -> None:
    token = (await enter(visitor, application))["raw"]
    database, client_id = site.provider.database, application.client.client_id
    if gone == "removed":
        await database.transaction(registry.remove, client_id)
    else:
        await database.transaction(registry.suspend, client_id, now=site.clock.now())
    site.clock.advance(10)
    page = await visitor.open(application.logout(token))
    assert page.has("#signout")
    end = await confirmed(page)
    assert end.has("#signed-out")
    assert not end.has(f'a[href^="{AFTER_LOGOUT}"]')


async def test_signing_out_twice_leads_back_twice(visitor: Visitor, application: RelyingParty) -> None:
    token = (await enter(visitor, application))["raw"]
    for _ in range(2):
        assert (await visitor.open(application.logout(token))).address == f"{AFTER_LOGOUT}?state=adieu"


async def test_a_form_of_before_the_sign_out_does_nothing_after_it(visitor: Visitor, application: RelyingParty) -> None:
    token = (await enter(visitor, application))["raw"]
    home = await visitor.open("/mon-compte")
    assert home.response.headers["cache-control"] == "no-store"
    await visitor.open(application.logout(token))
    assert (await home.form("#lists").submit()).has("#signin")
