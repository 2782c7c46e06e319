"""The authorization endpoint: OpenID Connect Core 1.0 section 3.1.2, RFC 6749 section 4.1.1.

Parse, validate, decide, respond. When nothing is missing the code is issued in the same transaction; otherwise a
journey begins and its pages do what is missing.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.responses import Response

from clients.client import Client
from idp.foundation.provider import Provider
from idp.interactions.pages import PAGES, begun
from idp.interactions.policy import Step, next_step
from idp.interactions.request import AuthorizationRequest
from idp.interactions.situation import Here, situate
from idp.interactions.store import Start
from idp.oidc import client_keys, encryption, par, request_objects, session_management
from idp.oidc.errors import AuthorizationRefused
from idp.oidc.finish import complete
from idp.oidc.references import gathered
from idp.oidc.request import Recipient, proved, recipient, unambiguous, validate
from idp.oidc.responses import ReturnAddress, refuse, respond
from idp.web.endpoint import Call
from idp.web.pages import redirect
from idp.web.parameters import Parameters
from idp.web.repeating import as_get


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on where a journey begins."""
    return {"authorization_endpoint": f"{provider.settings.issuer}/authorize"}


async def authorize(call: Call) -> Response:
    """`GET` and `POST /authorize`.

    A request posted from another site comes without our cookies (SameSite=Lax); sent again as a GET it has them. What
    stands both in its address and in its body is then sent twice, and refused as such.
    """
    if call.method == "POST":
        return as_get("/authorize", (*call.query.pairs(), *call.form.pairs()))
    sent = await gathered(call)
    await encryption.prepare(call.provider, sent.get("client_id") or "", call.now)
    return await call.provider.database.transaction(_authorize, call, sent)


def _authorize(connection: Connection, call: Call, sent: Parameters) -> Response:
    client = call.provider.clients.client(connection, sent.get("client_id") or "", call.now)
    to, judge = _admitted(connection, call, sent, client)
    try:
        return _decide(connection, call, to.client, judge())
    except AuthorizationRefused as refused:
        return refuse(call, to.address, refused, session_management.answered(call, to.client.client_id, to.address))


def _admitted(
    connection: Connection, call: Call, sent: Parameters, client: Client | None
) -> tuple[Recipient, Callable[[], AuthorizationRequest]]:
    """Who asks and where the answer goes, and how to judge the rest; until then nothing is told to an application."""
    reference = sent.get("request_uri") or ""
    if client is not None and not client.suspended and reference.startswith(par.PREFIX):
        unambiguous(sent, {"client_id", "request_uri"})
        pushed = par.find(connection, reference, client.client_id, call.now)
        proved(client, pushed.redirect_uri)
        return Recipient(client, ReturnAddress.of(pushed)), lambda: pushed
    try:
        opened = _opened(call, sent, client)
    except AuthorizationRefused as refused:
        return recipient(sent, client), partial(_refuse, refused)
    to = recipient(opened, client)
    if to.client.require_pushed_authorization_requests:
        return to, partial(_refuse, AuthorizationRefused("invalid_request", "this client has to push its requests"))
    return to, lambda: validate(connection, opened, to, call.provider)


def _opened(call: Call, sent: Parameters, client: Client | None) -> Parameters:
    """The request with its object opened, if it has one (RFC 9101)."""
    if client is None:
        return sent
    keys = client_keys.known(call.provider, client, call.now)
    return request_objects.unpack(sent, client, keys, call.provider, call.now)


def _refuse(refused: AuthorizationRefused) -> NoReturn:
    raise refused


def _decide(connection: Connection, call: Call, client: Client, request: AuthorizationRequest) -> Response:
    situation = situate(connection, Here.of(call), request=request)
    outcome = next_step(situation)
    if outcome.step is Step.FINISH and situation.session is not None:
        answer = complete(connection, call, client, request, situation.session)
        return respond(call, ReturnAddress.of(request), answer)
    if "none" in request.prompt and outcome.check is not None:
        raise AuthorizationRefused(outcome.check.error, f"the person would have to act: {outcome.check.name}")
    interaction = begun(connection, call, Start(call.browser, request))
    said = {"ui_locales": request.ui_locales} if request.ui_locales and "ui_locales" not in call.query else {}
    return redirect(f"{PAGES[outcome.step]}?{urlencode({'i': interaction.id, **said})}")
