"""Signing out: OpenID Connect RP-Initiated Logout 1.0, and the person's own « Se déconnecter ».

The session here ends first, and with it what the applications that listen are told; then the browser tells those that
only it can tell, passes by the upstream provider if the session came from one, and last goes back to the application
that asked, at an address that application registered. It stops on the way only to say what was left open.

A session in which nothing happened for long lets nobody in, and what applications obtained in it is alive: it is ended
like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Connection
from starlette.responses import Response

from clients.redirects import origin
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.interactions.upstreams import origins_of
from idp.oidc import participants
from idp.oidc.logout_request import KEPT, NOBODY, LogoutRequest, judge
from idp.oidc.participants import Reach
from idp.sessions import departures, signouts
from idp.sessions import store as sessions
from idp.sessions.browser import detach, held
from idp.sessions.session import Session
from idp.sessions.signouts import END, Wish
from idp.web.endpoint import Call
from idp.web.pages import Frame, Page, redirect, render
from idp.web.repeating import as_get


@dataclass(frozen=True, slots=True)
class SignOutPage(Page):
    """The question. `kept` is posted again with the answer; `asking` names the application that sent the person.

    `unproved`: some application did, and nothing proves which.
    """

    template: ClassVar[str] = "oidc/signout.html"
    action: str
    kept: Mapping[str, str]
    applications: tuple[str, ...]
    left_open: tuple[str, ...]
    asking: str | None = None
    way_back: str | None = None
    unproved: bool = False


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on signing out, whoever is told of it, and how."""
    return {
        "end_session_endpoint": f"{provider.settings.issuer}/logout",
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }


async def logout(call: Call) -> Response:
    """`GET` and `POST /logout` from an application: at once when its hint is about the session here, else ask."""
    if call.method == "POST":
        return as_get("/logout", call.form.pairs())
    request = await call.provider.database.read(judge, call)
    session = await held(call)
    if session is None or request.is_about(session):
        return await _end(call, session, request)
    return await _ask(call, session, request)


async def show(call: Call) -> Response:
    """`GET /deconnexion`: the person's own wish."""
    session = await held(call)
    return await _end(call, None, NOBODY) if session is None else await _ask(call, session, NOBODY)


async def confirm(call: Call) -> Response:
    """`POST /deconnexion`: the person said yes."""
    request = await call.provider.database.read(judge, call)
    return await _end(call, await held(call), request)


async def _ask(call: Call, session: Session, request: LogoutRequest) -> Response:
    reach = await call.provider.database.read(_reach, call, session, request)
    page = SignOutPage(
        action="/deconnexion",
        kept={name: value for name in KEPT if (value := call.sent.get(name)) is not None},
        applications=tuple(client.name for client in reach.told),
        left_open=tuple(client.name for client in reach.left_open),
        asking=request.client.name if request.client else None,
        unproved=request.unproved,
    )
    targets = (origin(request.return_to),) if request.return_to else ()
    upstream = origins_of(call.provider.settings, session.upstream)
    return render(call, page, frame=Frame(form_action=(*targets, *upstream)))


def _reach(connection: Connection, call: Call, session: Session, request: LogoutRequest) -> Reach:
    clients = participants.entered(connection, call.provider, session.id, call.now)
    return participants.reach(clients, request.asking, {})


async def _end(call: Call, session: Session | None, request: LogoutRequest) -> Response:
    target = await call.provider.database.transaction(_write, call, session, request)
    return detach(redirect(target), call)


def _write(connection: Connection, call: Call, session: Session | None, request: LogoutRequest) -> str:
    """End the session and say where the browser goes first."""
    ended = sessions.end(connection, session.id, call.now) if session else None
    if ended is None:
        return request.return_to or END
    audit.record(
        connection,
        Event.SESSION_ENDED,
        at=call.now,
        person_id=ended.person_id,
        client_id=request.asking,
        session_id=ended.id,
        address=call.address,
    )
    return _first_step(connection, call, ended, request)


def _first_step(connection: Connection, call: Call, ended: Session, request: LogoutRequest) -> str:
    provider, now = call.provider, call.now
    clients = participants.entered(connection, provider, ended.id, now)
    frames = participants.framed(clients, provider.settings.issuer, ended.id)
    left_open = participants.reach(clients, request.asking, {}).left_open
    target = request.return_to if not left_open else None
    if target and not frames:
        return departures.prepare(connection, ended, call.browser, target, provider.randomness, now) or target
    if not clients and ended.upstream is None:
        return END
    wish = Wish(call.browser, request.asking, request.return_to, target)
    path = signouts.begin(connection, ended, wish, provider.randomness, now)
    return path.services if frames else path.onward
