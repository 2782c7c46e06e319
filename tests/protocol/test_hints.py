"""What an application says it expects: who, in which language, at which level (OpenID Connect Core 1.0, 3.1.2.1)."""

from urllib.parse import urlencode

import pytest

from keys import jose
from keys.jwk import Jwk
from keys.ring import Key, Stage
from tests.protocol.test_request_objects import JWKS, push, signed
from tests.support.people import add_person
from tests.support.provider import ISSUER, NOW, Site
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import IDENTIFIER, arrive, sign_in, tokens_for
from tests.support.visitor import Visitor


@pytest.fixture
async def other_person(site: Site) -> str:
    return await add_person(site.provider, "alix.durand", email="alix@exemple.fr", mobile="+33612345679")


# The name to expect


async def test_a_login_hint_is_written_in_the_form(visitor: Visitor, application: RelyingParty) -> None:
    page = await visitor.open(application.start(login_hint=IDENTIFIER))
    assert page.one("#signin [name=identifier]")["value"] == IDENTIFIER


@pytest.mark.parametrize(
    "hint", ["personne", "buffy@connexion.exemple.fr", '"><script>alert(1)</script>', "\u202eabc", "x" * 9000]
)
async def test_any_login_hint_leaves_the_page_as_it_is(visitor: Visitor, application: RelyingParty, hint: str) -> None:
    known = await visitor.open(application.start(login_hint=IDENTIFIER))
    page = await visitor.open(application.start(login_hint=hint))
    assert page.status == known.status == 200
    assert page.one("#signin [name=identifier]")["value"] == hint[:255].strip()
    assert not page.html.select("script:not([src])")
    assert "code" in (await sign_in(page)).returned


# The person to expect


async def test_a_hint_about_the_person_signed_in_changes_nothing(visitor: Visitor, application: RelyingParty) -> None:
    hint = (await tokens_for(visitor, application))["id_token"]
    page = await visitor.open(application.start(prompt="none", id_token_hint=hint))
    assert "code" in page.returned


async def test_a_hint_may_have_expired(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    hint = (await tokens_for(visitor, application))["id_token"]
    site.clock.advance(3600)
    page = await visitor.open(application.start(prompt="none", id_token_hint=hint))
    assert "code" in page.returned


async def test_a_hint_about_somebody_else_is_login_required(
    site: Site, visitor: Visitor, application: RelyingParty, other_person: str
) -> None:
    other_visitor = await site.visitor()
    page = await sign_in(await other_visitor.open(application.start()), "alix.durand")
    hint = (await application.exchange(page.returned["code"])).json()["id_token"]
    await arrive(visitor, application)
    silent = await visitor.open(application.start(prompt="none", id_token_hint=hint))
    assert silent.returned["error"] == "login_required"


async def test_whoever_else_signs_in_is_refused(
    site: Site, visitor: Visitor, application: RelyingParty, other_person: str
) -> None:
    hint = (await tokens_for(visitor, application))["id_token"]
    newcomer = await site.visitor()
    page = await newcomer.open(application.start(id_token_hint=hint))
    assert (await sign_in(page, "alix.durand")).returned["error"] == "access_denied"
    page = await newcomer.open(application.start(id_token_hint=hint))
    assert page.has("#signin")
    assert "code" in (await sign_in(page)).returned


async def test_only_an_id_token_issued_to_this_application_is_a_hint(
    site: Site, visitor: Visitor, application: RelyingParty, stranger: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    theirs = await tokens_for(visitor, stranger)
    head, body, signature = tokens["id_token"].split(".")
    foreign = Key("k", "sig", "ES256", Stage.ACTIVE, NOW, NOW, Jwk.generate("ES256"))
    claims = payload_of(tokens["id_token"])
    ours = site.provider.ring.signing_key("RS256")
    hints = {
        "not a token": "abc",
        "unsigned": f"eyJhbGciOiJub25lIn0.{body}.",
        "cut": f"{head}.{body}.",
        "altered": f"{head}.{body}.{signature[:-4]}AAAA",
        "another application's": theirs["id_token"],
        "an access token": tokens["access_token"],
        "signed by others": jose.sign(foreign, claims, typ="JWT"),
        "of another type": jose.sign(ours, claims, typ="logout+jwt"),
        "of another issuer": jose.sign(ours, {**claims, "iss": "https://evil.example"}, typ="JWT"),
        "for several": jose.sign(ours, {**claims, "aud": ["demarches", "cantine"]}, typ="JWT"),
        "user information": jose.sign(
            ours, {"iss": ISSUER, "aud": "demarches", "sub": claims["sub"], "iat": NOW}, typ="JWT"
        ),
    }
    for name, hint in hints.items():
        page = await visitor.open(application.start(prompt="none", id_token_hint=hint))
        assert page.returned["error"] == "invalid_request", name


# The language


@pytest.mark.parametrize(
    ("wish", "spoken"),
    [
        ("en", "en"),
        ("en-GB fr", "en"),
        ("se", "fr"),
        ("se en", "en"),
        ("de-FR en", "en"),
        ("EN", "en"),
        ("../../etc", "fr"),
    ],
)
async def test_pages_speak_the_first_language_we_have(
    visitor: Visitor, application: RelyingParty, wish: str, spoken: str
) -> None:
    page = await visitor.open(application.start(ui_locales=wish))
    assert page.one("html")["lang"] == spoken


async def test_the_language_lasts_until_the_end_of_the_journey(visitor: Visitor, stranger: RelyingParty) -> None:
    page = await sign_in(await visitor.open(stranger.start(ui_locales="en")))
    assert page.has("#consent")
    assert page.one("html")["lang"] == "en"


@pytest.mark.parametrize("by", ["object", "push"])
async def test_the_language_may_be_asked_in_an_object_or_in_a_pushed_request(
    site: Site, visitor: Visitor, by: str
) -> None:
    """OpenID Connect Core 1.0 section 6.1, RFC 9126: whatever may be asked in a query may be asked so."""
    application = await register(site, "signing", jwks=JWKS, first_party=False)
    pushed = (await push(application, ui_locales="en")).json()["request_uri"]
    sent = {"object": {"request": signed(application, ui_locales="en")}, "push": {"request_uri": pushed}}[by]
    page = await visitor.open(f"/authorize?{urlencode({'client_id': 'signing', **sent})}")
    assert page.one("html")["lang"] == "en"
    page = await sign_in(page)
    assert page.has("#consent")
    assert page.one("html")["lang"] == "en"


# The level


@pytest.mark.parametrize("wish", ["1 2", "eidas1", "urn:laissez-passer:acr:password"])
async def test_a_wished_level_is_a_wish(visitor: Visitor, application: RelyingParty, wish: str) -> None:
    tokens = await tokens_for(visitor, application, acr_values=wish)
    assert payload_of(tokens["id_token"])["acr"] == "urn:laissez-passer:acr:password"
