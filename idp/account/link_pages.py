"""Linking an account elsewhere to one's own, from one's space, and untying it."""

from sqlalchemy import Connection
from starlette.responses import Response

from idp.account import ways_in
from idp.account.acts import Author
from idp.account.entrance import Visit, inside
from idp.account.views import ConnectPage
from idp.interactions import store as interactions
from idp.interactions.interaction import Interaction
from idp.interactions.pages import HOME, begun, frame
from idp.interactions.store import Start
from idp.interactions.upstreams import offered_now
from idp.people import identity
from idp.web.endpoint import Call
from idp.web.pages import redirect, render

CONNECT = f"{HOME}/relier"


@inside(back=CONNECT, recent=True)
async def connect(call: Call, visit: Visit) -> Response:
    """`GET /mon-compte/relier`: the providers that may still be linked, each with its button."""
    provider = call.provider
    linked = {each.provider for each in await provider.database.read(identity.links_of, visit.person.id)}
    upstreams = tuple(each for each in offered_now(provider, call.now) if each.provider not in linked)
    if not upstreams:
        return redirect(HOME)
    journey = await provider.database.transaction(_begin, call, visit)
    return render(call, ConnectPage(upstreams), frame=await frame(call, journey, visit.person.full_name))


@inside(recent=True)
async def unlink(call: Call, visit: Visit) -> Response:
    """`POST /mon-compte/liens/retrait`: untie an account elsewhere."""
    untying = (Author.of(call, visit), call.provider, call.form.text("link"))
    await call.provider.database.transaction(ways_in.unlink, *untying)
    return redirect(f"{HOME}?fait=lien")


def _begin(connection: Connection, call: Call, visit: Visit) -> Interaction:
    """A journey of someone who has just signed in, which remembers by which session."""
    journey = begun(connection, call, Start(call.browser, target=HOME, links_to=visit.person.id))
    interactions.note_authentication(connection, journey.id, visit.session.id, visit.session.authenticated_at)
    return journey
