"""The device code grant: RFC 8628 sections 3.4 and 3.5. The device asks until the person has decided, not too often."""

from typing import ClassVar

from sqlalchemy import Connection

from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, is_of
from idp.oidc import device_store as store
from idp.oidc.device_store import Poll
from idp.oidc.errors import OAuthProblem, invalid_grant, invalid_request
from idp.oidc.grants import Members, TokenRequest
from idp.oidc.grants.person import tokens_for
from idp.oidc.tokens import first_refresh

INTERVAL = 5
"""Seconds between two questions; the server says so at the start (section 3.2)."""


class NotYet(OAuthProblem):
    """The device may ask again; when it asked is kept."""

    keeps_writes: ClassVar[bool] = True


def exchange(connection: Connection, provider: Provider, request: TokenRequest) -> Members:
    """The tokens of an accepted request, once; before that, what the device should do."""
    code, client = request.form.get("device_code"), request.client
    if code is None:
        raise invalid_request("device_code is missing")
    found = store.poll(connection, code, client.client_id, request.now) if is_of(Kind.DEVICE_CODE, code) else None
    if found is None:
        raise invalid_grant("the device code is unknown or not for this client")
    _judge(found, request.now)
    grant = store.use(connection, found, request.now)
    if grant is None:
        raise invalid_grant("the device code was used before, or what it gave was revoked")
    refresh = first_refresh(provider, client, request.now)
    return tokens_for(connection, provider, request, grant, refresh, grant.scope)


def _judge(found: Poll, now: int) -> None:
    if found.used_at is not None:
        raise invalid_grant("the device code was used before")
    if found.settled_at is not None and found.granted_id is None:
        raise OAuthProblem("access_denied", "the person refused")
    if now >= found.expires_at:
        raise OAuthProblem("expired_token", "the device code has expired")
    if found.settled_at is None:
        if found.last_at is not None and now - found.last_at < INTERVAL:
            raise NotYet("slow_down", "asked again too soon")
        raise NotYet("authorization_pending", "the person has not decided yet")
