"""What an application may register is what discovery announces: nothing is promised that nobody serves."""

from clients.policy import OPERATOR
from tests.support.provider import Site

REGISTRABLE = {
    "scopes_supported": OPERATOR.scopes,
    "grant_types_supported": OPERATOR.grant_types,
    "response_types_supported": OPERATOR.response_types,
    "token_endpoint_auth_methods_supported": OPERATOR.auth_methods,
    "token_endpoint_auth_signing_alg_values_supported": OPERATOR.assertion_algs,
    "subject_types_supported": OPERATOR.subject_types,
    "id_token_signing_alg_values_supported": OPERATOR.signing_algs,
    "userinfo_signing_alg_values_supported": OPERATOR.signing_algs,
    "id_token_encryption_alg_values_supported": OPERATOR.encryption_algs,
    "id_token_encryption_enc_values_supported": OPERATOR.encryption_encs,
    "userinfo_encryption_alg_values_supported": OPERATOR.encryption_algs,
    "userinfo_encryption_enc_values_supported": OPERATOR.encryption_encs,
    "request_object_signing_alg_values_supported": OPERATOR.request_object_algs,
}


async def test_what_may_be_registered_is_what_discovery_announces(site: Site) -> None:
    client = await site.client()
    announced = (await client.get("/.well-known/openid-configuration")).json()
    assert {name: set(announced.get(name, ())) for name in REGISTRABLE} == {
        name: set(values) for name, values in REGISTRABLE.items()
    }
    assert ("pushed_authorization_request_endpoint" in announced) == OPERATOR.pushed_requests
