"""Issuing: a code, an access token, a refresh token. Only their digests are stored, whatever their form.

A refresh token's successor is derived from it under the server's key, so that whoever lost an answer and asks again
within the grace receives the very same successor: the family stays a line (RFC 9700 section 4.14.2).
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from clients.client import Client
from idp.foundation.audit import Line
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, issue, new_id
from idp.foundation.settings import DAY
from idp.interactions.request import AuthorizationRequest
from idp.oidc import access_token, store
from idp.oidc.grant import Grant
from idp.oidc.store import Validity
from idp.oidc.subjects import subject_for
from idp.oidc.targets import Allowed, Target
from idp.sessions.session import Session


@dataclass(frozen=True, slots=True)
class Issued:
    """Tokens just issued, in clear for the one time they are told. `expires_in` in seconds.

    `scope` is the access token's; `identifies`: an ID token goes with it, since `openid` was granted to begin with.
    """

    access_token: str
    expires_in: int
    scope: tuple[str, ...]
    identifies: bool = False
    refresh_token: str | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant just made, and its code in clear for the one time it is told."""

    grant: Grant
    code: str | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """To whom tokens are issued: a client, for itself or for the person of a grant. `scope` is what it may use at most,
    and `target` what the access token is for."""

    client: Client
    scope: tuple[str, ...]
    target: Target
    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token to hand out and its end (seconds UTC); `is_stored` when it was handed out before."""

    token: str
    expires_at: int
    is_stored: bool = False


def grant(
    connection: Connection,
    provider: Provider,
    client: Client,
    request: AuthorizationRequest,
    session: Session,
    line: Line,
) -> Granted:
    """Grant what was asked; with a code, good once and for a minute, when it is asked (RFC 6749 section 4.1.2).

    `line` tells of it in the audit; its time is that of the grant.
    """
    code = issue(Kind.CODE, provider.randomness) if "code" in request.words() else None
    granted = Grant(
        id=new_id(provider.randomness),
        client_id=request.client_id,
        person_id=session.person_id,
        subject=subject_for(connection, provider, client, session.person_id),
        session_id=session.id,
        scope=request.scope,
        claims=request.claims,
        nonce=request.nonce,
        acr=session.acr,
        methods=session.methods,
        authenticated_at=session.authenticated_at,
        offline="offline_access" in request.scope,
        redirect_uri=request.redirect_uri,
        code_challenge=request.code_challenge,
        resources=request.resources,
    )
    code_expires_at = line.at + provider.settings.lifetimes.code
    validity = Validity(code_expires_at, code_expires_at + _refresh_life(provider, client))
    store.add_grant(connection, granted, code, line.at, validity, line)
    return Granted(granted, code)


def grant_to_device(
    connection: Connection, provider: Provider, client: Client, allowed: Allowed, session: Session, now: int
) -> str:
    """Grant a device what its owner accepted on another screen; it outlives that screen's session. Its id."""
    granted = Grant(
        id=new_id(provider.randomness),
        client_id=client.client_id,
        person_id=session.person_id,
        subject=subject_for(connection, provider, client, session.person_id),
        session_id=None,
        scope=allowed.scope,
        claims={},
        nonce=None,
        acr=session.acr,
        methods=session.methods,
        authenticated_at=session.authenticated_at,
        offline=True,
        redirect_uri="",
        code_challenge=None,
        resources=allowed.resources,
    )
    store.add_grant(connection, granted, None, now, Validity(now, now + DAY + _refresh_life(provider, client)))
    return granted.id


def first_refresh(provider: Provider, client: Client, now: int) -> Refresh | None:
    """The refresh token that begins a family, when the client registered that grant."""
    if not client.allows_grant("refresh_token"):
        return None
    return Refresh(issue(Kind.REFRESH_TOKEN, provider.randomness), now + _refresh_life(provider, client))


def _refresh_life(provider: Provider, client: Client) -> int:
    return client.refresh_token_lifetime or provider.settings.lifetimes.refresh_token


def successor(provider: Provider, previous: str) -> str:
    """The one refresh token that may follow another."""
    return f"{Kind.REFRESH_TOKEN}_{provider.pepper.digest('refresh', previous)}"


def issue_tokens(connection: Connection, provider: Provider, to: Bearer, refresh: Refresh | None, line: Line) -> Issued:
    """Issue an access token, and with it the refresh token if there is one (RFC 6749 section 5.1).

    `line` tells of it in the audit; its time is that of the tokens.
    """
    target, client_id = to.target, to.client.client_id
    if target.token_format == "jwt":
        access = access_token.jwt(provider, client_id, to.grant, target, line.at)
    else:
        access = issue(Kind.ACCESS_TOKEN, provider.randomness)
    stored = refresh if refresh is not None and not refresh.is_stored else None
    store.add_tokens(
        connection,
        store.Issue(
            client_id=client_id,
            scope=target.scope,
            access=access,
            access_expires_at=line.at + target.lifetime,
            audience=target.audience,
            grant_id=to.grant.id if to.grant else None,
            refresh=stored.token if stored else None,
            refresh_scope=to.grant.scope if to.grant else (),
            refresh_expires_at=stored.expires_at if stored else 0,
        ),
        line,
    )
    identifies = "openid" in to.scope
    return Issued(access, target.lifetime, target.scope, identifies, refresh.token if refresh else None)
