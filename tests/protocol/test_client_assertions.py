"""`private_key_jwt`: what an assertion must say, once (RFC 7523 section 3, OpenID Connect Core 1.0 section 9)."""

import hmac
import json
from typing import Any

import pytest

from keys.algorithms import SIGNATURES
from keys.encoding import encode
from keys.jwk import Jwk
from tests.support.assertions import TYPE, assertion_for
from tests.support.provider import ISSUER, NOW, Site, opened, settings_for
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import code_for
from tests.support.visitor import Visitor

KEY = Jwk.generate("ES256")
OTHER_KEY = Jwk.generate("ES256")


def published(key: Jwk, kid: str = "k") -> dict[str, Any]:
    return {"keys": [{**key.public_members(), "kid": kid, "use": "sig"}]}


async def registered(site: Site, client_id: str = "agenda", **members: Any) -> RelyingParty:
    usual: dict[str, Any] = {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": published(KEY),
        "grant_types": ("client_credentials", "authorization_code"),
        "scope": "openid agenda.lecture",
    }
    return await register(site, client_id, **(usual | members))


@pytest.fixture
async def service(site: Site) -> RelyingParty:
    return await registered(site)


async def status(service: RelyingParty, proof: dict[str, str], **more: str) -> int:
    response = await service.token(grant_type="client_credentials", **proof, **more)
    if response.status_code == 401:
        assert response.json()["error"] == "invalid_client"
    return response.status_code


async def test_a_code_is_redeemed_with_an_assertion(visitor: Visitor, service: RelyingParty) -> None:
    code = await code_for(visitor, service, scope="openid")
    assert (await service.exchange(code, **assertion_for(service, KEY))).status_code == 200


ACCEPTED: dict[str, dict[str, Any]] = {
    "the issuer": {"aud": ISSUER},
    "the token endpoint": {"aud": f"{ISSUER}/token"},
    "a list of one": {"aud": [ISSUER]},
    "a list of both": {"aud": [ISSUER, f"{ISSUER}/token"]},
    "the longest life": {"exp": NOW + 300},
    "just expired": {"exp": NOW - 29},
    "a clock ahead": {"iat": NOW + 30, "nbf": NOW + 30},
    "without iat": {"iat": None},
    "a type of its own": {"typ": "client-authentication+jwt"},
    "the longest jti": {"jti": "j" * 255},
}
REFUSED: dict[str, dict[str, Any]] = {
    "no audience": {"aud": None},
    "another audience": {"aud": "https://autre.exemple.fr"},
    "a stranger in the audience": {"aud": [ISSUER, "https://autre.exemple.fr"]},
    "an empty audience": {"aud": []},
    "the token endpoint with a slash": {"aud": f"{ISSUER}/token/"},
    "an audience that is no text": {"aud": [5]},
    "no issuer": {"iss": None},
    "another issuer": {"iss": "autre"},
    "no subject": {"sub": None},
    "another subject": {"sub": "autre"},
    "no expiry": {"exp": None},
    "expired": {"exp": NOW - 30},
    "a far expiry": {"exp": NOW + 331},
    "an expiry that is no number": {"exp": "demain"},
    "an expiry without end": {"exp": 1e300},
    "an expiry beyond every float": {"exp": 10**400},
    "a birth beyond every float": {"iat": 10**400},
    "an expiry that is a boolean": {"exp": True},
    "not valid yet": {"nbf": NOW + 31},
    "issued in the future": {"iat": NOW + 31},
    "no jti": {"jti": None},
    "an empty jti": {"jti": ""},
    "a very long jti": {"jti": "j" * 256},
    "a jti that is no text": {"jti": 5},
    "another type": {"typ": "logout+jwt"},
    "an unknown key": {"kid": "autre"},
    "a path for a key": {"kid": "../../dev/null"},
    "SQL for a key": {"kid": "' OR 1=1 --"},
    "a very long key": {"kid": "k" * 5_000},
}


@pytest.mark.parametrize("claims", ACCEPTED.values(), ids=ACCEPTED.keys())
async def test_an_assertion_is_accepted_with(service: RelyingParty, claims: dict[str, Any]) -> None:
    assert await status(service, assertion_for(service, KEY, **claims)) == 200


@pytest.mark.parametrize("claims", REFUSED.values(), ids=REFUSED.keys())
async def test_an_assertion_is_refused_with(service: RelyingParty, claims: dict[str, Any]) -> None:
    # the name stands beside, so that the client is found whatever the assertion says
    assert await status(service, assertion_for(service, KEY, **claims), client_id="agenda") == 401


async def test_only_the_applications_own_key_is_accepted(site: Site, service: RelyingParty) -> None:
    other = await registered(site, "autre", jwks=published(OTHER_KEY))
    assert await status(service, assertion_for(service, OTHER_KEY)) == 401
    assert await status(other, assertion_for(other, OTHER_KEY)) == 200


def part(value: object) -> str:
    """A segment that says anything at all, in JSON's escapes."""
    return encode(json.dumps(value).encode())


def raw_signature(text: str, key: Jwk) -> str:
    """A token whose two first segments are taken as they are."""
    return f"{text}.{encode(SIGNATURES['ES256'].sign(key.private_key, text.encode()))}"


def hostile(service: RelyingParty) -> dict[str, str]:
    """Assertions that a careless reader has accepted somewhere."""
    good = assertion_for(service, KEY)["client_assertion"]
    head, body, signature = good.split(".")
    public = json.dumps(KEY.public_members()).encode()

    def by_mac(header: dict[str, Any], secret: bytes) -> str:
        text = f"{part(header)}.{body}"
        return f"{text}.{encode(hmac.digest(secret, text.encode(), 'sha256'))}"

    def signed(header: dict[str, Any]) -> str:
        return raw_signature(f"{part(header)}.{body}", OTHER_KEY)

    return {
        **{f"alg {alg!r}": f"{part({'alg': alg})}.{body}." for alg in ("none", "None", "nOnE", "", 5, ["ES256"], None)},
        "no alg": f"{part({'kid': 'k'})}.{body}.{signature}",
        "the public key as a secret": by_mac({"alg": "HS256", "kid": "k"}, public),
        "its own key": signed({"alg": "ES256", "jwk": OTHER_KEY.public_members()}),
        "an address of a key": signed({"alg": "ES256", "jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/"}),
        "a critical header": f"{part({'alg': 'ES256', 'kid': 'k', 'crit': ['b64'], 'b64': False})}.{body}.{signature}",
        "no signature": f"{head}.{body}.",
        "a cut signature": f"{head}.{body}.{signature[:-4]}",
        "a padded signature": f"{head}.{body}.{signature}==",
        "four parts": f"{good}.{signature}",
        "two parts": f"{head}.{body}",
        "a line break": f"{head}.{body}.{signature}\n",
        "an object": json.dumps({"payload": body, "signatures": []}),
        "a lone surrogate": f"{head}.{part({'sub': chr(0xD800)})}.{signature}",
        "a NUL": f"{head}.{part({'sub': 'agenda' + chr(0)})}.{signature}",
        "nothing": "",
        "not ASCII": f"{head}.é.{signature}",
        "very long": f"{head}.{'A' * 40_000}.{signature}",
    }


@pytest.mark.parametrize("named", [True, False], ids=["with client_id", "without"])
async def test_no_trick_makes_an_assertion(service: RelyingParty, named: bool) -> None:
    for trick, assertion in hostile(service).items():
        form = {"client_assertion_type": TYPE, "client_assertion": assertion}
        assert await status(service, form, **({"client_id": "agenda"} if named else {})) == 401, trick


async def test_no_text_that_no_database_can_hold_goes_through(service: RelyingParty) -> None:
    for jti in ("\ud800", "a\0b"):
        claims = {"iss": "agenda", "sub": "agenda", "aud": ISSUER, "exp": NOW + 60, "jti": jti}
        assertion = raw_signature(f"{part({'alg': 'ES256', 'kid': 'k'})}.{part(claims)}", KEY)
        form = {"client_assertion_type": TYPE, "client_assertion": assertion}
        assert await status(service, form) == 401


async def test_each_endpoint_takes_its_own_address_for_an_audience_and_no_other_endpoints(
    service: RelyingParty,
) -> None:
    """RFC 9126 section 2 for pushed requests: the issuer, the token endpoint or the endpoint itself."""
    for name in ("issuer", "token", "par"):
        audience = {"issuer": ISSUER, "token": f"{ISSUER}/token", "par": f"{ISSUER}/par"}[name]
        refused = await service.http.post("/par", data=assertion_for(service, KEY, aud=audience))
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request"), name
    assert await status(service, assertion_for(service, KEY, aud=f"{ISSUER}/par")) == 401


async def test_an_assertion_serves_once(service: RelyingParty) -> None:
    proof = assertion_for(service, KEY)
    assert await status(service, proof) == 200
    assert await status(service, proof) == 401
    again = assertion_for(service, KEY, jti=f"jti-{service.counter}", exp=NOW + 61)
    assert await status(service, again) == 401


async def test_it_serves_once_whatever_the_endpoint(service: RelyingParty) -> None:
    proof = assertion_for(service, KEY)
    form = {**proof, "token": "x"}
    assert (await service.http.post("/introspect", data=form)).json() == {"active": False}
    assert (await service.http.post("/revoke", data=form)).status_code == 401
    assert await status(service, proof) == 401


async def test_it_serves_once_on_all_nodes_and_after_a_restart(
    site: Site, database_url: str, service: RelyingParty
) -> None:
    if database_url.startswith("sqlite"):
        await site.provider.database.close()  # a second process would have to wait for the first: this one left
    proof = assertion_for(service, KEY)
    assert await status(service, proof) == 200
    async with opened(settings_for(database_url), seed=2) as other:
        response = await (await other.client()).post("/token", data={"grant_type": "client_credentials", **proof})
        assert response.status_code == 401


async def test_two_applications_may_use_the_same_jti(site: Site, service: RelyingParty) -> None:
    other = await registered(site, "autre", jwks=published(OTHER_KEY))
    assert await status(service, assertion_for(service, KEY, jti="même")) == 200
    assert await status(other, assertion_for(other, OTHER_KEY, jti="même")) == 200


async def test_the_registered_algorithm_is_the_only_one(site: Site) -> None:
    rsa = Jwk.generate("RS256")
    service = await registered(site, jwks=published(rsa), token_endpoint_auth_signing_alg="PS256")
    assert await status(service, assertion_for(service, rsa, "RS256")) == 401
    assert await status(service, assertion_for(service, rsa, "PS256")) == 200


async def test_the_type_of_the_assertion_must_be_said(service: RelyingParty) -> None:
    proof = assertion_for(service, KEY)
    for kind in ("", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"):
        response = await service.token(**{**proof, "grant_type": "client_credentials", "client_assertion_type": kind})
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


async def test_an_application_registered_for_a_secret_may_not_assert(site: Site, application: RelyingParty) -> None:
    response = await application.http.post(
        "/token", data={"grant_type": "authorization_code", **assertion_for(application, KEY)}
    )
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
