"""Request objects under every algorithm announced, and beside what else a request may hold (Core 1.0 section 6)."""

from typing import Any

import pytest

from idp.oidc.request_objects import CONTENT, SIGNING
from keys import jose
from keys.peers import PeerKeys
from keys.ring import ENCRYPTION_HELD, Key, Stage
from tests.protocol.test_request_objects import HOLDER, JWKS, asked, push, sign_in, signed
from tests.support.provider import Site
from tests.support.relying_party import register
from tests.support.visitor import Visitor


async def metadata(site: Site) -> dict[str, Any]:
    document: dict[str, Any] = (await (await site.client()).get("/.well-known/openid-configuration")).json()
    return document


async def encrypted(site: Site, written: str, alg: str, enc: str) -> str:
    published = PeerKeys.parse((await (await site.client()).get("/jwks")).json())
    return jose.encrypt(written, published.for_encryption(alg), alg=alg, enc=enc)


@pytest.mark.parametrize("algorithm", SIGNING)
async def test_an_object_is_taken_under_every_signature_announced(site: Site, visitor: Visitor, algorithm: str) -> None:
    assert (await metadata(site))["request_object_signing_alg_values_supported"] == list(SIGNING)
    key = Key.new(algorithm, 0, Stage.ACTIVE)
    application = await register(
        site, jwks={"keys": [key.published()]}, request_object_signing_alg=algorithm, require_signed_request_object=True
    )
    answer = (await sign_in(await asked(site, application, request=signed(application, key)))).returned
    assert answer["state"] == "said-inside"


@pytest.mark.parametrize("enc", CONTENT)
@pytest.mark.parametrize("alg", ENCRYPTION_HELD)
async def test_an_object_is_taken_under_every_encryption_announced(
    site: Site, visitor: Visitor, alg: str, enc: str
) -> None:
    announced = await metadata(site)
    assert announced["request_object_encryption_alg_values_supported"] == list(ENCRYPTION_HELD)
    assert announced["request_object_encryption_enc_values_supported"] == list(CONTENT)
    application = await register(site, jwks=JWKS, request_object_encryption_alg=alg, request_object_encryption_enc=enc)
    object_ = await encrypted(site, signed(application), alg, enc)
    assert (await sign_in(await asked(site, application, request=object_))).returned["state"] == "said-inside"
    pushed = await push(application, request=object_)
    assert pushed.status_code == 201, pushed.text


async def test_the_rp_may_still_send_unencrypted_request_objects_even_when_it_registered_an_encryption(
    site: Site, visitor: Visitor
) -> None:
    """Dynamic Client Registration 1.0 section 2, `request_object_encryption_alg`."""
    application = await register(site, jwks=JWKS, request_object_encryption_alg="RSA-OAEP-256")
    answer = (await sign_in(await asked(site, application, request=signed(application)))).returned
    assert answer["state"] == "said-inside"


async def test_request_and_request_uri_must_not_be_used_in_the_same_request(site: Site, visitor: Visitor) -> None:
    """Section 6.1, and RFC 9101 section 5; a client that has to sign is told too, though nothing outside counts."""
    uri = "https://demarches.exemple.fr/demande"
    for client_id, has_to_sign in (("free", False), ("bound", True)):
        application = await register(
            site, client_id, jwks=JWKS, request_uris=(uri,), require_signed_request_object=has_to_sign
        )
        both = application.start(request=signed(application, HOLDER), request_uri=uri)
        assert (await visitor.open(both)).returned["error"] == "invalid_request"


async def test_response_type_and_client_id_outside_must_match_those_in_the_object(site: Site, visitor: Visitor) -> None:
    """Section 6.1; that of the client is among the objects that are not good."""
    application = await register(site, jwks=JWKS)
    page = await visitor.open(application.start(request=signed(application), response_type="id_token"))
    assert page.returned["error"] == "invalid_request"
