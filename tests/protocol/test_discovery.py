"""The metadata document says the truth: everything announced is accepted, and nothing else is.

OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2.
"""

from typing import Any

import pytest

from idp.app import build_provider
from idp.foundation import keyring
from idp.oidc.scopes import CLAIMS, SCOPES
from keys import jose, rotation
from keys.jwk import Jwk
from keys.peers import PeerKeys
from tests.support.assertions import assertion_for
from tests.support.provider import ISSUER, Site
from tests.support.quick_keys import quick_key
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import arrive, tokens_for
from tests.support.visitor import Visitor

DOCUMENT = "/.well-known/openid-configuration"


async def announced(site: Site, address: str = DOCUMENT) -> dict[str, Any]:
    response = await (await site.client()).get(address)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    document: dict[str, Any] = response.json()
    return document


async def test_both_addresses_give_the_same_document_of_the_issuer(site: Site) -> None:
    document = await announced(site)
    assert document["issuer"] == ISSUER
    assert document == await announced(site, "/.well-known/oauth-authorization-server")


async def test_every_address_announced_answers(site: Site) -> None:
    client = await site.client()
    document = await announced(site)
    addresses = {name: value for name, value in document.items() if name.endswith("_endpoint") or name == "jwks_uri"}
    assert len(addresses) == 9
    for name, address in addresses.items():
        assert address.startswith(f"{ISSUER}/"), name
        assert (await client.get(address)).status_code != 404, name


@pytest.mark.parametrize(
    "spoof",
    [
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example"},
        {"x-forwarded-proto": "http"},
        {"forwarded": "host=evil.example;proto=http"},
    ],
    ids=lambda headers: next(iter(headers)),
)
@pytest.mark.parametrize("address", [DOCUMENT, "/jwks"])
async def test_no_header_of_the_request_changes_a_document(site: Site, address: str, spoof: dict[str, str]) -> None:
    client = await site.client()
    assert (await client.get(address, headers=spoof)).content == (await client.get(address)).content


async def test_a_document_may_be_read_by_scripts_and_kept_five_minutes(site: Site) -> None:
    client = await site.client()
    for address in (DOCUMENT, "/jwks"):
        headers = (await client.get(address)).headers
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cache-control"] == "public, max-age=300"
        assert "set-cookie" not in headers


async def test_the_key_set_holds_public_keys_only_and_each_has_a_name(site: Site) -> None:
    keys = (await (await site.client()).get("/jwks")).json()["keys"]
    names = [key["kid"] for key in keys]
    assert len(set(names)) == len(names)
    assert all(key["kty"] != "oct" and not {"d", "p", "q", "dp", "dq", "qi", "k"} & key.keys() for key in keys)
    assert {key["alg"] for key in keys if key["use"] == "sig"} == {"RS256", "ES256", "EdDSA"}


async def test_every_scope_announced_is_granted(site: Site, visitor: Visitor) -> None:
    document = await announced(site)
    assert document["scopes_supported"] == list(SCOPES)
    application = await register(site, scope=" ".join(document["scopes_supported"]))
    tokens = await tokens_for(visitor, application)
    assert set(tokens["scope"].split()) == set(document["scopes_supported"])


async def test_every_claim_of_a_scope_is_announced(site: Site) -> None:
    assert set(CLAIMS) <= set((await announced(site))["claims_supported"])


async def test_every_claim_of_an_id_token_is_announced(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    claims = payload_of((await tokens_for(visitor, application))["id_token"])
    assert claims.keys() - {"at_hash"} <= set((await announced(site))["claims_supported"])


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
async def test_every_response_mode_announced_is_used(
    site: Site, visitor: Visitor, application: RelyingParty, mode: str
) -> None:
    assert mode in (await announced(site))["response_modes_supported"]
    page = await arrive(visitor, application, response_mode=mode)
    assert page.has("#form-post") if mode == "form_post" else "code" in page.returned


async def test_no_other_response_type_is_announced_than_code(site: Site) -> None:
    document = await announced(site)
    assert document["response_types_supported"] == ["code"]
    assert "implicit" not in document["grant_types_supported"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True


@pytest.mark.parametrize("value", ["none", "login", "consent", "select_account", "create"])
async def test_every_prompt_announced_is_understood(
    site: Site, visitor: Visitor, application: RelyingParty, value: str
) -> None:
    assert value in (await announced(site))["prompt_values_supported"]
    page = await visitor.open(application.start(prompt=value))
    if value == "none":
        assert page.returned["error"] == "login_required"
    else:
        assert page.path == ("/inscription" if value == "create" else "/connexion")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_every_signature_announced_is_given(site: Site, visitor: Visitor, algorithm: str) -> None:
    document = await announced(site)
    assert algorithm in document["id_token_signing_alg_values_supported"]
    assert algorithm in document["userinfo_signing_alg_values_supported"]
    application = await register(site, id_token_signed_response_alg=algorithm, userinfo_signed_response_alg=algorithm)
    tokens = await tokens_for(visitor, application)
    userinfo = await application.userinfo(tokens["access_token"])
    for token in (tokens["id_token"], userinfo.text):
        await verified(site, token, algorithm)


async def verified(site: Site, token: str, algorithm: str) -> None:
    """The token holds by a key of the published set alone."""
    keys = PeerKeys.parse((await (await site.client()).get("/jwks")).json())
    jose.verify(token, keys, algorithms=(algorithm,))


async def test_a_key_that_an_operator_announces_is_published_at_once_by_every_server(site: Site) -> None:
    client = await site.client()
    before = (await client.get("/jwks")).json()["keys"]
    operator = build_provider(site.provider.settings, site.clock)
    try:
        made = await keyring.change(
            operator, lambda ring, now, _policy: rotation.announce(ring, now, quick_key, ("ES256",))
        )
    finally:
        await operator.close()
    after = (await client.get("/jwks")).json()["keys"]
    assert [key["kid"] for key in after if key not in before] == [move.kid for move in made.moves]


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_every_assertion_algorithm_announced_is_accepted(site: Site, algorithm: str) -> None:
    document = await announced(site)
    for endpoint in ("token", "introspection", "revocation"):
        assert algorithm in document[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
    key = Jwk.generate(algorithm)
    service = await register(
        site,
        scope="agenda.lecture",
        grant_types=("client_credentials",),
        response_types=(),
        redirect_uris=(),
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [{**key.public_members(), "kid": "k", "use": "sig"}]},
    )
    response = await service.token(grant_type="client_credentials", **assertion_for(service, key, algorithm))
    assert response.status_code == 200, response.text


@pytest.mark.parametrize("value", ["fr", "en"])
async def test_every_language_announced_is_spoken(
    site: Site, visitor: Visitor, application: RelyingParty, value: str
) -> None:
    assert value in (await announced(site))["ui_locales_supported"]
    page = await visitor.open(application.start(ui_locales=value))
    assert page.one("html")["lang"] == value


async def test_the_level_announced_is_the_one_given(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    levels = (await announced(site))["acr_values_supported"]
    tokens = await tokens_for(visitor, application, acr_values=" ".join(levels))
    assert payload_of(tokens["id_token"])["acr"] in levels
