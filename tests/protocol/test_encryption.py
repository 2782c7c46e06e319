"""ID tokens and user information encrypted to the client: OpenID Connect Core 1.0 section 10.2."""

import json

import pytest

from keys import jose
from keys.algorithms import CONTENT_ENCRYPTION, KEY_MANAGEMENT
from keys.jwk import Jwk
from keys.peers import PeerKey, PeerKeys
from keys.ring import Key, Stage
from tests.support.people import PASSWORD
from tests.support.provider import Site
from tests.support.relying_party import AFTER_LOGOUT, RelyingParty, payload_of, register
from tests.support.visitor import Visitor


def holder(alg: str) -> tuple[PeerKey, dict[str, object]]:
    """A key to encrypt to: as its holder has it, and as it is published."""
    jwk = Jwk.generate(alg)
    shown = {**jwk.public_members(), "kid": "mine", "use": "enc", "alg": alg}
    return PeerKey("mine", "enc", alg, jwk), {"keys": [shown]}


async def tokens_of(visitor: Visitor, application: RelyingParty) -> dict[str, str]:
    page = await visitor.open(application.start())
    page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()
    tokens: dict[str, str] = (await application.exchange(page.returned["code"])).json()
    return tokens


async def published(site: Site) -> PeerKeys:
    return PeerKeys.parse((await (await site.client()).get("/jwks")).json())


@pytest.mark.parametrize("alg", sorted(KEY_MANAGEMENT))
@pytest.mark.parametrize("enc", sorted(CONTENT_ENCRYPTION))
async def test_an_id_token_is_signed_then_encrypted_under_each_algorithm_announced(
    site: Site, visitor: Visitor, alg: str, enc: str
) -> None:
    key, jwks = holder(alg)
    application = await register(
        site, jwks=jwks, id_token_encrypted_response_alg=alg, id_token_encrypted_response_enc=enc
    )
    token = (await tokens_of(visitor, application))["id_token"]
    assert jose.peek(token)["enc"] == enc
    inner = jose.decrypt(token, [key], algorithms=[alg])
    claims = jose.verify(inner, await published(site), algorithms=["RS256"])
    assert claims["aud"] == application.client.client_id


@pytest.mark.parametrize("alg", sorted(KEY_MANAGEMENT))
@pytest.mark.parametrize("enc", sorted(CONTENT_ENCRYPTION))
async def test_user_information_is_signed_then_encrypted_under_each_algorithm_announced(
    site: Site, visitor: Visitor, alg: str, enc: str
) -> None:
    key, jwks = holder(alg)
    application = await register(
        site,
        jwks=jwks,
        userinfo_signed_response_alg="ES256",
        userinfo_encrypted_response_alg=alg,
        userinfo_encrypted_response_enc=enc,
    )
    told = await application.userinfo((await tokens_of(visitor, application))["access_token"])
    assert told.headers["content-type"].startswith("application/jwt")
    assert (jose.peek(told.text)["enc"], jose.peek(told.text)["cty"]) == (enc, "JWT")
    inner = jose.decrypt(told.text, [key], algorithms=[alg])
    claims = jose.verify(inner, await published(site), algorithms=["ES256"])
    assert (claims["aud"], claims["iss"]) == (application.client.client_id, site.issuer)


async def test_user_information_may_be_encrypted_without_also_being_signed(
    site: Site, visitor: Visitor, person: str
) -> None:
    """OpenID Connect Core 1.0 section 5.3.2: it is when the application registered an encryption alone."""
    key, jwks = holder("ECDH-ES")
    application = await register(site, jwks=jwks, userinfo_encrypted_response_alg="ECDH-ES")
    told = await application.userinfo((await tokens_of(visitor, application))["access_token"])
    assert told.headers["content-type"].startswith("application/jwt")
    assert "cty" not in jose.peek(told.text)
    claims = json.loads(jose.decrypt(told.text, [key], algorithms=["ECDH-ES"]))
    assert (claims["sub"], claims["given_name"]) == (person, "Camille")


async def test_an_encrypted_id_token_serves_as_a_hint_encrypted_to_the_provider(site: Site, visitor: Visitor) -> None:
    """OpenID Connect Core 1.0 section 3.1.2.1, `id_token_hint`; the logout takes the same hints."""
    key, jwks = holder("RSA-OAEP-256")
    application = await register(site, jwks=jwks, id_token_encrypted_response_alg="RSA-OAEP-256")
    inner = jose.decrypt((await tokens_of(visitor, application))["id_token"], [key], algorithms=["RSA-OAEP-256"])
    ours = (await published(site)).for_encryption("RSA-OAEP-256")
    hint = jose.encrypt(inner, ours, alg="RSA-OAEP-256", enc="A256GCM")
    assert "code" in (await visitor.open(application.start(prompt="none", id_token_hint=hint))).returned
    to_itself = jose.encrypt(inner, key, alg="RSA-OAEP-256", enc="A256GCM")
    refused = await visitor.open(application.start(prompt="none", id_token_hint=to_itself))
    assert refused.returned["error"] == "invalid_request"
    assert (await visitor.open(application.logout(hint))).address.startswith(AFTER_LOGOUT)


async def test_an_encrypted_id_token_serves_as_a_hint_once_opened(site: Site, visitor: Visitor) -> None:
    key, jwks = holder("RSA-OAEP-256")
    application = await register(site, jwks=jwks, id_token_encrypted_response_alg="RSA-OAEP-256")
    inner = jose.decrypt((await tokens_of(visitor, application))["id_token"], [key], algorithms=["RSA-OAEP-256"])
    page = await visitor.open(application.start(prompt="none", id_token_hint=inner))
    assert "code" in page.returned


async def test_what_was_to_be_hidden_is_not_shown_when_there_is_no_key(site: Site, visitor: Visitor) -> None:
    jwks = {"keys": [Key.new("ES256", 0, Stage.ACTIVE).published()]}
    application = await register(site, jwks=jwks, id_token_encrypted_response_alg="RSA-OAEP-256")
    page = await visitor.open(application.start())
    page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()
    refused = await application.exchange(page.returned["code"])
    assert (refused.status_code, refused.json()["error"]) == (400, "server_error")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_an_id_token_is_signed_under_each_algorithm_announced(
    site: Site, visitor: Visitor, algorithm: str
) -> None:
    application = await register(site, id_token_signed_response_alg=algorithm, userinfo_signed_response_alg=algorithm)
    tokens = await tokens_of(visitor, application)
    claims = jose.verify(tokens["id_token"], await published(site), algorithms=[algorithm])
    told = await application.userinfo(tokens["access_token"])
    assert jose.verify(told.text, await published(site), algorithms=[algorithm])["sub"] == claims["sub"]
    assert payload_of(told.text)["aud"] == application.client.client_id
