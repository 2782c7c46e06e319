"""The end of a journey that an application began: the code, or the refusal, goes back to it. Once."""

from sqlalchemy import Connection
from starlette.responses import Response

from clients.client import Client
from idp.foundation.audit import Event, Line
from idp.interactions import store as interactions
from idp.interactions.pages import back_to, load
from idp.interactions.policy import Step, next_step
from idp.interactions.request import AuthorizationRequest
from idp.interactions.situation import Here, situate
from idp.oidc import encryption, par, session_management
from idp.oidc.answer import answer
from idp.oidc.errors import AuthorizationRefused
from idp.oidc.request import proved
from idp.oidc.responses import ReturnAddress, refuse, respond
from idp.oidc.tokens import grant
from idp.sessions import store as sessions
from idp.sessions.session import Session
from idp.web.endpoint import Call
from idp.web.pages import redirect


async def finish(call: Call) -> Response:
    """`GET /authorize/suite?i=`: look once more at everything, then answer the application."""
    interaction = await load(call)
    await encryption.prepare(call.provider, interaction.client_id or "", call.now)
    return await call.provider.database.transaction(_finish, call)


def _finish(connection: Connection, call: Call) -> Response:
    interaction = interactions.find(connection, call.query.get("i") or "", call.browser, call.now)
    if interaction.request is None:
        return redirect(interaction.target)
    situation = situate(connection, Here.of(call), interaction=interaction)
    outcome = next_step(situation)
    known = call.provider.clients.client(connection, interaction.request.client_id, call.now)
    client, _ = proved(known, interaction.request.redirect_uri)
    to = ReturnAddress.of(interaction.request)
    if outcome.step is Step.REFUSE and outcome.check is not None:
        interactions.forget(connection, interaction.id)
        refused = AuthorizationRefused(outcome.check.error, f"refused: {outcome.check.name}")
        return refuse(call, to, refused, session_management.answered(call, client.client_id, to))
    if outcome.step is not Step.FINISH or situation.session is None:
        return back_to(interaction)
    if not interactions.forget(connection, interaction.id):
        return back_to(interaction)
    try:
        return respond(call, to, complete(connection, call, client, interaction.request, situation.session))
    except AuthorizationRefused as refused:
        return refuse(call, to, refused, session_management.answered(call, client.client_id, to))


def complete(
    connection: Connection, call: Call, client: Client, request: AuthorizationRequest, session: Session
) -> dict[str, str]:
    """Grant what a proved client asked and return the answer's parameters; the browser is remembered to have entered.

    Raises `AuthorizationRefused` when the session ended at this very moment: nobody would tell the application.
    """
    if not sessions.note_participation(connection, session, request.client_id, call.now):
        raise AuthorizationRefused("login_required", "the session ended meanwhile")
    par.use(connection, request, call.now)
    line = Line(
        Event.CODE_ISSUED if "code" in request.words() else Event.TOKEN_ISSUED,
        call.now,
        person_id=session.person_id,
        client_id=request.client_id,
        session_id=session.id,
        address=call.address,
        detail={"response_type": request.response_type},
    )
    granted = grant(connection, call.provider, client, request, session, line)
    parameters = answer(connection, call, client, request, granted)
    return {**parameters, **session_management.answered(call, client.client_id, ReturnAddress.of(request))}
