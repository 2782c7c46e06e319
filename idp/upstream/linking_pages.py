"""Linking an attested identity to an account that already existed, by its holder, once its password has been proved.

Never by e-mail, and never without the holder's own act: docs/decisions/0007.
"""

from sqlalchemy import Connection
from starlette.responses import Response

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.errors import BadRequest
from idp.foundation.texts import text
from idp.interactions import pages as interactions
from idp.interactions import store as interaction_store
from idp.interactions.interaction import Interaction, Vouched
from idp.messages import notices
from idp.people import attestations, identity
from idp.people import store as people
from idp.people.identity import Account
from idp.sessions import browser
from idp.sessions import store as sessions
from idp.sessions.session import Session
from idp.upstream.conclusion import update_civil_status
from idp.upstream.connections import connection
from idp.upstream.joining import asked_for
from idp.upstream.views import ClaimedPage, LinkPage
from idp.web.endpoint import Call
from idp.web.pages import redirect, render


async def show(call: Call) -> Response:
    """`GET /connexion/{provider}/liaison`: prove the account or open another; once proved, link it or not."""
    upstream = connection(call.provider, call.path_params["provider"])
    interaction = await interactions.load(call)
    vouched = interaction.evidence.vouched
    if vouched is None or vouched.candidate_id is None or vouched.provider != upstream.registration.name:
        return redirect(f"/interaction/{interaction.id}")
    label = upstream.registration.label
    session = await browser.current(call)
    if session is not None and proved(interaction, session):
        frame = await interactions.frame(call, interaction)
        action = f"/connexion/{vouched.provider}/liaison"
        return render(call, LinkPage(label, action, _names(vouched)), frame=frame)
    page = ClaimedPage(
        provider=label,
        sign_in=f"/connexion?i={interaction.id}",
        sign_up=f"/inscription/{vouched.provider}?i={interaction.id}",
    )
    return render(call, page, frame=await interactions.frame(call, interaction))


async def decide(call: Call) -> Response:
    """`POST /connexion/{provider}/liaison`: link, unless the person prefers not to; then the journey goes on."""
    upstream = connection(call.provider, call.path_params["provider"])
    interaction = await interactions.load(call)
    session = await browser.current(call)
    vouched = interaction.evidence.vouched
    if session is None or vouched is None or not proved(interaction, session):
        return redirect(f"/interaction/{interaction.id}")
    if vouched.provider != upstream.registration.name:
        raise BadRequest("wrong_upstream", text("La demande est mal formée."))
    linked = await call.provider.database.transaction(_write, call, interaction, session)
    if interaction.links_to:
        return redirect(f"{interactions.HOME}?fait=relie" if linked else interactions.HOME)
    return interactions.back_to(interaction)


def proved(interaction: Interaction, session: Session) -> bool:
    """Whether the account that may be linked was proved by its own means, here, after the identity was attested.

    From the person's own space the account was proved just before: `joining.join` has seen to it.
    """
    vouched = interaction.evidence.vouched
    if vouched is None or vouched.candidate_id != session.person_id or interaction.evidence.session_id != session.id:
        return False
    return asked_for(interaction, session) or (session.proved_here and session.authenticated_at >= vouched.at)


def _write(connection_: Connection, call: Call, interaction: Interaction, session: Session) -> bool:
    """Link or not, as the person chose, and whether it was done; what was attested has then served.

    Either way this browser is signed in over there, and a shared computer must not stay so.
    """
    vouched = interaction.evidence.vouched
    wanted = call.form.get("decision") == "link"
    linked = vouched is not None and wanted and _link(connection_, call, vouched, session)
    if vouched is not None:
        sessions.note_passed_by(connection_, session.id, vouched.provider, vouched.sealed_id_token)
    interaction_store.note_vouched(connection_, interaction.id, None)
    return linked


def _link(connection_: Connection, call: Call, vouched: Vouched, session: Session) -> bool:
    account = Account(vouched.provider, vouched.issuer, vouched.subject)
    linked = identity.link(connection_, session.person_id, account, call.provider.randomness, call.now)
    audit.record(
        connection_,
        Event.IDENTITY_LINKED if linked else Event.IDENTITY_REFUSED,
        at=call.now,
        person_id=session.person_id,
        session_id=session.id,
        address=call.address,
        upstream=vouched.provider,
    )
    person = people.find(connection_, session.person_id)
    if linked and person:
        registration = connection(call.provider, vouched.provider).registration
        update_civil_status(connection_, person, vouched, registration)
        attestations.record(connection_, call.provider.settings, vouched)
        notices.way_in_changed(connection_, call.provider, person, registration.label, call.now, added=True)
    return linked


def _names(vouched: Vouched) -> str:
    return f"{vouched.claims.get('given_name', '')} {vouched.claims.get('family_name', '')}".strip()
