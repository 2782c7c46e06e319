"""The client configuration endpoint: RFC 7592, OpenID Connect Dynamic Client Registration 1.0 section 4.

An application reads, replaces or deletes its own registration with the token it was given. The token is stored as a
digest and changes with each update; a secret is never told again.
"""

from collections.abc import Iterator
from dataclasses import replace
from hmac import compare_digest

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from clients import registry, secrets
from clients.client import OWN_MEMBERS, Client
from clients.manifest import Change
from clients.problems import Problem
from clients.registry import Issued
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.secrets import Kind, digest, issue
from idp.oidc.registration import admission, documents, sectors
from idp.oidc.registration.documents import Document
from idp.oidc.registration.errors import NotAllowed, not_authorized, refused_for
from idp.oidc.removal import take_back
from idp.web.endpoint import Call
from idp.web.headers import PRIVATE

_PROVIDERS_OWN = (
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
)
"""What an update must not contain (RFC 7592 section 2.2)."""

_WHERE_PEOPLE_GO = ("redirect_uris", "post_logout_redirect_uris")
_SHOWN_TO_PEOPLE = ("client_name", "logo_uri", "client_uri", "initiate_login_uri")


async def read(call: Call) -> Response:
    """`GET /register/{client_id}`: all that is registered (section 2.1)."""
    token = documents.presented(call, Kind.REGISTRATION_TOKEN)
    client = await call.provider.database.read(_managed, call, token)
    return JSONResponse(documents.answer(call.provider, client, token), headers=PRIVATE)


async def update(call: Call) -> Response:
    """`PUT /register/{client_id}`: the document replaces the former one, and the token changes (section 2.2)."""
    provider = call.provider
    token = documents.presented(call, Kind.REGISTRATION_TOKEN)
    await provider.database.alone(admission.count, call)
    await provider.database.read(_managed, call, token)
    document = documents.read(call)
    judged = documents.judge(provider, document, call.path_params["client_id"], call.now)
    await sectors.check(provider, judged)
    issued, successor = await provider.database.transaction(_update, call, judged, document, token)
    provider.clients.invalidate()
    return JSONResponse(documents.answer(provider, issued.client, successor, issued.secret), headers=PRIVATE)


async def delete(call: Call) -> Response:
    """`DELETE /register/{client_id}`: 204, and what was issued to the application is worth nothing (section 2.3)."""
    token = documents.presented(call, Kind.REGISTRATION_TOKEN)
    await call.provider.database.transaction(_delete, call, token)
    call.provider.clients.invalidate()
    return Response(status_code=204, headers=PRIVATE)


def _managed(connection: Connection, call: Call, token: str) -> Client:
    """The client of the address, if the token is its own. An unknown client is answered 401 too (section 2.1)."""
    found = registry.entrusted(connection, call.path_params["client_id"])
    if found is None or not compare_digest(found[1], digest(token)):
        raise not_authorized(presented=True)
    client, _ = found
    if client.suspended:
        raise NotAllowed("this application was suspended by the operators of this provider")
    return client


def _update(connection: Connection, call: Call, judged: Client, document: Document, token: str) -> tuple[Issued, str]:
    provider = call.provider
    current = _managed(connection, call, token)
    if faults := list(_faults(connection, call, current, document)):
        raise refused_for(*faults)
    client = _as_granted(current, judged)
    successor = issue(Kind.REGISTRATION_TOKEN, provider.randomness)
    if not registry.entrust(connection, client.client_id, digest(successor), previous=digest(token)):
        raise not_authorized(presented=True)
    issued = registry.amend(
        connection, client, now=call.now, random_bytes=provider.randomness.token_bytes, seal=provider.seal
    )
    if _goes_further(current, client):
        take_back(connection, client.client_id, call.now)
    audit.record(
        connection,
        Event.CLIENT_AMENDED,
        at=call.now,
        client_id=client.client_id,
        address=call.address,
        by="itself",
        members=" ".join(Change(current, client).members),
    )
    return issued, successor


def _delete(connection: Connection, call: Call, token: str) -> None:
    client = _managed(connection, call, token)
    registry.remove(connection, client.client_id)
    take_back(connection, client.client_id, call.now)
    audit.record(
        connection, Event.CLIENT_REMOVED, at=call.now, client_id=client.client_id, address=call.address, by="itself"
    )


def _faults(connection: Connection, call: Call, current: Client, document: Document) -> Iterator[Problem]:
    """What an update says of itself that is not so (section 2.2)."""
    for name in _PROVIDERS_OWN:
        if name in document:
            yield Problem(name, "must not be in an update (RFC 7592 section 2.2)")
    if document.get("client_id") != current.client_id:
        yield Problem("client_id", "must be the one of this registration")
    secret = document.get("client_secret")
    held = registry.secrets_of(connection, current.client_id)
    if secret is not None and not (isinstance(secret, str) and secrets.matches(held, secret, call.now)):
        yield Problem("client_secret", "must be the present one, and is not chosen by an application")


def _as_granted(current: Client, judged: Client) -> Client:
    """The new registration with what operators granted, unless people would meet another application under it."""
    granted = {name: getattr(current, name) for name in OWN_MEMBERS}
    client = replace(judged, **granted)
    client = replace(client, require_pkce=client.require_pkce or (client.public and judged.require_pkce))
    if _goes_further(current, client):
        client = replace(client, first_party=False, listed=False, self_registered=True)
    return client


def _goes_further(before: Client, after: Client) -> bool:
    """Whether an update sends people elsewhere, knows more of them or shows them another name or way in (DC-14)."""
    elsewhere = any(set(getattr(after, name)) - set(getattr(before, name)) for name in _WHERE_PEOPLE_GO)
    more = set(after.scope.split()) - set(before.scope.split()) or before.subject_type != after.subject_type
    renamed = any(getattr(before, name) != getattr(after, name) for name in _SHOWN_TO_PEOPLE)
    return bool(elsewhere or more or renamed)
