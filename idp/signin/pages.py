"""The sign-in page, `/connexion`."""

from sqlalchemy import Connection
from starlette.responses import Response

from idp.foundation.errors import TooManyAttempts
from idp.foundation.texts import Text, text
from idp.interactions import levels
from idp.interactions import store as interactions
from idp.interactions.interaction import Interaction
from idp.interactions.pages import back_to, frame, load
from idp.interactions.upstreams import offered_now
from idp.sessions.browser import attach, origin
from idp.sessions.entering import enter
from idp.sessions.session import LOCAL_ACR
from idp.signin import password
from idp.signin.password import Attempt, Caller
from idp.signin.views import SignInPage
from idp.web import cookies
from idp.web.addresses import throttle_key
from idp.web.endpoint import Call
from idp.web.forms import WHOLE, Form, again
from idp.web.pages import render

_FAILED = text("La connexion n'a pas abouti. Vérifiez votre identifiant et votre mot de passe, puis réessayez.")


async def show(call: Call) -> Response:
    """`GET /connexion`: without a journey, one begins towards the person's own space."""
    interaction = await load(call)
    if "i" not in call.query:
        return back_to(interaction)
    hint = interaction.request.login_hint if interaction.request else None
    return await _page(call, interaction, Form({"identifier": hint} if hint else {}))


async def submit(call: Call) -> Response:
    """`POST /connexion`: one try."""
    interaction = await load(call)
    typed, secret = call.form.text("identifier"), call.form.get("password") or ""
    if missing := _missing(typed, secret):
        return await _page(call, interaction, again(call.form, missing), status=422)
    provider = call.provider
    caller = Caller(call.address, throttle_key(call.address), call.browser, call.cookie(cookies.DEVICE))
    try:
        attempt = await provider.database.transaction(password.begin, provider, typed, caller, call.now)
    except TooManyAttempts as problem:
        shown = again(call.form, {WHOLE: problem.message})
        return await _page(call, interaction, shown, status=429, headers=dict(problem.headers))
    verdict = await provider.hasher.verify(attempt.stored_hash_for(secret), secret)
    if not verdict.matches:
        await provider.database.transaction(password.fail, attempt, call.address, call.now)
        return await _page(call, interaction, again(call.form, {WHOLE: _FAILED}), status=422)
    rehashed = await provider.hasher.hash(secret) if verdict.rehash else None
    session_secret = await provider.database.transaction(_enter, call, interaction, attempt, rehashed)
    return _entered(call, interaction, attempt, session_secret)


def _missing(typed: str, secret: str) -> dict[str, Text]:
    errors = {}
    if not typed:
        errors["identifier"] = text("Indiquez votre identifiant ou votre adresse électronique.")
    if not secret:
        errors["password"] = text("Indiquez votre mot de passe.")
    return errors


def _enter(
    connection: Connection, call: Call, interaction: Interaction, attempt: Attempt, rehashed: str | None
) -> str | None:
    """Open the session, or note that the account is still to be activated; the session's secret."""
    authentication = password.succeed(connection, attempt, rehashed, call.now)
    if authentication is None:
        if attempt.person is not None:
            interactions.note_pending(connection, interaction.id, attempt.person.id)
        return None
    former = call.cookie(cookies.SESSION)
    session, secret = enter(connection, call.provider, authentication, origin(call), former)
    interactions.note_authentication(connection, interaction.id, session.id, call.now)
    return secret


def _entered(call: Call, interaction: Interaction, attempt: Attempt, session_secret: str | None) -> Response:
    response = back_to(interaction)
    if session_secret is None or attempt.person is None:
        return response
    mark = password.device_mark(call.provider.pepper, attempt.person.id, call.browser)
    cookies.put(response, call.provider.settings, cookies.DEVICE, mark, max_age=cookies.YEAR // 2)
    return attach(response, call, session_secret)


def _required(call: Call, interaction: Interaction) -> Text | None:
    """Said where an application requires a level that a password does not reach (OpenID Connect Core 5.5.1.1)."""
    wanted = interaction.request.essential_acr() if interaction.request else ()
    if not wanted or LOCAL_ACR in wanted:
        return None
    names = ", ".join(levels.reached_by(call.provider.settings, wanted))
    return text("Ce service demande une connexion par {names} : un mot de passe n'y suffit pas.", names=names)


async def _page(
    call: Call, interaction: Interaction, form: Form, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    page = SignInPage(offered_now(call.provider, call.now), form, _required(call, interaction))
    return render(call, page, frame=await frame(call, interaction), status=status, headers=headers)
