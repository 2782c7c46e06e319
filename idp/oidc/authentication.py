"""Who is this client, really? RFC 6749 section 2.3, OpenID Connect Core 1.0 section 9, RFC 7523 section 3.

A client proves itself by the one method it registered, and by nothing else in the same request.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from sqlalchemy import Connection

from clients.client import Client
from clients.registry import Registered
from idp.foundation.errors import TooManyAttempts
from idp.foundation.limits import Limit, take
from idp.foundation.texts import text
from idp.oidc import assertions, client_keys
from idp.oidc.errors import InvalidClient, invalid_request
from idp.oidc.targets import REPEATABLE
from idp.web.endpoint import Call

FAILURES = Limit("client authentication failures", allowed=100, per_seconds=600)
"""Enough for a deployment that went wrong; secrets have 256 bits, so what this bounds is the noise."""

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LONGEST_HEADER = 1_024


def announced(endpoint: str, *, public: bool = True) -> Mapping[str, Any]:
    """The members of the metadata document on how clients prove themselves at `endpoint`, `public` ones if they may."""
    return {
        f"{endpoint}_auth_methods_supported": [method for method in METHODS if public or method != "none"],
        f"{endpoint}_auth_signing_alg_values_supported": list(assertions.ALGORITHMS),
    }


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request presents: a client, the method used and its proof."""

    client_id: str
    method: str
    proof: str = ""


async def prepare(call: Call) -> None:
    """Read from the network what proving the client takes: to be awaited before the transaction that authenticates it.

    Only an assertion that could be the client's own leads to a call, and to the address that client registered.
    """
    if "client_assertion" not in call.form:
        return
    presented = read_credentials(call)
    client = await call.provider.client(presented.client_id, call.now)
    if client is None or client.token_endpoint_auth_method != presented.method:
        return
    if assertions.is_plausible(call, client, presented.proof):
        await client_keys.renew(call.provider, client, assertions.key_id(presented.proof), call.now)


def shows_secret(call: Call) -> bool:
    """Whether the client proves itself by its secret alone: what is done for it then writes nothing beside.

    An assertion serves once, which is written down, and who proves nothing is counted.
    """
    return "authorization" in call.headers or "client_secret" in call.form


def authenticate(connection: Connection, call: Call) -> Client:
    """The client that a request to the token, introspection or revocation endpoint proves to come from.

    Raises `InvalidClient` (401), or `OAuthProblem` for a request that presents several proofs.
    """
    presented = read_credentials(call)
    registered = call.provider.clients.find(connection, presented.client_id, call.now)
    if registered is None or registered.client.suspended or not _proves(connection, call, registered, presented):
        raise _failure(connection, call, presented)
    return registered.client


def read_credentials(call: Call) -> Credentials:
    """What the request presents, when it presents exactly one proof (RFC 6749 section 2.3: never two methods)."""
    form = call.form
    if doubled := form.doubled(REPEATABLE):
        raise invalid_request(
            f"parameter sent twice: {''.join(c for c in doubled[0][:40] if c.isalnum() or c in '_-')}"
        )
    basic = call.headers.get("authorization")
    named = form.get("client_id")
    proofs = [basic is not None, "client_secret" in form, "client_assertion" in form]
    if sum(proofs) > 1:
        raise invalid_request("several client authentication methods in one request")
    if basic is not None:
        credentials = _basic(basic)
    elif "client_assertion" in form:
        if form.get("client_assertion_type") != _ASSERTION_TYPE:
            raise invalid_request("client_assertion_type is not supported")
        assertion = form.get("client_assertion") or ""
        credentials = Credentials(named or assertions.subject(assertion), assertions.method(assertion), assertion)
    elif "client_secret" in form:
        credentials = Credentials(named or "", "client_secret_post", form.get("client_secret") or "")
    else:
        credentials = Credentials(named or "", "none")
    if named is not None and named != credentials.client_id:
        raise invalid_request("client_id is not the client that authenticates")
    return credentials


def _basic(header: str) -> Credentials:
    """RFC 7617, with identifier and secret form-encoded first (RFC 6749 section 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _LONGEST_HEADER:
        raise InvalidClient("the Authorization header is not Basic")
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        raise InvalidClient("the Authorization header cannot be read") from None
    if not colon:
        raise InvalidClient("the Authorization header has no secret")
    return Credentials(unquote_plus(client_id), "client_secret_basic", unquote_plus(secret))


def _proves(connection: Connection, call: Call, registered: Registered, presented: Credentials) -> bool:
    if presented.method != registered.client.token_endpoint_auth_method:
        return False
    return METHODS[presented.method](connection, call, registered, presented.proof)


def _secret(_: Connection, call: Call, registered: Registered, proof: str) -> bool:
    return registered.proves(proof, call.now)


def _nothing(*_: object) -> bool:
    return True


METHODS: Mapping[str, Callable[[Connection, Call, Registered, str], bool]] = {
    "client_secret_basic": _secret,
    "client_secret_post": _secret,
    "client_secret_jwt": assertions.accept,
    "private_key_jwt": assertions.accept,
    "none": _nothing,
}
"""Whether the proof that comes by a method is the client's own."""


def _failure(connection: Connection, call: Call, presented: Credentials) -> InvalidClient | TooManyAttempts:
    key = call.provider.pepper.digest("client", f"{presented.client_id[:64]} {call.address}")
    if wait := take(connection, FAILURES, key, call.now):
        return TooManyAttempts("too_many_attempts", text("Trop d'essais. Réessayez plus tard."), retry_after=wait)
    return InvalidClient(
        "client authentication failed", cause=f"client {presented.client_id[:64]!r} {presented.method}"
    )
