"""The refresh token grant: RFC 6749 section 6, OpenID Connect Core 1.0 section 12, RFC 9700 section 4.14.2.

Each use gives a successor. The same token used again within the grace (an answer was lost, two tabs raced) gives the
same successor; used again later, or by another client, it revokes the family.
"""

from dataclasses import replace

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, is_of
from idp.oidc import store
from idp.oidc.errors import OAuthProblem, Replayed, invalid_grant, invalid_request
from idp.oidc.grant import Grant
from idp.oidc.grants import Members, TokenRequest
from idp.oidc.grants.person import tokens_for
from idp.oidc.store import Token
from idp.oidc.tokens import Refresh, successor


def exchange(connection: Connection, provider: Provider, request: TokenRequest) -> Members:
    """Exchange a refresh token for new tokens. The ID token keeps its `auth_time` and has no `nonce` (section 12.2)."""
    presented = request.form.get("refresh_token")
    if presented is None:
        raise invalid_request("refresh_token is missing")
    grant, refresh = _next(connection, provider, request, presented)
    return tokens_for(
        connection, provider, request, replace(grant, nonce=None), refresh, scope=_narrowed(request, grant)
    )


def _next(connection: Connection, provider: Provider, request: TokenRequest, presented: str) -> tuple[Grant, Refresh]:
    if not is_of(Kind.REFRESH_TOKEN, presented):
        raise invalid_grant("the refresh token is unknown, expired or revoked")
    rotated = store.rotate(connection, presented, request.client.client_id, request.now)
    following = successor(provider, presented)
    if rotated is not None:
        grant, ends_at = rotated
        return grant, Refresh(following, ends_at)
    known = store.find_token(connection, presented, request.now)
    if known is None or known.grant is None or known.kind != "refresh":
        raise invalid_grant("the refresh token is unknown, expired or revoked")
    if _within_grace(connection, provider, request, known, following):
        return known.grant, Refresh(following, known.expires_at, is_stored=True)
    raise _reused(connection, request, known, known.grant)


def _within_grace(
    connection: Connection, provider: Provider, request: TokenRequest, known: Token, following: str
) -> bool:
    """Whether it is the same client that asks again at once, and has not used what it was given."""
    grace = provider.settings.lifetimes.refresh_grace
    if not known.alive or known.client_id != request.client.client_id or known.used_at is None:
        return False
    if request.now - known.used_at > grace:
        return False
    given = store.find_token(connection, following, request.now)
    return given is not None and given.alive and given.used_at is None


def _reused(connection: Connection, request: TokenRequest, known: Token, grant: Grant) -> OAuthProblem:
    stolen = known.used_at is not None or known.client_id != request.client.client_id
    if not stolen:
        return invalid_grant("the refresh token is unknown, expired or revoked")
    if store.revoke_grant(connection, grant.id, request.now):
        audit.record(
            connection,
            Event.REFRESH_REPLAYED,
            at=request.now,
            person_id=grant.person_id,
            client_id=known.client_id,
            address=request.address,
            grant=grant.id,
        )
    return Replayed("the refresh token was used before")


def _narrowed(request: TokenRequest, grant: Grant) -> tuple[str, ...]:
    """A client may ask for less than it was granted, never more (RFC 6749 section 6)."""
    asked = request.form.get("scope")
    if asked is None:
        return grant.scope
    wanted = asked.split()
    if not set(wanted) <= set(grant.scope):
        raise OAuthProblem("invalid_scope", "scope exceeds what was granted")
    return tuple(scope for scope in grant.scope if scope in wanted)
