"""The consent page: what an application would learn, and the person's decision (OpenID Connect Core 1.0, 3.1.2.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection
from starlette.responses import Response

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.errors import BadRequest
from idp.foundation.texts import text
from idp.interactions import store as interactions
from idp.interactions.interaction import Interaction
from idp.interactions.pages import back_to, frame, load
from idp.interactions.request import AuthorizationRequest
from idp.oidc.disclosure import AssuranceView, InterfaceView, assurances, interfaces
from idp.oidc.request import proved
from idp.oidc.scopes import SCOPES
from idp.people import store as people
from idp.people.person import Person
from idp.sessions.browser import current
from idp.sessions.session import Session
from idp.web.endpoint import Call
from idp.web.pages import Page, render


@dataclass(frozen=True, slots=True)
class ConsentPage(Page):
    """`scopes` in the order shown; `values` tells, where it can, what the application would read.

    `interfaces` are those of the authority that it would reach in the person's name. `assurances` tells what a provider
    has verified, which may be nothing; None when the application does not ask. `session_id`: whose page it is.
    """

    template: ClassVar[str] = "oidc/consent.html"
    session_id: str
    scopes: tuple[str, ...]
    values: Mapping[str, str]
    interfaces: tuple[InterfaceView, ...]
    assurances: tuple[AssuranceView, ...] | None


async def show(call: Call) -> Response:
    """`GET /consentement?i=`."""
    interaction = await load(call)
    session = await current(call)
    if interaction.request is None or session is None:
        return back_to(interaction)
    person = await call.provider.database.read(people.find, session.person_id)
    if person is None:
        return back_to(interaction)
    page = await call.provider.database.read(_page, call, interaction.request, session, person)
    return render(call, page, frame=await frame(call, interaction, visitor=person.full_name))


def _page(
    connection: Connection, call: Call, request: AuthorizationRequest, session: Session, person: Person
) -> ConsentPage:
    known = call.provider.clients.client(connection, request.client_id, call.now)
    client, _ = proved(known, request.redirect_uri)
    return ConsentPage(
        session_id=session.id,
        scopes=tuple(scope for scope in SCOPES if scope in request.asks),
        values=_values(person),
        interfaces=interfaces(connection, request.asks, request.resources),
        assurances=assurances(connection, call, client, request, person),
    )


async def decide(call: Call) -> Response:
    """`POST /consentement`. The decision of somebody who is no longer the one signed in here is asked again."""
    interaction = await load(call)
    session = await current(call)
    if interaction.request is None or session is None or call.form.get("session") != session.id:
        return back_to(interaction)
    accepted = {"accept": True, "deny": False}.get(call.form.text("decision"))
    if accepted is None:
        raise BadRequest("decision_missing", text("Choisissez d'accepter ou de refuser."))
    await call.provider.database.transaction(_write, call, interaction, session, accepted)
    return back_to(interaction)


def _write(connection: Connection, call: Call, interaction: Interaction, session: Session, accepted: bool) -> None:
    if interaction.request is None:
        return
    client_id = interaction.request.client_id
    if accepted:
        interactions.give_consent(
            connection, session.person_id, client_id, frozenset(interaction.request.asks), call.now
        )
        interactions.note_consent(connection, interaction.id, call.now)
    else:
        interactions.note_denied(connection, interaction.id)
    audit.record(
        connection,
        Event.CONSENT_GIVEN if accepted else Event.CONSENT_REFUSED,
        at=call.now,
        person_id=session.person_id,
        client_id=client_id,
        session_id=session.id,
        address=call.address,
        scope=" ".join(interaction.request.asks),
    )


def _values(person: Person) -> dict[str, str]:
    held = {
        "profile": person.full_name,
        "email": person.email,
        "phone": person.mobile or person.landline,
        "given_name": person.given_names,
        "family_name": person.birth_name,
        "organization": person.organisation.legal_name if person.organisation else None,
    }
    return {scope: value for scope, value in held.items() if value}
