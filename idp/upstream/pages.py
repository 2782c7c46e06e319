"""The addresses a person passes through to come from an upstream: the button, and the return in three beats.

claim     one transaction takes the attempt of this browser, once
network   the code against an attested identity, with no transaction held
conclude  one transaction opens the session, or keeps what was attested for the sign-up
"""

import logging

from starlette.responses import Response

from idp.foundation.errors import Expired
from idp.foundation.secrets import Kind, issue, new_id
from idp.foundation.texts import Text, text
from idp.interactions import pages as interactions
from idp.interactions import store as interaction_store
from idp.interactions.interaction import Interaction
from idp.sessions import browser
from idp.upstream import setbacks, store
from idp.upstream.authorization import request_address, return_address
from idp.upstream.conclusion import Arrival, Conclusion, conclude
from idp.upstream.connection import Connection
from idp.upstream.connections import connection
from idp.upstream.exchange import Return, exchange
from idp.upstream.faults import UpstreamFault
from idp.upstream.joining import join
from idp.upstream.setbacks import Setback
from idp.upstream.views import SetbackPage
from idp.web.endpoint import Call
from idp.web.pages import redirect, render

log = logging.getLogger(__name__)

VERIFIER = "upstream-code-verifier"
"""The purpose under which PKCE verifiers are sealed."""


async def start(call: Call) -> Response:
    """`POST /connexion/{provider}`: keep an attempt and send the browser to the upstream.

    The upstream's metadata is asked first (kept ten minutes), so that a person is told here that it is down.
    """
    provider = call.provider
    upstream = connection(provider, call.path_params["provider"])
    interaction = await interactions.load(call)
    try:
        metadata = await upstream.metadata()
    except UpstreamFault as fault:
        return await _refuse(call, setbacks.of_fault(upstream.registration, fault), interaction)
    name = upstream.registration.name
    state = issue(Kind.STATE, provider.randomness)
    nonce = new_id(provider.randomness) + new_id(provider.randomness)
    verifier = new_id(provider.randomness) + new_id(provider.randomness) if upstream.registration.pkce else None
    begun = store.Begun(
        provider=name,
        interaction_id=interaction.id,
        browser=call.browser,
        state=state,
        nonce=nonce,
        sealed_verifier=provider.seal.seal(VERIFIER, verifier.encode()) if verifier else None,
    )
    await provider.database.transaction(store.begin, begun, call.now)
    here = return_address(provider.settings.issuer, name)
    asking = upstream.registration.asking(interaction.request.wanted_acr() if interaction.request else ())
    return redirect(request_address(asking, metadata, here, state=state, nonce=nonce, verifier=verifier))


async def finish(call: Call) -> Response:
    """`GET /retour/{provider}`: the state first, then the issuer, then the answer (RFC 9700 section 4.4.2)."""
    upstream = connection(call.provider, call.path_params["provider"])
    state = call.query.get("state") or ""
    attempt = await _claim(call, upstream, state)
    if attempt is None:
        return await _not_claimed(call, upstream, state)
    try:
        interaction = await call.provider.database.read(
            interaction_store.find, attempt.interaction_id, call.browser, call.now
        )
    except Expired:
        return await _refuse(call, setbacks.unknown_return("the journey is over"), None)
    if setback := await _refused_answer(call, upstream):
        return await _refuse(call, setback, interaction)
    try:
        attestation = await exchange(upstream, _returned(call, attempt), call.now)
    except UpstreamFault as fault:
        return await _refuse(call, setbacks.of_fault(upstream.registration, fault), interaction)
    arrival = Arrival.of(call, interaction, attestation, upstream.registration)
    concluded = await call.provider.database.transaction(join if interaction.links_to else conclude, arrival)
    return await _send_on(call, interaction, concluded)


async def abandon(call: Call) -> Response:
    """`POST /connexion/{provider}/abandon`: the person gives up; the application that waits is told `access_denied`."""
    interaction = await interactions.load(call)
    await call.provider.database.transaction(interaction_store.note_denied, interaction.id)
    return interactions.back_to(interaction)


async def _claim(call: Call, upstream: Connection, state: str) -> store.Attempt | None:
    if not state or call.query.doubled():
        return None
    name = upstream.registration.name
    return await call.provider.database.transaction(store.use, name, state, call.browser, call.now)


async def _not_claimed(call: Call, upstream: Connection, state: str) -> Response:
    """A return without a living attempt. The second visit of a good one goes on where the first one led."""
    name = upstream.registration.name
    known = await call.provider.database.read(store.find, name, state, call.browser) if state else None
    if known is None or known.used_at is None:
        error = call.query.get("error") or ""
        return await _refuse(call, setbacks.unknown_return(f"{name}: state unknown here, error={error[:32]!r}"), None)
    try:
        interaction = await call.provider.database.read(
            interaction_store.find, known.interaction_id, call.browser, call.now
        )
    except Expired:
        return await _refuse(call, setbacks.already_used(), None)
    if interaction.evidence.session_id or interaction.evidence.vouched:
        return interactions.back_to(interaction)
    return await _refuse(call, setbacks.already_used(), interaction)


async def _refused_answer(call: Call, upstream: Connection) -> Setback | None:
    """What makes the answer unusable before anything is asked of the upstream."""
    registration = upstream.registration
    issuer = call.query.get("iss")
    if issuer != registration.issuer and (issuer or await _announces_issuer(upstream)):
        return setbacks.wrong_issuer(registration)
    if error := call.query.get("error"):
        return setbacks.answered_error(registration, error, call.provider.settings.brand.name)
    return None if call.query.get("code") else setbacks.answered_nothing(registration)


async def _announces_issuer(upstream: Connection) -> bool:
    """Whether `iss` has to be there: always from an upstream known to send it, else when its metadata says so."""
    if upstream.registration.issuer_in_response:
        return True
    try:
        return (await upstream.metadata()).announces_issuer
    except UpstreamFault:
        return True


def _returned(call: Call, attempt: store.Attempt) -> Return:
    provider = call.provider
    sealed = attempt.sealed_verifier
    return Return(
        code=call.query.get("code") or "",
        redirect_uri=return_address(provider.settings.issuer, attempt.provider),
        nonce_digest=attempt.nonce_digest,
        verifier=provider.seal.open(VERIFIER, sealed).decode() if sealed else None,
    )


async def _send_on(call: Call, interaction: Interaction, concluded: Conclusion) -> Response:
    if concluded.setback:
        return await _refuse(call, concluded.setback, interaction)
    if concluded.claimed:
        return redirect(f"/connexion/{concluded.provider}/liaison?i={interaction.id}")
    response = interactions.back_to(interaction)
    return browser.attach(response, call, concluded.session_secret) if concluded.session_secret else response


async def _refuse(call: Call, setback: Setback, interaction: Interaction | None) -> Response:
    """The page of a sign-in that did not succeed, with a way back to the sign-in page of the same journey."""
    reference = new_id(call.provider.randomness)[:8]
    log.log(setback.level, "%s: %s (%s) reference=%s", call.path[:200], setback.code, setback.cause, reference)
    way_on, label = _way_on(setback, interaction)
    page = SetbackPage(
        code=setback.code,
        message=setback.message,
        way_on=way_on,
        way_on_label=label,
        abandon=f"/connexion/{call.path_params['provider']}/abandon" if interaction and interaction.request else None,
        reference=reference,
    )
    frame = await interactions.frame(call, interaction) if interaction else None
    headers = {"Retry-After": str(setback.retry_after)} if setback.retry_after else None
    return render(call, page, frame=frame, status=setback.status, headers=headers)


def _way_on(setback: Setback, interaction: Interaction | None) -> tuple[str, Text]:
    sign_in = text("Revenir à la page de connexion")
    if interaction is None:
        return "/connexion", sign_in
    if setback.done_already:
        return f"/interaction/{interaction.id}", text("Continuer")
    if interaction.links_to:
        return interaction.target, text("Retour à mon compte")
    return f"/connexion?i={interaction.id}", sign_in
