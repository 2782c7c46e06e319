"""Client assertions, right or wrong in any one part (RFC 7523 section 3)."""

from typing import Any

from keys import jose
from keys.jwk import Jwk
from keys.ring import Key, Stage
from tests.support.provider import NOW
from tests.support.relying_party import RelyingParty

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def assertion_for(
    application: RelyingParty, key: Jwk, algorithm: str = "ES256", *, kid: str = "k", typ: str = "JWT", **claims: Any
) -> dict[str, str]:
    """The parameters by which an application proves itself. A claim that is None is left out."""
    usual: dict[str, Any] = {
        "iss": application.client.client_id,
        "sub": application.client.client_id,
        "aud": application.issuer,
        "iat": NOW,
        "exp": NOW + 60,
        "jti": f"jti-{application.number()}",
    }
    said = {name: value for name, value in (usual | claims).items() if value is not None}
    signing = Key(kid, "sig", algorithm, Stage.ACTIVE, NOW, NOW, key)
    return {"client_assertion_type": TYPE, "client_assertion": jose.sign(signing, said, typ=typ)}
