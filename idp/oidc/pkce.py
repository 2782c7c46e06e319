"""Proof Key for Code Exchange: RFC 7636, with S256 alone (RFC 9700 section 2.1.1)."""

import hmac
from collections.abc import Mapping
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from clients.client import Client
from idp.foundation.provider import Provider
from idp.oidc.errors import AuthorizationRefused, invalid_grant
from idp.web.parameters import Parameters

METHODS = ("S256",)
_CHALLENGE_LENGTH = 43
_SHORTEST_VERIFIER, _LONGEST_VERIFIER = 43, 128
_BASE64URL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def announced(provider: Provider) -> Mapping[str, Any]:
    """The member of the metadata document on challenges (RFC 8414 section 2)."""
    return {"code_challenge_methods_supported": list(METHODS)}


def challenge(sent: Parameters, client: Client, *, with_code: bool) -> str | None:
    """The challenge of a request, demanded here, where a missing one still harms nobody.

    Without a code in the answer there is nothing to protect. Raises `AuthorizationRefused`.
    """
    asked, method = sent.get("code_challenge"), sent.get("code_challenge_method")
    if asked is None:
        if (client.require_pkce and with_code) or method is not None:
            raise AuthorizationRefused("invalid_request", "code_challenge is missing")
        return None
    if method not in METHODS:
        raise AuthorizationRefused("invalid_request", "code_challenge_method must be S256")
    if len(asked) != _CHALLENGE_LENGTH or not _BASE64URL.issuperset(asked):
        raise AuthorizationRefused("invalid_request", "code_challenge is not a base64url SHA-256")
    return asked


def check(verifier: str | None, made: str | None) -> None:
    """Raise `invalid_grant` unless the verifier answers the challenge made (section 4.6).

    A verifier where no challenge was made is refused too: somebody took it out (RFC 9700 section 4.8.2).
    """
    if made is None:
        if verifier is not None:
            raise invalid_grant("code_verifier without code_challenge")
        return
    if verifier is None or not _SHORTEST_VERIFIER <= len(verifier) <= _LONGEST_VERIFIER or not verifier.isascii():
        raise invalid_grant("code_verifier is missing or malformed")
    if not hmac.compare_digest(create_s256_code_challenge(verifier), made):
        raise invalid_grant("code_verifier does not match code_challenge")
