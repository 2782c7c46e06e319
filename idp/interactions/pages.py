"""Where every journey passes again: look at the facts, send the browser to the next page.

Slices never call each other. Each writes what happened on the interaction and redirects to `/interaction/{id}`.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from sqlalchemy import Connection
from starlette.responses import Response

from clients import redirects
from clients.client import Client
from idp.interactions import arrivals, store
from idp.interactions.arrivals import Arrival
from idp.interactions.interaction import Interaction
from idp.interactions.policy import Outcome, Step, next_step
from idp.interactions.situation import Here, situate
from idp.web.endpoint import Call
from idp.web.pages import ClientView, Frame, redirect

PAGES: Mapping[Step, str] = {
    Step.ACTIVATE: "/activation",
    Step.SIGN_UP: "/inscription",
    Step.SIGN_IN: "/connexion",
    Step.AGREE: "/conditions",
    Step.CONSENT: "/consentement",
    Step.REFUSE: "/authorize/suite",
    Step.FINISH: "/authorize/suite",
}
HOME = "/mon-compte"


async def load(call: Call, target: str = HOME) -> Interaction:
    """The journey that the page belongs to (`i`), or a new one towards the person's own space.

    Raises `Expired` when the journey is over or belongs to another browser.
    """
    interaction_id = call.form.get("i") or call.query.get("i")
    database = call.provider.database
    if interaction_id:
        return await database.read(store.find, interaction_id, call.browser, call.now)
    return await begin(call, store.Start(call.browser, target=target))


async def begin(call: Call, start: store.Start) -> Interaction:
    """Begin a journey in the calling browser. Raises `TooManyAttempts` when its address has begun too many."""
    return await call.provider.database.transaction(begun, call, start)


def begun(connection: Connection, call: Call, start: store.Start) -> Interaction:
    """The same, as a step of a transaction."""
    arrivals.count(connection, call, Arrival.JOURNEY)
    provider = call.provider
    return store.create(connection, start, provider.randomness, call.now, provider.settings.lifetimes.interaction)


async def frame(call: Call, interaction: Interaction, visitor: str | None = None) -> Frame:
    """What surrounds the pages of a journey: the application that waits, and where its forms may lead."""
    upstreams = tuple(origin for each in call.provider.settings.upstreams for origin in each.origins)
    if interaction.request is None:
        return Frame(interaction.id, None, visitor, upstreams)
    client = await call.provider.client(interaction.request.client_id, call.now)
    view = view_of(client, call.provider.settings.issuer, interaction.request.redirect_uri) if client else None
    targets = (redirects.origin(interaction.request.redirect_uri), *upstreams)
    return Frame(interaction.id, view, visitor, targets)


def view_of(client: Client, issuer: str, return_to: str | None = None) -> ClientView:
    """An application as pages name it; one that nobody vouches for also by where it leads, which it cannot make up."""
    addresses = (return_to,) if return_to else client.redirect_uris[:1]
    return ClientView(
        name=client.name,
        logo_url=f"/applications/{client.client_id}/logo" if client.logo_uri else None,
        policy_uri=client.policy_uri,
        tos_uri=client.tos_uri,
        uri=client.address_to_open(issuer),
        unverified_host=_host(*addresses) if client.self_registered else None,
    )


def _host(address: str = "") -> str:
    """The host of an address, or the scheme of an application's own."""
    parts = urlsplit(address)
    return parts.hostname or parts.scheme


def back_to(interaction: Interaction) -> Response:
    """A slice has written its facts: let the policy decide what comes next."""
    return redirect(f"/interaction/{interaction.id}")


async def resume(call: Call) -> Response:
    """`GET /interaction/{id}`: the next page of the journey."""
    interaction, outcome = await call.provider.database.transaction(_decide, call, call.path_params["id"])
    return redirect(_address(interaction, outcome))


def _decide(connection: Connection, call: Call, interaction_id: str) -> tuple[Interaction, Outcome]:
    interaction = store.find(connection, interaction_id, call.browser, call.now)
    return interaction, next_step(situate(connection, Here.of(call), interaction=interaction))


def _address(interaction: Interaction, outcome: Outcome) -> str:
    if outcome.step is Step.FINISH and interaction.request is None:
        return interaction.target
    vouched = interaction.evidence.vouched
    if outcome.step is Step.COMPLETE and vouched:
        return f"/inscription/{vouched.provider}?i={interaction.id}"
    if outcome.step is Step.LINK and vouched:
        return f"/connexion/{vouched.provider}/liaison?i={interaction.id}"
    return f"{PAGES[outcome.step]}?i={interaction.id}"
