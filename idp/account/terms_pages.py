"""`/conditions`: the terms have changed since the person accepted them.

One's own space stays open without it: seeing, taking away and erasing one's data depends on no acceptance.
"""

from starlette.responses import Response

from idp.account import terms
from idp.account.terms import Answer
from idp.account.views import TermsRenewalPage
from idp.interactions.interaction import Interaction
from idp.interactions.pages import back_to, frame, load
from idp.sessions.browser import current
from idp.web.endpoint import Call
from idp.web.forms import EMPTY, Form, again
from idp.web.pages import render


async def show(call: Call) -> Response:
    """`GET /conditions?i=`: what has changed, with its boxes."""
    interaction = await load(call)
    session = await current(call)
    if session is None or not session.terms_due:
        return back_to(interaction)
    return await _page(call, interaction, session.person_id, EMPTY)


async def decide(call: Call) -> Response:
    """`POST /conditions`: accepted or not; then the journey goes on."""
    interaction = await load(call)
    session = await current(call)
    if session is None or not session.terms_due:
        return back_to(interaction)
    provider, answer = call.provider, Answer(session, interaction, call.address, call.now)
    if call.form.text("decision") == "decline":
        await provider.database.transaction(terms.decline, answer)
        return back_to(interaction)
    signup = provider.settings.signup
    boxes = await provider.database.read(terms.due, session.person_id, signup)
    if refusals := terms.refusals(boxes, call.form.values(), signup):
        return await _page(call, interaction, session.person_id, again(call.form, refusals), 422)
    await provider.database.transaction(terms.accept, provider, answer)
    return back_to(interaction)


async def _page(call: Call, interaction: Interaction, person_id: str, form: Form, status: int = 200) -> Response:
    signup = call.provider.settings.signup
    boxes = await call.provider.database.read(terms.due, person_id, signup)
    page = TermsRenewalPage(
        terms_version=signup.terms_version,
        privacy_version=signup.privacy_version,
        asked=tuple(box.name for box in boxes),
        form=form,
    )
    return render(call, page, frame=await frame(call, interaction), status=status)
