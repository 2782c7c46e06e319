"""The authorization endpoint: OpenID Connect Core 1.0 section 3.1.2, RFC 6749 section 4.1.1.

Parse, validate, decide, respond. When nothing is missing the code is issued in the same transaction; otherwise a
journey begins and its pages do what is missing.
"""

from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.responses import Response

from idp.interactions import store as interactions
from idp.interactions.pages import PAGES
from idp.interactions.policy import Step, next_step
from idp.interactions.request import AuthorizationRequest
from idp.interactions.situation import Here, situate
from idp.oidc.errors import AuthorizationRefused
from idp.oidc.finish import complete
from idp.oidc.request import recipient, validate
from idp.oidc.responses import ReturnAddress, refuse, respond
from idp.web.endpoint import Call
from idp.web.pages import redirect


async def authorize(call: Call) -> Response:
    """`GET` and `POST /authorize`.

    A request posted from another site comes without our cookies (SameSite=Lax); sent again as a GET it has them. What
    stands both in its address and in its body is then sent twice, and refused as such.
    """
    if call.method == "POST":
        return redirect(f"/authorize?{urlencode([*call.query.pairs(), *call.form.pairs()])}")
    return await call.provider.database.transaction(_authorize, call)


def _authorize(connection: Connection, call: Call) -> Response:
    client_id = call.query.get("client_id") or ""
    registered = call.provider.clients.find(connection, client_id, call.now)
    to = recipient(call.query, registered.client if registered else None)
    try:
        return _decide(connection, call, validate(connection, call.query, to, call.provider))
    except AuthorizationRefused as refused:
        return refuse(call, to.address, refused)


def _decide(connection: Connection, call: Call, request: AuthorizationRequest) -> Response:
    situation = situate(connection, Here.of(call), request=request)
    outcome = next_step(situation)
    if outcome.step is Step.FINISH and situation.session is not None:
        return respond(call, ReturnAddress.of(request), complete(connection, call, request, situation.session))
    if "none" in request.prompt and outcome.check is not None:
        raise AuthorizationRefused(outcome.check.error, f"the person would have to act: {outcome.check.name}")
    provider = call.provider
    start = interactions.Start(call.browser, request)
    interaction = interactions.create(
        connection, start, provider.randomness, call.now, provider.settings.lifetimes.interaction
    )
    return redirect(f"{PAGES[outcome.step]}?i={interaction.id}")
