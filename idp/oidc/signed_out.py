"""What the browser still does once the session has ended, and the page that says honestly what was closed.

OpenID Connect Front-Channel Logout 1.0 section 3: each application that registered an address for it is loaded in a
frame of a page of ours, so that it can forget the person with the cookies it gave to this browser.
"""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection
from starlette.responses import Response

from clients.redirects import origin
from idp.interactions.upstreams import offered
from idp.oidc import participants
from idp.oidc.participants import FramedService
from idp.sessions import departures, notices, signouts
from idp.sessions import store as sessions
from idp.sessions.signouts import END, SignOut
from idp.web.endpoint import Call
from idp.web.pages import Page, redirect, render


@dataclass(frozen=True, slots=True)
class TellingPage(Page):
    """The frames, and where the browser goes once they are loaded."""

    template: ClassVar[str] = "oidc/telling.html"
    frames: tuple[FramedService, ...]
    onward: str


@dataclass(frozen=True, slots=True)
class ServiceView:
    """An application, and where its own way out may be found."""

    name: str
    uri: str | None


@dataclass(frozen=True, slots=True)
class SignedOutPage(Page):
    """The end. `upstream` is the other identity provider that the session came from; `upstream_closed`: it said so.

    `way_back` leads to the application that asked, `asking` by name.
    """

    template: ClassVar[str] = "oidc/signed_out.html"
    told: tuple[str, ...] = ()
    left_open: tuple[ServiceView, ...] = ()
    upstream: str | None = None
    upstream_closed: bool = False
    asking: str | None = None
    way_back: str | None = None


async def tell(call: Call) -> Response:
    """`GET /deconnexion/services?o=`: have the browser load the frames, then go on."""
    found = await call.provider.database.read(_frames, call)
    if found is None:
        return redirect(END)
    signout, frames = found
    if not frames:
        return redirect(signout.onward)
    origins = dict.fromkeys(origin(frame.address) for frame in frames)
    return render(call, TellingPage(frames, signout.onward), frames=origins)


async def finished(call: Call) -> Response:
    """`GET /deconnexion/fin?o=`: it is done; what was closed, and what was not."""
    page = await call.provider.database.read(_page, call)
    return render(call, page, headers={"Clear-Site-Data": '"cache"'})


def _find(connection: Connection, call: Call) -> SignOut | None:
    return signouts.find(connection, call.query.get("o") or "", call.browser, call.now)


def _frames(connection: Connection, call: Call) -> tuple[SignOut, tuple[FramedService, ...]] | None:
    signout = _find(connection, call)
    if signout is None:
        return None
    clients = participants.entered(connection, call.provider, signout.session_id, call.now)
    return signout, participants.framed(clients, call.provider.settings.issuer, signout.session_id)


def _page(connection: Connection, call: Call) -> SignedOutPage:
    signout = _find(connection, call)
    if signout is None:
        return SignedOutPage()
    clients = participants.entered(connection, call.provider, signout.session_id, call.now)
    reach = participants.reach(clients, signout.client_id, notices.outcomes(connection, signout.session_id))
    session = sessions.get(connection, signout.session_id)
    names = {view.provider: view.name for view in offered(call.provider.settings)}
    return SignedOutPage(
        told=tuple(client.name for client in reach.told),
        left_open=tuple(ServiceView(client.name, client.client_uri) for client in reach.left_open),
        upstream=names.get(session.upstream or "") if session else None,
        upstream_closed=departures.came_back(connection, signouts.end_of(call.query.get("o") or "")),
        asking=next((client.name for client in clients if client.client_id == signout.client_id), None),
        way_back=signout.return_to,
    )
