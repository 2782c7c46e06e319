"""OpenID Connect Back-Channel Logout 1.0: an application entered is told that the session ended, whatever ended it."""

from collections.abc import Awaitable, Callable

import pytest

from idp.oidc.backchannel import deliver
from idp.sessions import closing
from keys import jose
from keys.jwk import Jwk
from keys.peers import PeerKey
from tests.protocol.logout.listening import Listener, enter, events, listen
from tests.support.outside import Outside
from tests.support.people import PASSWORD, add_person
from tests.support.provider import Site
from tests.support.relying_party import register
from tests.support.signing_in import arrive, sign_in, tokens_for
from tests.support.visitor import Visitor

End = Callable[[Site, Visitor, str], Awaitable[None]]


async def sign_out(_site: Site, visitor: Visitor, _person: str) -> None:
    await (await visitor.open("/deconnexion")).form("#signout").submit("#signout-confirm")


async def end_this_session(_site: Site, visitor: Visitor, _person: str) -> None:
    page = await visitor.open("/mon-compte")
    await page.form('form[action="/mon-compte/connexions/fin"]').submit()


async def sign_out_everywhere(_site: Site, visitor: Visitor, _person: str) -> None:
    page = await visitor.open("/mon-compte")
    await page.form('form[action="/mon-compte/connexions/fin-partout"]').submit()


async def change_the_password(_site: Site, visitor: Visitor, _person: str) -> None:
    page = await visitor.open("/mon-compte/mot-de-passe")
    chosen = "Genévrier-71-gris"
    wish = {"current_password": PASSWORD, "password": chosen, "password_again": chosen}
    assert "fait=mot-de-passe" in (await page.form('form[method="post"]').fill(**wish).submit()).address


async def delete_the_account(_site: Site, visitor: Visitor, _person: str) -> None:
    page = await visitor.open("/mon-compte/suppression")
    await page.form('form[action="/mon-compte/suppression"]').fill(understood=True).submit()


async def lock_the_account(site: Site, _visitor: Visitor, person: str) -> None:
    await site.provider.database.transaction(closing.lock, person, site.clock.now())


@pytest.mark.parametrize(
    "end",
    [
        sign_out,
        end_this_session,
        sign_out_everywhere,
        change_the_password,
        delete_the_account,
        lock_the_account,
    ],
)
async def test_an_application_is_told_whatever_ended_the_session(
    site: Site, visitor: Visitor, person: str, portal: Listener, end: End
) -> None:
    entered = await enter(visitor, portal.application)
    await end(site, visitor, person)
    assert portal.tokens == [], "nobody waits for an application"
    assert await deliver(site.provider) == 1
    (token,) = portal.tokens
    claims = await portal.believe(token, site.clock.now())
    assert (claims["sub"], claims["sid"]) == (entered["sub"], entered["sid"])
    assert await events(site, "logout") == [("logout.delivered", "portail", {"attempts": 1, "reason": None})]


async def test_each_application_has_a_token_of_its_own(
    site: Site, visitor: Visitor, host: Outside, portal: Listener
) -> None:
    pool = await listen(site, host, "piscine", id_token_signed_response_alg="ES256")
    for listener in (portal, pool):
        await enter(visitor, listener.application)
    await sign_out(site, visitor, "")
    await deliver(site.provider)
    said = [await listener.believe(listener.tokens[0], site.clock.now()) for listener in (portal, pool)]
    assert said[0]["jti"] != said[1]["jti"]
    assert said[0]["sid"] == said[1]["sid"]


async def test_a_pairwise_application_reads_the_name_it_knows(site: Site, visitor: Visitor, host: Outside) -> None:
    pool = await listen(site, host, "piscine", subject_type="pairwise")
    entered = await enter(visitor, pool.application)
    await sign_out(site, visitor, "")
    await deliver(site.provider)
    claims = await pool.believe(pool.tokens[0], site.clock.now())
    assert claims["sub"] == entered["sub"]


async def test_what_is_to_be_hidden_is_encrypted_as_id_tokens_are(site: Site, visitor: Visitor, host: Outside) -> None:
    jwk = Jwk.generate("RSA-OAEP-256")
    jwks = {"keys": [{**jwk.public_members(), "kid": "mine", "use": "enc", "alg": "RSA-OAEP-256"}]}
    pool = await listen(site, host, "piscine", jwks=jwks, id_token_encrypted_response_alg="RSA-OAEP-256")
    await tokens_for(visitor, pool.application)
    await sign_out(site, visitor, "")
    await deliver(site.provider)
    inner = jose.decrypt(pool.tokens[0], [PeerKey("mine", "enc", "RSA-OAEP-256", jwk)], algorithms=["RSA-OAEP-256"])
    await pool.believe(inner, site.clock.now())


async def test_nothing_is_told_in_clear_to_who_publishes_no_key(site: Site, visitor: Visitor, host: Outside) -> None:
    pool = await listen(site, host, "piscine", id_token_encrypted_response_alg="RSA-OAEP-256")
    assert (await arrive(visitor, pool.application)).returned["code"]
    await sign_out(site, visitor, "")
    assert await deliver(site.provider) == 1
    assert pool.tokens == []
    site.clock.advance(3600)
    await deliver(site.provider)
    assert [event for event, _, _ in await events(site, "logout")] == ["logout.abandoned"]


async def test_an_application_that_was_not_entered_hears_nothing(
    site: Site, visitor: Visitor, host: Outside, portal: Listener
) -> None:
    other = await listen(site, host, "piscine")
    await enter(visitor, portal.application)
    await sign_out(site, visitor, "")
    await deliver(site.provider)
    assert other.tokens == []


async def test_a_session_elsewhere_stays_open(site: Site, visitor: Visitor, portal: Listener) -> None:
    await enter(visitor, portal.application)
    telephone = await site.visitor()
    kept = await enter(telephone, portal.application)
    await sign_out(site, visitor, "")
    await deliver(site.provider)
    (token,) = portal.tokens
    assert (await portal.believe(token, site.clock.now()))["sid"] != kept["sid"]
    assert (await telephone.open(portal.application.start(prompt="none"))).returned["code"]


async def test_somebody_else_signing_in_on_the_same_browser_ends_the_session_before(
    site: Site, visitor: Visitor, portal: Listener
) -> None:
    entered = await enter(visitor, portal.application)
    await add_person(site.provider, "jo.durand", mobile="+33612345679")
    page = await visitor.open(portal.application.start(prompt="login"))
    await sign_in(page, "jo.durand")
    await deliver(site.provider)
    (token,) = portal.tokens
    assert (await portal.believe(token, site.clock.now()))["sid"] == entered["sid"]


async def test_a_session_that_expires_is_not_announced(site: Site, visitor: Visitor, portal: Listener) -> None:
    await enter(visitor, portal.application)
    site.clock.advance(site.provider.settings.lifetimes.session + 1)
    assert (await visitor.open("/mon-compte")).has("#signin")
    assert await deliver(site.provider) == 0


async def test_an_application_without_an_address_is_settled_without_a_word(site: Site, visitor: Visitor) -> None:
    await enter(visitor, await register(site))
    await sign_out(site, visitor, "")
    assert await deliver(site.provider) == 1
    assert await deliver(site.provider) == 0
    assert await events(site, "logout") == []


async def test_a_logout_token_passes_for_nothing_else(site: Site, visitor: Visitor, portal: Listener) -> None:
    await enter(visitor, portal.application)
    await sign_out(site, visitor, "")
    await deliver(site.provider)
    (token,) = portal.tokens
    await enter(visitor, portal.application)
    page = await visitor.open(portal.application.logout(token))
    assert page.has("#signout"), "a logout token is no id_token_hint"
    assert (await portal.application.userinfo(token)).status_code == 401
    assert await portal.application.introspect(token) == {"active": False}
