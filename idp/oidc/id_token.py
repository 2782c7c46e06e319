"""The ID token and the token response: OpenID Connect Core 1.0 sections 2, 3.1.3.3 and 12.2."""

from collections.abc import Mapping

from clients.client import Client
from idp.foundation.provider import Provider
from idp.oidc.grants import Members
from idp.oidc.store import Grant
from idp.oidc.tokens import Issued
from keys import claims as registered
from keys import jose


def id_token(
    provider: Provider, client: Client, grant: Grant, now: int, *, access_token: str, extra: Mapping[str, object]
) -> str:
    """Sign what the provider says of an authentication. Identity claims are told at userinfo, not here."""
    key = provider.keys_in_use().signing_key(client.id_token_signed_response_alg)
    claims: dict[str, object] = {
        **extra,
        "iss": provider.settings.issuer,
        "sub": grant.person_id,
        "aud": client.client_id,
        "iat": now,
        "exp": now + provider.settings.lifetimes.id_token,
        "auth_time": grant.authenticated_at,
        "acr": grant.acr,
        "amr": list(grant.methods),
        "sid": grant.session_id,
        "at_hash": registered.half_hash(access_token, key.alg),
    }
    return jose.sign(key, claims, typ="JWT")


def token_response(
    provider: Provider, client: Client, grant: Grant, issued: Issued, now: int, *, extra: Mapping[str, object]
) -> Members:
    """The members of a successful answer (RFC 6749 section 5.1). `extra` joins the ID token: `nonce`, asked claims."""
    members: dict[str, str | int] = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(issued.scope),
    }
    if issued.refresh_token is not None:
        members["refresh_token"] = issued.refresh_token
    if "openid" in issued.scope:
        members["id_token"] = id_token(provider, client, grant, now, access_token=issued.access_token, extra=extra)
    return members
