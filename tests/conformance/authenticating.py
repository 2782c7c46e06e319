"""How the application proves itself at the token endpoint: each of the methods that it may register, by its name."""

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from tests.conformance.checks import JsonObject
from tests.support.assertions import TYPE as ASSERTION_TYPE

ASSERTION_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the application knows of itself, whom it proves itself to, and when."""

    client_id: str
    secret: str
    key: JWK
    audience: str
    now: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What a request carries beside what it asks for."""

    headers: dict[str, str]
    parameters: dict[str, str]


def jwt(claims: JsonObject, key: JWK, algorithm: str = "RS256") -> str:
    """Claims signed by a key, which the header names if it has a name."""
    kid = json.loads(key.export()).get("kid")
    header = {"alg": algorithm} | ({"kid": kid} if kid else {})
    jws = JWS(json.dumps(claims))
    jws.add_signature(key, algorithm, json.dumps(header))
    return str(jws.serialize(compact=True))


def unsigned_jwt(claims: JsonObject) -> str:
    """Claims that nobody signed."""
    parts = (json.dumps({"alg": "none"}), json.dumps(claims))
    return ".".join(_encoded(part) for part in parts) + "."


def _basic(known: Credentials) -> Proof:
    pair = f"{quote(known.client_id, safe='')}:{quote(known.secret, safe='')}"
    return Proof({"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}, {})


def _post(known: Credentials) -> Proof:
    return Proof({}, {"client_id": known.client_id, "client_secret": known.secret})


def _none(known: Credentials) -> Proof:
    return Proof({}, {"client_id": known.client_id})


def _private_key_jwt(known: Credentials) -> Proof:
    return _assertion(jwt(_claims(known), known.key))


def secret_key(secret: str) -> JWK:
    """A secret as the key of HS256."""
    assert len(secret.encode()) >= 32, "the suite refuses to sign by a secret that is shorter than its hash"
    return JWK(kty="oct", k=_encoded(secret))


def _secret_jwt(known: Credentials) -> Proof:
    return _assertion(jwt(_claims(known), secret_key(known.secret), "HS256"))


def _assertion(signed: str) -> Proof:
    return Proof({}, {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed})


def _claims(known: Credentials) -> JsonObject:
    """What the suite says in an assertion (RFC 7523 section 3)."""
    return {
        "iss": known.client_id,
        "sub": known.client_id,
        "aud": known.audience,
        "jti": secrets.token_urlsafe(16),
        "nbf": known.now,
        "iat": known.now,
        "exp": known.now + ASSERTION_SECONDS,
    }


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


METHODS: dict[str, Callable[[Credentials], Proof]] = {
    "none": _none,
    "client_secret_basic": _basic,
    "client_secret_post": _post,
    "client_secret_jwt": _secret_jwt,
    "private_key_jwt": _private_key_jwt,
}
