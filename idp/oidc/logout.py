"""Signing out: OpenID Connect RP-Initiated Logout 1.0, and the person's own « Se déconnecter ».

The local session ends first; then the browser passes by the upstream provider if the session came from one; last, it
goes back to the application, at an address that application registered and only when it proved to be the one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.responses import Response

from clients.client import Client
from clients.redirects import origin
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.errors import BadRequest
from idp.foundation.texts import text
from idp.interactions.pages import view_of
from idp.oidc import hints
from idp.oidc.hints import Hint
from idp.sessions import departures
from idp.sessions import store as sessions
from idp.sessions.browser import current, detach
from idp.sessions.session import Session
from idp.web.endpoint import Call
from idp.web.pages import Frame, Page, redirect, render

_KEPT = ("id_token_hint", "post_logout_redirect_uri", "state", "client_id")
_LONGEST_STATE = 4_096
DONE = "/deconnexion/fin"


@dataclass(frozen=True, slots=True)
class SignOutPage(Page):
    """The question. `kept` is posted again with the answer."""

    template: ClassVar[str] = "oidc/signout.html"
    action: str
    kept: Mapping[str, str]
    applications: tuple[str, ...]
    way_back: str | None = None


@dataclass(frozen=True, slots=True)
class SignedOutPage(Page):
    """The end, when there is no application to go back to."""

    template: ClassVar[str] = "oidc/signed_out.html"
    way_back: str | None = None


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A judged request: the hint that proves the application, the application, and where it may have the browser."""

    hint: Hint | None
    client: Client | None
    return_to: str | None


async def logout(call: Call) -> Response:
    """`GET` and `POST /logout` from an application: at once when its hint is about the session here, else ask."""
    if call.method == "POST":
        return redirect(f"/logout?{urlencode(list(call.form.pairs()))}")
    request = await call.provider.database.read(_judge, call)
    session = await current(call)
    if session is None or _is_about(request.hint, session):
        return await _end(call, session, request)
    return await _ask(call, session, request)


async def show(call: Call) -> Response:
    """`GET /deconnexion`: the person's own wish."""
    session = await current(call)
    nobody = LogoutRequest(None, None, None)
    return await _end(call, None, nobody) if session is None else await _ask(call, session, nobody)


async def confirm(call: Call) -> Response:
    """`POST /deconnexion`: the person said yes."""
    request = await call.provider.database.read(_judge, call)
    return await _end(call, await current(call), request)


async def finished(call: Call) -> Response:
    """`GET /deconnexion/fin`: it is done, and no application waits."""
    return render(call, SignedOutPage(), headers={"Clear-Site-Data": '"cache"'})


def _is_about(hint: Hint | None, session: Session) -> bool:
    return hint is not None and hint.session_id == session.id


def _judge(connection: Connection, call: Call) -> LogoutRequest:
    """Sections 2 and 3: the hint may have expired, the address must be registered by the application that asks.

    A hint that is not ours, or an address that nobody is named for, proves nothing: the person is asked, as if they had
    come by themselves, and goes nowhere afterwards.
    """
    sent = call.sent
    if doubled := sent.doubled():
        raise BadRequest("invalid_request", text("La demande est mal formée."), cause=f"doubled {doubled[0][:40]}")
    token = sent.get("id_token_hint")
    hint = hints.read(token, call.provider.keys_in_use(), call.provider.settings.issuer) if token else None
    client = _client(connection, call, hint) if hint or not token else None
    return LogoutRequest(hint, client, _return_address(call, client) if client else None)


def _client(connection: Connection, call: Call, hint: Hint | None) -> Client | None:
    named = call.sent.get("client_id")
    if hint is not None and named is not None and named != hint.client_id:
        raise BadRequest("invalid_request", text("La demande est mal formée."), cause="client_id is not the hint's")
    client_id = hint.client_id if hint else named
    registered = call.provider.clients.find(connection, client_id, call.now) if client_id else None
    return registered.client if registered and not registered.client.suspended else None


def _return_address(call: Call, client: Client) -> str | None:
    uri, state = call.sent.get("post_logout_redirect_uri"), call.sent.get("state")
    if uri is None:
        return None
    if not client.may_return_after_logout(uri):
        raise BadRequest(
            "post_logout_redirect_uri_not_registered",
            text("L'adresse de retour après la déconnexion n'est pas enregistrée."),
            cause=f"client {client.client_id}",
        )
    if state is None:
        return uri
    if len(state) > _LONGEST_STATE:
        raise BadRequest("invalid_request", text("La demande est mal formée."), cause="state too long")
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode({'state': state})}"


async def _ask(call: Call, session: Session, request: LogoutRequest) -> Response:
    names = await call.provider.database.read(_names, call, session)
    kept = {name: value for name in _KEPT if (value := call.sent.get(name)) is not None}
    targets = (origin(request.return_to),) if request.return_to else ()
    upstreams = tuple(each.issuer for each in call.provider.settings.upstreams if each.name == session.upstream)
    frame = Frame(
        client=view_of(request.client) if request.client else None,
        form_action=(*targets, *(origin(issuer) for issuer in upstreams)),
    )
    return render(call, SignOutPage("/deconnexion", kept, names), frame=frame)


def _names(connection: Connection, call: Call, session: Session) -> tuple[str, ...]:
    found = (
        call.provider.clients.find(connection, each, call.now) for each in sessions.clients_of(connection, session.id)
    )
    return tuple(registered.client.name for registered in found if registered)


async def _end(call: Call, session: Session | None, request: LogoutRequest) -> Response:
    target = await call.provider.database.transaction(_write, call, session, request)
    return detach(redirect(target), call)


def _write(connection: Connection, call: Call, session: Session | None, request: LogoutRequest) -> str:
    """End the session and say where the browser goes: first to the upstream provider it came from, if any."""
    target = request.return_to or DONE
    ended = sessions.end(connection, session.id, call.now) if session else None
    if ended is None:
        return target
    audit.record(
        connection,
        Event.SESSION_ENDED,
        at=call.now,
        person_id=ended.person_id,
        client_id=request.client.client_id if request.client else None,
        session_id=ended.id,
        address=call.address,
    )
    leaving = departures.prepare(connection, ended, call.browser, target, call.provider.randomness, call.now)
    return leaving or target
