"""What the suite checks in every module, whatever the module is about. What it only warns of is refused here too."""

import base64
import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any

import httpx2
from jwcrypto.jwk import JWKSet
from jwcrypto.jws import JWS

JsonObject = dict[str, Any]


def words(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


ID_TOKEN_CLAIMS = words("iss sub aud exp iat auth_time nonce acr amr azp at_hash c_hash s_hash nbf jti sid txn")
ERROR_PARAMETERS = frozenset({"error", "error_description", "error_uri", "state", "iss", "session_state"})
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_TEXTS = words(
    "name given_name family_name middle_name nickname preferred_username profile picture website email gender zoneinfo "
    "locale phone_number"
)
_FLAGS = frozenset({"email_verified", "phone_number_verified"})
_CODE_BITS = 128
_ENTROPY_BITS = 96
_YEAR = 365 * 86_400
_SKEW = 300
_OLDEST_UPDATE = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
_DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]*")
_BIRTHDATE = re.compile(r"(\d{4})(-\d{2}-\d{2})?")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_COORDINATES = {"RSA": words("n e"), "EC": words("x y"), "OKP": words("x")}
_CURVES = {"EC": words("P-256 P-384 P-521 secp256k1"), "OKP": words("Ed25519 Ed448 X25519 X448")}
_ALGORITHMS = words("RS256 PS256 ES256 EdDSA Ed25519 RSA-OAEP RSA-OAEP-256 ECDH-ES")
"""Those of the suite's library that a provider like ours may publish a key for; it warns of a name that it ignores."""


def key_set(document: JsonObject) -> None:
    """Public keys alone, each with a `kid` of its own."""
    keys = document["keys"]
    assert keys
    kids = [key.get("kid") for key in keys]
    assert all(kids), "a key has no kid"
    assert len(set(kids)) == len(kids)
    for key in keys:
        _public_key(key)
    JWKSet.from_json(json.dumps(document))


def _public_key(key: JsonObject) -> None:
    """One that the suite can use: with all its members and no private one, encoded without padding."""
    kind = key["kty"]
    for member in _COORDINATES[kind]:
        assert _BASE64URL.fullmatch(key[member])
    assert kind not in _CURVES or key["crv"] in _CURVES[kind]
    assert key.get("alg", "RS256") in _ALGORITHMS
    assert not _PRIVATE_MEMBERS & key.keys()


def signed(token: str, keys: JsonObject, algorithm: str = "RS256") -> JsonObject:
    """The claims of a JWT whose signature holds, under the published key that it names."""
    header = json.loads(_decoded(token.partition(".")[0]))
    assert header["alg"] == algorithm
    named = [key for key in keys["keys"] if key["kid"] == header["kid"]]
    assert len(named) == 1, "the token names no published key"
    assert named[0].get("use", "sig") == "sig"
    jws = JWS()
    jws.allowed_algs = [algorithm]
    jws.deserialize(token)
    jws.verify(JWKSet.from_json(json.dumps({"keys": named})).get_key(header["kid"]))
    claims: JsonObject = json.loads(jws.payload)
    return claims


def id_token(
    claims: Mapping[str, Any], *, issuer: str, client_id: str, now: int, allowed: Collection[str] = ()
) -> None:
    """What is true of any ID token (OpenID Connect Core 1.0 section 2)."""
    assert claims["iss"] == issuer
    audience = claims["aud"]
    assert client_id in (audience if isinstance(audience, list) else [audience])
    assert abs(claims["iat"] - now) < _SKEW
    assert now < claims["exp"] < now + 50 * _YEAR
    assert now - _YEAR < claims["auth_time"] <= now
    assert isinstance(claims["sub"], str)
    assert claims["sub"]
    assert claims.get("acr") != ""
    assert not claims.keys() - ID_TOKEN_CLAIMS - set(allowed), "an ID token with more than was asked"
    standard_claims(claims, now)


def standard_claims(claims: Mapping[str, Any], now: int) -> None:
    """The types of the standard claims (section 5.1); what has no value is absent."""
    for name, value in claims.items():
        assert value is not None, f"{name} is null"
        if name in _TEXTS:
            _text(name, value)
        elif name in _FLAGS:
            assert isinstance(value, bool), f"{name} is not a boolean"
        elif name == "updated_at":
            assert isinstance(value, int)
            assert _OLDEST_UPDATE <= value <= now + _SKEW
        elif name == "birthdate":
            _birthdate(value)
        elif name == "address":
            assert isinstance(value, dict)
            assert value
            for member, text in value.items():
                _text(f"address.{member}", text)


def _text(name: str, value: object) -> None:
    assert isinstance(value, str), f"{name} is not a text"
    assert value.strip(), f"{name} is blank"
    assert value.strip().lower() != "null", f"{name} is the word null"


def _birthdate(value: str) -> None:
    found = _BIRTHDATE.fullmatch(value)
    assert found is not None, value
    year = int(found[1])
    assert year == 0 or 1850 <= year <= datetime.now(UTC).year
    if found[2]:
        date.fromisoformat(f"{year or 2000:04}{found[2]}")


def half_hash(value: str) -> str:
    """The hash of what goes with an ID token under RS256 (sections 3.1.3.6, 3.3.2.11)."""
    return base64.urlsafe_b64encode(hashlib.sha256(value.encode()).digest()[:16]).rstrip(b"=").decode()


def unguessable(secret: str) -> None:
    """A code or token of 128 bits at least, whose characters vary enough for 96 bits of entropy."""
    assert len(secret) * 8 >= _CODE_BITS
    counts = Counter(secret)
    per_character = -sum(each / len(secret) * math.log2(each / len(secret)) for each in counts.values())
    assert per_character * len(secret) > _ENTROPY_BITS


def token_characters(token: str) -> None:
    """RFC 6749 appendices A.12 and A.17."""
    assert re.fullmatch(r"[\x20-\x7E]+", token)


def expires_in(answer: Mapping[str, Any]) -> None:
    """A positive number of seconds, of a year at most."""
    seconds = answer["expires_in"]
    assert isinstance(seconds, int)
    assert not isinstance(seconds, bool)
    assert 0 < seconds <= _YEAR


def error(parameters: Mapping[str, str]) -> None:
    """The form of an error told to an application (RFC 6749 section 4.1.2.1)."""
    assert parameters["error"]
    assert "code" not in parameters
    assert not parameters.keys() - ERROR_PARAMETERS
    assert _DESCRIPTION.fullmatch(parameters.get("error_description", ""))


def token_error(response: httpx2.Response, code: str) -> None:
    """An error of the token endpoint (RFC 6749 section 5.2)."""
    assert response.status_code == 400, response.text
    assert response.headers["content-type"].startswith("application/json")
    told = response.json()
    assert told["error"] == code
    assert _DESCRIPTION.fullmatch(told.get("error_description", ""))
    assert not told.keys() - {"error", "error_description"}


def registered(answer: Mapping[str, Any]) -> None:
    """The form of the answer to a registration (RFC 7591 section 3.2.1)."""
    assert answer["client_id"]
    assert isinstance(answer.get("client_secret_expires_at"), int) or "client_secret" not in answer
    assert answer["registration_client_uri"].startswith("https://")
    assert answer["registration_access_token"]


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
