"""Encrypting what a client asked to receive encrypted: OpenID Connect Core 1.0 sections 10.2 and 16.14.

A token is signed first, then encrypted to a key the client publishes (nested JWT, RFC 7519 section 5.2).
"""

from collections.abc import Mapping
from typing import Any

from clients.client import Client
from idp.foundation.provider import Provider
from idp.oidc import client_keys
from idp.oidc.errors import OAuthProblem
from keys import jose
from keys.algorithms import CONTENT_ENCRYPTION, KEY_MANAGEMENT
from keys.errors import UnknownKey

KEYS = tuple(sorted(KEY_MANAGEMENT))
CONTENTS = tuple(sorted(CONTENT_ENCRYPTION))
DEFAULT_CONTENT = "A128CBC-HS256"
"""What OpenID Connect Registration 1.0 section 2 gives to an absent `enc`."""


def announced(what: str) -> Mapping[str, Any]:
    """The members of the metadata document on how `what` may be encrypted."""
    return {
        f"{what}_encryption_alg_values_supported": list(KEYS),
        f"{what}_encryption_enc_values_supported": list(CONTENTS),
    }


def encrypted(provider: Provider, client: Client, content: str, alg: str | None, enc: str | None, now: int) -> str:
    """The signed token as the client wants it: encrypted under `alg`, or as it is when it asked for nothing.

    Claims in JSON, which nobody signs, are encrypted in the same manner (Core 1.0 section 5.3.2).

    Raises `OAuthProblem` when the client publishes no key to encrypt to: what it asked to be hidden is not shown.
    """
    if alg is None:
        return content
    keys = client_keys.known(provider, client, now)
    none = OAuthProblem("server_error", "this client publishes no key to encrypt to")
    if keys is None:
        raise none
    try:
        is_token = not content.startswith("{")
        return jose.encrypt(content, keys.for_encryption(alg), alg=alg, enc=enc or DEFAULT_CONTENT, nested=is_token)
    except (UnknownKey, ValueError):
        raise none from None


async def prepare(provider: Provider, client_id: str, now: int) -> None:
    """Read the keys of a client that receives something encrypted, before the transaction that issues it."""
    client = await provider.client(client_id, now)
    if client is not None and (client.id_token_encrypted_response_alg or client.userinfo_encrypted_response_alg):
        await client_keys.renew(provider, client, None, now)
