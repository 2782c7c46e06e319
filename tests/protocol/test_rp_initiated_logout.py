"""Signing out at an application's request (OpenID Connect RP-Initiated Logout 1.0) or at one's own."""

from typing import Any
from urllib.parse import urlencode

import pytest

from keys import jose
from keys.jwk import Jwk
from keys.ring import Key, Stage
from tests.support.people import add_person
from tests.support.provider import ISSUER, NOW, Site
from tests.support.records import events
from tests.support.relying_party import AFTER_LOGOUT, RelyingParty, payload_of
from tests.support.signing_in import arrive, sign_in, tokens_for
from tests.support.visitor import Page, Visitor


async def signed_in(visitor: Visitor, application: RelyingParty) -> bool:
    """Whether the session of this browser is alive."""
    return "code" in (await visitor.open(application.start(prompt="none"))).returned


async def confirm(page: Page) -> Page:
    return await page.form("#signout").submit("#signout-confirm")


# At once


async def test_signing_out_after_a_long_absence_ends_what_was_obtained_in_the_session(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    """Nobody is let in by a session unused for two hours, whose tokens live on: the person wants them ended too."""
    tokens = await tokens_for(visitor, application, scope="openid")
    site.clock.advance(2 * 3600)
    assert not await signed_in(visitor, application)
    await visitor.open(application.logout(tokens["id_token"]))
    assert (await application.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_after_a_long_absence_a_request_without_a_hint_ends_nothing_by_itself(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application, scope="openid")
    site.clock.advance(2 * 3600)
    page = await visitor.open("/logout")
    assert (await application.refresh(tokens["refresh_token"])).status_code == 200
    await confirm(page)
    assert (await application.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_a_hint_about_this_session_signs_out_and_goes_back_with_state(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    page = await visitor.open(application.logout(tokens["id_token"], state="s" * 128))
    assert page.address == f"{AFTER_LOGOUT}?state={'s' * 128}"
    assert not await signed_in(visitor, application)
    assert "__Host-session" not in visitor.client.cookies
    assert "session.ended" in await events(site)


async def test_without_state_none_comes_back(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    page = await visitor.open(application.logout(tokens["id_token"], state=None))
    assert page.address == AFTER_LOGOUT


async def test_the_hint_may_have_expired(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    site.clock.advance(3600)
    assert (await visitor.open(application.logout(tokens["id_token"]))).address.startswith(AFTER_LOGOUT)
    assert not await signed_in(visitor, application)


async def test_the_request_may_be_posted(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    form = {"id_token_hint": [tokens["id_token"]], "post_logout_redirect_uri": [AFTER_LOGOUT], "state": ["s"]}
    page = await visitor.send("POST", f"{ISSUER}/logout", form)
    assert page.address == f"{AFTER_LOGOUT}?state=s"
    assert not await signed_in(visitor, application)


async def test_nobody_signed_in_goes_back_at_once(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    elsewhere = await site.visitor()
    assert (await elsewhere.open(application.logout(tokens["id_token"]))).address.startswith(AFTER_LOGOUT)
    assert await signed_in(visitor, application)


@pytest.mark.parametrize("state", ["x&iss=evil", "é🌍\r\n", '"><script>', "s" * 4096])
async def test_any_state_comes_back_as_it_was_sent(visitor: Visitor, application: RelyingParty, state: str) -> None:
    tokens = await tokens_for(visitor, application)
    page = await visitor.open(application.logout(tokens["id_token"], state=state))
    assert page.returned == {"state": state}


async def test_everything_the_session_gave_is_dead_afterwards(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application, scope="openid")
    cookie = visitor.client.cookies["__Host-session"]
    form = (await visitor.open("/mon-compte")).html
    assert form.select("form")
    await visitor.open(application.logout(tokens["id_token"]))
    assert (await application.userinfo(tokens["access_token"])).status_code == 401
    assert (await application.refresh(tokens["refresh_token"])).status_code == 400
    visitor.client.cookies.set("__Host-session", cookie, domain="connexion.exemple.fr")
    assert not await signed_in(visitor, application)
    assert (await visitor.open("/mon-compte")).has("#signin")


# After a question


async def test_a_person_who_comes_without_a_hint_is_asked(visitor: Visitor, application: RelyingParty) -> None:
    await arrive(visitor, application)
    for address in ("/logout", "/logout?state=s", "/deconnexion"):
        page = await visitor.open(address)
        assert page.has("#signout")
        assert not page.has("#signout-unproved")
        assert await signed_in(visitor, application)
    page = await confirm(page)
    assert page.has("#signed-out")
    assert not await signed_in(visitor, application)


async def test_an_address_without_any_proof_is_never_gone_to(visitor: Visitor, application: RelyingParty) -> None:
    await arrive(visitor, application)
    page = await visitor.open(f"/logout?{urlencode({'post_logout_redirect_uri': AFTER_LOGOUT})}")
    assert page.has("#signout")
    assert page.has("#signout-unproved")
    page = await confirm(page)
    assert page.has("#signed-out")
    assert not await signed_in(visitor, application)


async def test_an_application_named_without_a_hint_has_its_person_asked_then_sent_back(
    visitor: Visitor, application: RelyingParty
) -> None:
    await arrive(visitor, application)
    query = {"client_id": "demarches", "post_logout_redirect_uri": AFTER_LOGOUT, "state": "s"}
    page = await visitor.open(f"/logout?{urlencode(query)}")
    assert page.has("#signout")
    assert not page.has("#signout-unproved")
    assert "https://demarches.exemple.fr" in page.response.headers["content-security-policy"]
    await confirm(page)
    assert not await signed_in(visitor, application)


async def test_a_hint_about_another_session_has_the_person_asked(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    old = await tokens_for(visitor, application)
    await visitor.open(application.logout(old["id_token"]))
    await arrive(visitor, application)
    page = await visitor.open(application.logout(old["id_token"]))
    assert page.has("#signout")
    assert await signed_in(visitor, application)


async def test_a_hint_about_somebody_else_ends_nobodys_session_by_itself(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    await add_person(site.provider, "alix.durand", email="alix@exemple.fr", mobile="+33612345679")
    other = await site.visitor()
    page = await sign_in(await other.open(application.start()), "alix.durand")
    hint = (await application.exchange(page.returned["code"])).json()["id_token"]
    await arrive(visitor, application)
    page = await visitor.open(application.logout(hint))
    assert page.has("#signout")
    assert await signed_in(visitor, application)
    assert await signed_in(other, application)


def hints(site: Site, tokens: dict[str, Any]) -> dict[str, str]:
    head, body, signature = tokens["id_token"].split(".")
    claims = payload_of(tokens["id_token"])
    foreign = Key("k", "sig", "ES256", Stage.ACTIVE, NOW, NOW, Jwk.generate("ES256"))
    ours = site.provider.ring.signing_key("RS256")
    return {
        "not a token": "abc",
        "unsigned": f"eyJhbGciOiJub25lIn0.{body}.",
        "altered": f"{head}.{body}.{signature[:-4]}AAAA",
        "signed by others": jose.sign(foreign, claims, typ="JWT"),
        "of another issuer": jose.sign(ours, {**claims, "iss": "https://evil.example"}, typ="JWT"),
        "of another type": jose.sign(ours, claims, typ="logout+jwt"),
        "an access token": tokens["access_token"],
    }


async def test_a_hint_that_is_not_ours_has_the_person_asked_and_leads_nowhere(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    for name in hints(site, await tokens_for(visitor, application)):
        tokens = await tokens_for(visitor, application)
        page = await visitor.open(application.logout(hints(site, tokens)[name], client_id="demarches"))
        assert page.has("#signout"), name
        assert page.has("#signout-unproved"), name
        assert await signed_in(visitor, application), name
        page = await confirm(page)
        assert page.has("#signed-out"), name
        assert not await signed_in(visitor, application), name


# Never elsewhere


OTHERS = (
    "https://evil.example/",
    f"{AFTER_LOGOUT}?x=1",
    f"{AFTER_LOGOUT}/",
    "https://demarches.exemple.fr@evil.example/au-revoir",
    "https://demarches.exemple.fr\\@evil.example/",
    "//evil.example/",
    "javascript:alert(1)",
    "https://demarches.exemple.fr/retour",
)


@pytest.mark.parametrize("named", ["hint", "client_id", "both"])
async def test_an_address_that_is_not_registered_is_never_gone_to(
    visitor: Visitor, application: RelyingParty, named: str
) -> None:
    tokens = await tokens_for(visitor, application)
    for uri in OTHERS:
        hint = tokens["id_token"] if named != "client_id" else None
        client_id = "demarches" if named != "hint" else None
        address = application.logout("", post_logout_redirect_uri=uri, id_token_hint=hint, client_id=client_id)
        page = await visitor.open(address)
        assert not page.outside, uri
        assert (page.status, page.error_code) == (400, "post_logout_redirect_uri_not_registered"), uri
    assert await signed_in(visitor, application)


async def test_a_client_that_is_not_the_hints_is_refused(
    visitor: Visitor, application: RelyingParty, stranger: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    page = await visitor.open(application.logout(tokens["id_token"], client_id="cantine"))
    assert page.error_code == "invalid_request"
    assert await signed_in(visitor, application)


@pytest.mark.parametrize("name", ["id_token_hint", "post_logout_redirect_uri", "state", "client_id"])
async def test_a_doubled_parameter_is_refused(visitor: Visitor, application: RelyingParty, name: str) -> None:
    tokens = await tokens_for(visitor, application)
    page = await visitor.open(application.logout(tokens["id_token"], client_id="demarches") + f"&{name}=x")
    assert page.error_code == "invalid_request"
    assert await signed_in(visitor, application)


async def test_a_state_of_ten_kilobytes_is_refused(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    page = await visitor.open(application.logout(tokens["id_token"], state="s" * 10_000))
    assert page.error_code == "invalid_request"


# Not by others


async def test_another_site_signs_nobody_out_without_a_hint(visitor: Visitor, application: RelyingParty) -> None:
    await arrive(visitor, application)
    crossing = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    await visitor.client.get("/logout", headers=crossing)
    await visitor.client.get("/deconnexion", headers=crossing)
    await visitor.client.post("/logout", headers=crossing, data={"state": "s"})
    refused = await visitor.client.post("/deconnexion", headers=crossing, data={"csrf": "x"})
    assert refused.status_code == 403
    assert await signed_in(visitor, application)


async def test_the_confirmation_takes_this_browsers_own_token(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    await arrive(visitor, application)
    other = await site.visitor()
    await arrive(other, application)
    page = await visitor.open("/deconnexion")
    form = page.form("#signout")
    for token in ([], ["x"], (await other.open("/deconnexion")).form("#signout").values["csrf"]):
        form.values["csrf"] = list(token)
        assert (await form.submit("#signout-confirm")).status == 403
    assert await signed_in(visitor, application)
