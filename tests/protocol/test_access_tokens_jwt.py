"""Access tokens as JWTs (RFC 9068): what they say, where they are good, and what is never taken for one."""

import base64
import json
import time
from dataclasses import replace
from typing import Any

import pytest
from authlib.oauth2.rfc6750.errors import InsufficientScopeError, InvalidTokenError
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import KeySet

from clients import registry
from idp.oidc.access_token import may_be
from idp.oidc.logout_token import logout_token
from keys import jose
from keys.claims import half_hash
from keys.errors import BadClaims
from keys.ring import Key, Stage
from tests.support.interfaces import AGENDA, add_interface, machine, read_as_interface
from tests.support.provider import ISSUER, NOW, Site
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import arrive, code_for, tokens_for
from tests.support.statements import noted
from tests.support.visitor import Visitor

INACTIVE = {"active": False}


@pytest.fixture
async def reader(site: Site) -> RelyingParty:
    """An application of the authority whose access tokens are JWTs."""
    return await register(site, access_token_format="jwt")


def header_of(token: str) -> dict[str, Any]:
    return jose.peek(token)


async def test_an_access_token_is_opaque_unless_asked(visitor: Visitor, application: RelyingParty) -> None:
    assert (await tokens_for(visitor, application))["access_token"].startswith("lpat_")


async def test_a_jwt_access_token_has_every_required_claim_and_no_identity(
    site: Site, visitor: Visitor, reader: RelyingParty, person: str
) -> None:
    token = (await tokens_for(visitor, reader))["access_token"]
    claims = await read_as_interface(site, token, ISSUER)
    assert len(claims.pop("jti")) == 22
    assert claims == {
        "iss": ISSUER,
        "sub": person,
        "aud": ISSUER,
        "client_id": "demarches",
        "iat": NOW,
        "exp": NOW + 600,
        "scope": "openid profile email offline_access",
        "auth_time": NOW,
        "acr": "urn:laissez-passer:acr:password",
    }


async def test_it_is_signed_under_rs256_by_a_published_key_and_typed_at_jwt(
    site: Site, visitor: Visitor, reader: RelyingParty
) -> None:
    header = header_of((await tokens_for(visitor, reader))["access_token"])
    published = (await (await site.client()).get("/jwks")).json()["keys"]
    assert (header["typ"], header["alg"]) == ("at+jwt", "RS256")
    assert header["kid"] in {key["kid"] for key in published}


async def test_each_token_is_another(visitor: Visitor, reader: RelyingParty) -> None:
    tokens = await tokens_for(visitor, reader)
    again = (await reader.refresh(tokens["refresh_token"])).json()
    first, second = payload_of(tokens["access_token"]), payload_of(again["access_token"])
    assert first["jti"] != second["jti"]
    assert again["refresh_token"].startswith("lprt_")


async def test_the_subject_of_a_client_credentials_token_is_the_client(site: Site) -> None:
    agenda = await machine(site, "agenda", scope="agenda.lecture", access_token_format="jwt")
    tokens = (await agenda.token(grant_type="client_credentials")).json()
    claims = payload_of(tokens["access_token"])
    assert (claims["sub"], claims["client_id"]) == ("agenda", "agenda")
    assert not {"auth_time", "acr"} & claims.keys()
    assert (await agenda.introspect(tokens["access_token"]))["sub"] == "agenda"


async def test_the_subject_is_the_one_of_the_id_token_when_it_is_pairwise(
    site: Site, visitor: Visitor, person: str
) -> None:
    discreet = await register(site, subject_type="pairwise", access_token_format="jwt")
    tokens = await tokens_for(visitor, discreet)
    subject = payload_of(tokens["access_token"])["sub"]
    assert subject == payload_of(tokens["id_token"])["sub"] != person


async def test_the_hash_of_an_id_token_is_of_the_jwt(visitor: Visitor, reader: RelyingParty) -> None:
    tokens = await tokens_for(visitor, reader)
    assert payload_of(tokens["id_token"])["at_hash"] == half_hash(tokens["access_token"], "RS256")


async def test_the_lifetime_of_the_client_is_the_tokens(site: Site, visitor: Visitor) -> None:
    brief = await register(site, access_token_format="jwt", access_token_lifetime=60)
    tokens = await tokens_for(visitor, brief)
    assert (tokens["expires_in"], payload_of(tokens["access_token"])["exp"]) == (60, NOW + 60)


async def test_an_interface_refuses_it_once_expired_or_when_it_is_for_another(
    site: Site, visitor: Visitor, reader: RelyingParty
) -> None:
    token = (await tokens_for(visitor, reader))["access_token"]
    with pytest.raises(BadClaims):
        await read_as_interface(site, token, AGENDA)
    site.clock.advance(631)
    with pytest.raises(BadClaims):
        await read_as_interface(site, token, ISSUER)


class Tokens(JWTBearerTokenValidator):  # type: ignore[misc]  # Authlib has no types
    """The validator of docs/integrators/access-tokens.md, with the key set at hand."""

    jwks: Any = None

    def get_jwks(self) -> Any:
        return KeySet.import_key_set(self.jwks)


async def test_the_validator_of_authlib_takes_it_and_refuses_an_id_token(site: Site, visitor: Visitor) -> None:
    site.clock.advance(int(time.time()) - NOW)  # Authlib reads the time by itself
    await add_interface(site, token_format="jwt")
    application = await register(site, scope="openid agenda.lecture agenda.ecriture")
    tokens = await tokens_for(visitor, application, scope="openid agenda.lecture", resource=AGENDA)
    validator = Tokens(issuer=ISSUER, resource_server=AGENDA)
    validator.jwks = (await (await site.client()).get("/jwks")).json()
    claims = validator.authenticate_token(tokens["access_token"])
    validator.validate_token(claims, ["agenda.lecture"], None)
    with pytest.raises(InsufficientScopeError):
        validator.validate_token(claims, ["agenda.ecriture"], None)
    elsewhere = Tokens(issuer=ISSUER, resource_server=f"{AGENDA}/autre")
    elsewhere.jwks = validator.jwks
    for judge, token in ((elsewhere, tokens["access_token"]), (validator, tokens["id_token"])):
        with pytest.raises(InvalidTokenError):
            judge.validate_token(judge.authenticate_token(token), None, None)


# At our own endpoints


async def test_userinfo_takes_it_in_the_header_and_in_the_form(visitor: Visitor, reader: RelyingParty) -> None:
    token = (await tokens_for(visitor, reader))["access_token"]
    answers = [await reader.userinfo(token), await reader.http.post("/userinfo", data={"access_token": token})]
    assert [answer.json()["email"] for answer in answers] == ["camille.martin@exemple.fr"] * 2


async def test_it_is_introspected_like_any_other(visitor: Visitor, reader: RelyingParty) -> None:
    token = (await tokens_for(visitor, reader))["access_token"]
    described = await reader.introspect(token)
    claims = payload_of(token)
    assert described["active"] is True
    assert {name: described[name] for name in ("sub", "client_id", "scope", "exp", "iat", "acr")} == {
        name: claims[name] for name in ("sub", "client_id", "scope", "exp", "iat", "acr")
    }


async def test_once_revoked_it_is_refused_everywhere_here(visitor: Visitor, reader: RelyingParty) -> None:
    tokens = await tokens_for(visitor, reader)
    assert (await reader.revoke(tokens["access_token"])).status_code == 200
    assert await reader.introspect(tokens["access_token"]) == INACTIVE
    assert (await reader.userinfo(tokens["access_token"])).status_code == 401
    assert (await reader.refresh(tokens["refresh_token"])).status_code == 200


async def test_it_dies_with_its_authorization_and_with_its_time(
    site: Site, visitor: Visitor, reader: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, reader)
    await reader.revoke(tokens["refresh_token"])
    assert (await reader.userinfo(tokens["access_token"])).status_code == 401
    later = (await tokens_for(visitor, reader))["access_token"]
    site.clock.advance(600)
    assert (await reader.userinfo(later)).status_code == 401
    assert await reader.introspect(later) == INACTIVE


async def test_a_replayed_code_kills_it(visitor: Visitor, reader: RelyingParty) -> None:
    code = await code_for(visitor, reader)
    token = (await reader.exchange(code)).json()["access_token"]
    assert (await reader.exchange(code)).json()["error"] == "invalid_grant"
    assert (await reader.userinfo(token)).status_code == 401


async def test_another_client_neither_learns_of_it_nor_revokes_it(
    visitor: Visitor, reader: RelyingParty, stranger: RelyingParty
) -> None:
    token = (await tokens_for(visitor, reader))["access_token"]
    assert await stranger.introspect(token) == INACTIVE
    assert (await stranger.revoke(token)).status_code == 200
    assert (await reader.userinfo(token)).status_code == 200


# What is never taken for one (RFC 8725 section 3.11)


async def impostors(site: Site, tokens: dict[str, Any]) -> dict[str, str]:
    """Tokens that are not access tokens, or not ours, each as close as can be."""
    ring, access = site.provider.ring, tokens["access_token"]
    claims, key = payload_of(access), ring.signing_key("RS256")
    header, body, signature = access.split(".")
    foreign = Key.new("RS256", NOW, Stage.ACTIVE)
    client = await site.provider.database.read(registry.find, "demarches")
    assert client is not None
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode()).rstrip(b"=").decode()
    return {
        "an ID token": tokens["id_token"],
        "a refresh token": tokens["refresh_token"],
        "a logout token": logout_token(site.provider, client, claims["sub"], "session", NOW),
        "the same claims under another type": jose.sign(key, claims, typ="JWT"),
        "the same claims without a type": jose.sign(key, claims, typ=None),
        "claims of our own making, signed by our key and never issued": jose.sign(
            key, claims | {"jti": "AAAAAAAAAAAAAAAAAAAAAA"}, typ="at+jwt"
        ),
        "the same claims signed by a stranger": jose.sign(foreign, claims, typ="at+jwt"),
        "no signature": f"{header}.{body}.",
        "the algorithm none": f"{unsigned}.{body}.",
        "a signature cut short": f"{header}.{body}.{signature[:-2]}",
        "one more part": f"{access}.e30",
        "another body": f"{header}.{body[:-4]}AAAA.{signature}",
    }


async def test_nothing_else_is_an_access_token(site: Site, visitor: Visitor, reader: RelyingParty) -> None:
    tokens = await tokens_for(visitor, reader)
    for what, token in (await impostors(site, tokens)).items():
        response = await reader.userinfo(token)
        assert (response.status_code, response.json().get("error")) == (401, "invalid_token"), (what, response.text)
        if what != "a refresh token":
            assert await reader.introspect(token) == INACTIVE, what
            assert (await reader.revoke(token)).status_code == 200, what
    assert (await reader.userinfo(tokens["access_token"])).status_code == 200


async def test_it_is_no_hint_of_who_signed_in(visitor: Visitor, reader: RelyingParty) -> None:
    token = (await tokens_for(visitor, reader))["access_token"]
    page = await visitor.open(reader.start(id_token_hint=token, prompt="none"))
    assert page.returned["error"] == "invalid_request"
    page = await visitor.open(reader.logout(token))
    assert not page.outside


@given(st.one_of(st.text(), st.text(alphabet="abcXYZ019-_.=", max_size=80), st.binary().map(bytes.hex)))
def test_whatever_is_presented_is_judged_without_an_error(presented: str) -> None:
    assert may_be(presented) in {True, False}


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "typ": st.sampled_from(["JWT", "AT+JWT", "application/at+jwt", "logout+jwt", "", "at+jwt ", "at+jwt"]),
            "alg": st.text(max_size=8),
            "crit": st.lists(st.text(max_size=4), max_size=2),
            "kid": st.one_of(st.text(max_size=4), st.integers(), st.none()),
        },
    )
)
def test_only_the_type_that_we_write_looks_like_one(header: dict[str, Any]) -> None:
    written = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    readable = "crit" not in header
    assert may_be(f"{written}.e30.c2ln") == (readable and header.get("typ") == "at+jwt")


# What it costs


async def test_neither_form_costs_more_statements_than_the_other(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    reading = await register(site, "lecteur", access_token_format="jwt")
    counts = []
    for each in (application, reading):
        code = await code_for(visitor, each)
        await each.introspect("lpat_" + "A" * 43)  # the client is read again every five seconds, not each time
        with noted() as statements:
            tokens = (await each.exchange(code)).json()
        with noted() as at_userinfo:
            await each.userinfo(tokens["access_token"])
        counts.append((len(statements), len(at_userinfo)))
    assert counts[0] == counts[1]
    exchange, userinfo = counts[0]
    assert exchange <= 3  # the code is consumed, the tokens are stored, the audit is written
    assert userinfo <= 2  # the token and the person are read


async def test_what_cannot_be_a_token_costs_none(reader: RelyingParty, visitor: Visitor) -> None:
    id_token = (await tokens_for(visitor, reader))["id_token"]
    with noted() as statements:
        assert (await reader.userinfo(id_token)).status_code == 401
    assert statements == []


# The interface decides for its own tokens


@pytest.mark.parametrize(
    ("of_client", "of_interface", "form"),
    [("opaque", "jwt", "jwt"), ("jwt", "opaque", "opaque"), ("jwt", "jwt", "jwt"), ("opaque", "opaque", "opaque")],
)
async def test_an_interface_gets_the_form_that_it_reads(
    site: Site, visitor: Visitor, of_client: str, of_interface: str, form: str
) -> None:
    await add_interface(site, token_format=of_interface, token_lifetime=120)
    application = await register(site, scope="openid agenda.lecture", access_token_format=of_client)
    tokens = await tokens_for(visitor, application, resource=AGENDA)
    assert tokens["expires_in"] == 120
    assert tokens["access_token"].startswith("lpat_") == (form == "opaque")
    if form == "jwt":
        claims = await read_as_interface(site, tokens["access_token"], AGENDA)
        assert (claims["aud"], claims["scope"], claims["exp"]) == (AGENDA, "agenda.lecture", NOW + 120)


async def test_a_token_of_the_front_channel_takes_the_form_too(site: Site, visitor: Visitor) -> None:
    site.provider.settings = replace(site.provider.settings, front_channel=True)
    hybrid = await register(
        site,
        access_token_format="jwt",
        grant_types=("authorization_code", "implicit"),
        response_types=("code id_token token",),
    )
    returned = (await arrive(visitor, hybrid, response_type="code id_token token")).returned
    assert header_of(returned["access_token"])["typ"] == "at+jwt"
    assert (await hybrid.userinfo(returned["access_token"])).status_code == 200
