"""Authorization requests as JWTs: RFC 9101, OpenID Connect Core 1.0 section 6.

What the object says replaces what the query says (section 6.1); nothing it says changes how it is checked. A client
that registered an algorithm uses that one. An unsigned object proves nothing more than a query: it is taken only where
the authority's settings say so, and never from a client that has to sign.
"""

import json
from collections.abc import Mapping
from typing import Any

from clients.client import Client
from idp.foundation.provider import Provider
from idp.foundation.settings import Settings
from idp.oidc.errors import AuthorizationRefused
from idp.oidc.targets import REPEATABLE
from idp.web.parameters import Parameters
from keys import claims as registered
from keys import jose
from keys.encoding import decode, read_object
from keys.errors import BadClaims, BadToken
from keys.peers import PeerKeys
from keys.ring import ENCRYPTION_HELD

SIGNING = ("RS256", "PS256", "ES256", "EdDSA")
CONTENT = ("A128GCM", "A256GCM", "A128CBC-HS256")
TYPES = ("JWT", "oauth-authz-req+jwt")
LONGEST = 8_192
LEEWAY = 30
_ABOUT_THE_OBJECT = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub", "client_id"})


def signing_algorithms(settings: Settings) -> tuple[str, ...]:
    """What may protect an object, `none` included where the settings allow it."""
    return (*SIGNING, "none") if settings.unsigned_request_objects else SIGNING


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on request objects."""
    return {
        "request_parameter_supported": True,
        "request_object_signing_alg_values_supported": list(signing_algorithms(provider.settings)),
        "request_object_encryption_alg_values_supported": list(ENCRYPTION_HELD),
        "request_object_encryption_enc_values_supported": list(CONTENT),
    }


def unpack(sent: Parameters, client: Client, keys: PeerKeys | None, provider: Provider, now: int) -> Parameters:
    """The request with the members of its `request` object in their place. Raises `AuthorizationRefused`."""
    written = sent.get("request")
    if written is None:
        if client.require_signed_request_object:
            raise AuthorizationRefused("invalid_request", "this client has to send a signed request object")
        return sent
    if sent.doubled(REPEATABLE):
        raise AuthorizationRefused("invalid_request", "a parameter beside the request object is sent twice")
    if "request_uri" in sent:
        raise AuthorizationRefused("invalid_request", "request and request_uri are sent together")
    try:
        claims = _open(written, client, keys, provider)
        _check(claims, client, provider, now)
    except (BadToken, BadClaims) as error:
        raise AuthorizationRefused("invalid_request_object", f"the request object is not accepted: {error}") from None
    outside, said = sent.get("response_type"), claims.get("response_type")
    if None not in (outside, said) and outside != said:
        raise AuthorizationRefused("invalid_request", "response_type is not the one of the request object")
    inside = [pair for name, value in claims.items() if name not in _ABOUT_THE_OBJECT for pair in _pairs(name, value)]
    replaced = {"request", "client_id", *claims}
    beside = () if client.require_signed_request_object else sent.pairs()
    kept = [(name, value) for name, value in beside if name not in replaced]
    return Parameters([*kept, *inside, ("client_id", client.client_id)])


def _open(written: str, client: Client, keys: PeerKeys | None, provider: Provider) -> dict[str, object]:
    if len(written) > LONGEST:
        raise BadToken("it is too long")
    if written.count(".") == 4:
        # what the client registered says what it may use, and binds it to nothing (Registration 1.0 section 2)
        written = jose.decrypt(written, provider.keys_in_use().decryption_keys(), algorithms=ENCRYPTION_HELD)
    allowed = signing_algorithms(provider.settings)
    if client.request_object_signing_alg is not None:
        allowed = (client.request_object_signing_alg,)
    if jose.peek(written).get("alg") == "none":
        return _unsigned(written, client, allowed)
    return jose.verify(
        written, keys or (), algorithms=[each for each in allowed if each != "none"], typ=TYPES, longest=LONGEST
    )


def _unsigned(written: str, client: Client, allowed: tuple[str, ...]) -> dict[str, object]:
    if "none" not in allowed or client.require_signed_request_object:
        raise BadToken("it has to be signed")
    _, body, signature = written.split(".")
    if signature:
        raise BadToken("it says to be unsigned and has a signature")
    return read_object(decode(body))


def _check(claims: Mapping[str, object], client: Client, provider: Provider, now: int) -> None:
    """Who says it and to whom, where that is said; a client assertion is no request (RFC 9101 section 10.8)."""
    if {"request", "request_uri"} & claims.keys():
        raise BadToken("it holds another object")
    if claims.get("client_id", client.client_id) != client.client_id or claims.get("sub") == client.client_id:
        raise BadToken("it is about another client")
    issuer = provider.settings.issuer
    expected = registered.Expected(client.client_id, frozenset({issuer}), required=(), leeway=LEEWAY)
    registered.check({"iss": client.client_id, "aud": issuer, **claims}, expected, now)


def _pairs(name: str, value: object) -> list[tuple[str, str]]:
    """A member as parameters: one, or one for each item of a list that may be repeated (RFC 8707 section 2)."""
    items = value if name in REPEATABLE and isinstance(value, list) else [value]
    return [(name, _text(item)) for item in items]


def _text(value: object) -> str:
    """A member as a parameter: text as it is, numbers and objects (`max_age`, `claims`) as they are written in JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
