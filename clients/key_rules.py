"""What a client's keys must be for what it registers: nothing it is promised may fail at the first token or request.

OpenID Connect Dynamic Client Registration 1.0 section 2, RFC 7591 section 2, RFC 9101 section 10.5.
"""

from collections.abc import Iterator, Mapping

from clients.client import Client
from clients.problems import Problem
from keys.errors import UnknownKey
from keys.jose import SHARED_ALGORITHM
from keys.peers import PeerKeys

_TO_CLIENTS = ("id_token_encrypted_response", "userinfo_encrypted_response")
ENCRYPTED = (*_TO_CLIENTS, "request_object_encryption")
"""What begins the names of the members on each kind of encryption."""


def keys(client: Client) -> Iterator[Problem]:
    """Whether there are keys where something takes one, in one place alone."""
    if client.jwks is not None and client.jwks_uri is not None:
        yield Problem("jwks", "cannot be given together with jwks_uri (RFC 7591 section 2)")
    if client.jwks is None and client.jwks_uri is None:
        for need in _needs_of_keys(client):
            yield Problem("jwks", f"the keys, or jwks_uri where they are, are required by {need}")
    for prefix in _TO_CLIENTS:
        alg = getattr(client, f"{prefix}_alg")
        if client.jwks is not None and alg is not None and not _may_encrypt(client.jwks, alg):
            yield Problem("jwks", f"has no key for {prefix}_alg")


def _needs_of_keys(client: Client) -> Iterator[str]:
    """What would fail at the first token or request, for want of a key of the client's."""
    if client.token_endpoint_auth_method == "private_key_jwt":
        yield "private_key_jwt"
    if client.request_object_signing_alg not in (None, "none"):
        yield "request_object_signing_alg"
    for name in (*(f"{prefix}_alg" for prefix in _TO_CLIENTS), "require_signed_request_object"):
        if getattr(client, name):
            yield name


def _may_encrypt(jwks: Mapping[str, object], alg: str) -> bool:
    try:
        PeerKeys.parse(jwks).for_encryption(alg)
    except UnknownKey:
        return False
    return True


def assertion_algorithm(client: Client) -> Iterator[Problem]:
    """A secret makes an HMAC and a key a signature: neither method ever verifies with what belongs to the other."""
    algorithm, method = client.token_endpoint_auth_signing_alg, client.token_endpoint_auth_method
    shared = algorithm == SHARED_ALGORITHM
    if (
        algorithm is not None
        and shared != client.signs_with_secret
        and method in ("client_secret_jwt", "private_key_jwt")
    ):
        yield Problem("token_endpoint_auth_signing_alg", f"{algorithm} has no use with {method}")


def encryption(client: Client) -> Iterator[Problem]:
    """The encryption of a content goes with the algorithm of its key."""
    for prefix in ENCRYPTED:
        if getattr(client, f"{prefix}_enc") is not None and getattr(client, f"{prefix}_alg") is None:
            yield Problem(f"{prefix}_enc", f"must come with {prefix}_alg")
