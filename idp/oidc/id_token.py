"""The ID token and the token response: OpenID Connect Core 1.0 sections 2, 3.1.3.3, 3.3.2.11 and 12.2."""

from collections.abc import Mapping
from typing import Any

from clients.client import Client
from idp.foundation.provider import Provider
from idp.oidc import encryption
from idp.oidc.grant import Grant
from idp.oidc.grants import Members
from idp.oidc.tokens import Issued
from keys import claims as registered
from keys import jose


def announced_signatures(provider: Provider) -> tuple[str, ...]:
    """What the ring signs under; an algorithm kept for those already registered is for nobody else."""
    wanted = provider.settings.keys.signing
    return tuple(alg for alg in provider.keys_in_use().algorithms() if alg in wanted)


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on ID tokens."""
    return {
        "id_token_signing_alg_values_supported": list(announced_signatures(provider)),
        **encryption.announced("id_token"),
    }


def id_token(
    provider: Provider, client: Client, grant: Grant, now: int, beside: Mapping[str, str], told: Mapping[str, object]
) -> str:
    """Sign what the provider says of an authentication.

    `beside` holds what is handed over with the token, by the name of its hash: `at_hash`, `c_hash`, `s_hash`. `told`
    are the identity claims asked for this place; others are told at userinfo.
    """
    key = provider.keys_in_use().signing_key(client.id_token_signed_response_alg)
    claims: dict[str, object] = {
        **told,
        "iss": provider.settings.issuer,
        "sub": grant.subject,
        "aud": client.client_id,
        "iat": now,
        "exp": now + provider.settings.lifetimes.id_token,
        "auth_time": grant.authenticated_at,
        "acr": grant.acr,
        "amr": list(grant.methods),
        **{name: registered.half_hash(value, key.alg) for name, value in beside.items()},
    }
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    if grant.session_id is not None:
        claims["sid"] = grant.session_id
    alg, enc = client.id_token_encrypted_response_alg, client.id_token_encrypted_response_enc
    return encryption.encrypted(provider, client, jose.sign(key, claims, typ="JWT"), alg, enc, now)


def token_response(
    provider: Provider, client: Client, grant: Grant, issued: Issued, now: int, *, told: Mapping[str, object]
) -> Members:
    """The members of a successful answer (RFC 6749 section 5.1). `told` joins the ID token."""
    members = dict(access_members(issued))
    if issued.refresh_token is not None:
        members["refresh_token"] = issued.refresh_token
    if issued.identifies:
        members["id_token"] = id_token(provider, client, grant, now, {"at_hash": issued.access_token}, told)
    return members


def access_members(issued: Issued) -> Members:
    """What is said of an access token, wherever it is handed over."""
    return {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(issued.scope),
    }
