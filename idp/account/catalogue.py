"""« Mes démarches »: the applications that anybody may open, as the authority lists them.

Opening one is a sign-in that a third party begins (OpenID Connect Core 1.0 section 4): the browser goes to the
application's `initiate_login_uri` with our `iss`, and comes back here as if the application had asked first.
"""

import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection
from starlette.responses import Response

from clients import registry
from clients.client import Client
from idp.people import store as people
from idp.sessions import store as sessions
from idp.sessions.browser import current
from idp.web.endpoint import Call
from idp.web.pages import ALONE, Frame, Page, render


@dataclass(frozen=True, slots=True)
class OpeningView:
    """An application that may be opened. `used`: the person already did."""

    name: str
    description: str
    address: str
    used: bool


@dataclass(frozen=True, slots=True)
class CataloguePage(Page):
    """The applications, by name."""

    template: ClassVar[str] = "account/catalogue.html"
    applications: tuple[OpeningView, ...]


async def show(call: Call) -> Response:
    """`GET /mes-demarches`: for everybody, signed in or not."""
    session = await current(call)
    page, frame = await call.provider.database.read(_catalogue, call, session.person_id if session else None)
    return render(call, page, frame=frame)


def _catalogue(connection: Connection, call: Call, person_id: str | None) -> tuple[CataloguePage, Frame]:
    listed = sorted(registry.catalogue(connection), key=lambda client: _alphabetical(client.name))
    if person_id is None:
        return _page(call, listed, frozenset()), ALONE
    used = frozenset(each.client_id for each in sessions.applications_of(connection, person_id))
    person = people.find(connection, person_id)
    return _page(call, listed, used), Frame(visitor=person.full_name if person else None)


def _page(call: Call, listed: list[Client], used: frozenset[str]) -> CataloguePage:
    issuer = call.provider.settings.issuer
    return CataloguePage(
        tuple(
            OpeningView(client.name, client.description, address, client.client_id in used)
            for client in listed
            if (address := client.address_to_open(issuer))
        )
    )


def _alphabetical(name: str) -> tuple[str, str]:
    """« Écoles » stands beside « Eau »: letters first, accents next."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each)), letters
