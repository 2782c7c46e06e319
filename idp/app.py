"""The composition: settings become a provider, a provider becomes an ASGI application."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.requests import Request
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from clients.cache import CachedRegistry
from idp import jobs
from idp.foundation.clock import Clock, SystemClock
from idp.foundation.configuration import SettingsError
from idp.foundation.database import open_database
from idp.foundation.errors import NotFound, Problem, Unavailable
from idp.foundation.hashing import PasswordHasher
from idp.foundation.provider import Provider
from idp.foundation.secrets import Pepper, Randomness, SystemRandomness
from idp.foundation.settings import Settings
from idp.foundation.texts import load_catalogue
from idp.messages import checking
from idp.oidc.registration.statements import read_issuers
from idp.outbound.addresses import Allowance
from idp.outbound.fetching import trust
from idp.routes import ENDPOINTS
from idp.web import measures, problems
from idp.web.addresses import Network, networks
from idp.web.assets import STATIC
from idp.web.colours import ColourRefused, readable_brand, visible_accent
from idp.web.endpoint import Adapter, Call, Endpoint
from idp.web.static import StaticFolder
from keys import store as key_store
from keys.ring import KeyRing, algorithms_held
from keys.sealing import Seal

log = logging.getLogger(__name__)

RING_SECONDS = 30
_WAIT_FOR_DATABASE = (0.2, 0.5, 1, 2, 5)


def build_provider(settings: Settings, clock: Clock | None = None, randomness: Randomness | None = None) -> Provider:
    """The provider and its parts, nothing opened yet. Raises `SettingsError` for what only the parts can judge."""
    _check_colours(settings)
    _check_addresses(settings)
    catalogue = load_catalogue()
    if too_long := checking.unwritable(settings, catalogue):
        raise SettingsError(too_long)
    secret = settings.secret_key.encode()
    return Provider(
        settings=settings,
        clock=clock or SystemClock(),
        randomness=randomness or SystemRandomness(),
        database=open_database(settings.database_url, settings.pool),
        seal=Seal(secret),
        pepper=Pepper(secret),
        hasher=PasswordHasher(settings.hashing),
        catalogue=catalogue,
        clients=CachedRegistry(),
        ring=KeyRing(),
    )


def create_app(provider: Provider) -> ASGIApp:
    """The ASGI application of a provider; its lifespan prepares the keys and runs the jobs."""
    trusted = networks(provider.settings.trusted_proxies)
    by_path: dict[str, list[Endpoint]] = {}
    for endpoint in ENDPOINTS:
        by_path.setdefault(endpoint.path, []).append(endpoint)
    routes: list[BaseRoute] = [Route(path, Adapter(provider, those, trusted)) for path, those in by_path.items()]
    routes.append(Mount("/static", StaticFolder(STATIC)))
    return Router(
        routes,
        default=_Nowhere(provider, trusted),
        redirect_slashes=False,
        lifespan=lambda _app: _lifespan(provider),
    )


async def prepare(provider: Provider) -> None:
    """Make the first keys where there are none and read the ring. Raises `Unavailable` while the database is away."""
    algorithms = algorithms_held(provider.settings.keys.signing)
    now = provider.clock.now()
    await provider.database.transaction(key_store.ensure, provider.seal, now, algorithms=algorithms)
    await provider.refresh_ring()


@asynccontextmanager
async def _lifespan(provider: Provider) -> AsyncIterator[None]:
    """Serve at once, even without a database: liveness answers, readiness waits."""
    work = asyncio.create_task(_live(provider), name="background work")
    try:
        yield
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        await provider.close()


async def _live(provider: Provider) -> None:
    await _prepare_as_soon_as_possible(provider)
    if provider.settings.jobs == "inside":
        await jobs.run_forever(provider)
    while True:
        await asyncio.sleep(RING_SECONDS)
        with contextlib.suppress(Unavailable):
            await provider.refresh_ring()


async def _prepare_as_soon_as_possible(provider: Provider) -> None:
    """Try until it works. What an operator has to mend (an old schema, another secret key) is logged at each try."""
    for pause in itertools.chain(_WAIT_FOR_DATABASE, itertools.repeat(_WAIT_FOR_DATABASE[-1])):
        try:
            await prepare(provider)
        except Unavailable as problem:
            log.warning("the database does not answer yet: %s", problem.cause)
        except Exception:
            log.exception("the keys cannot be used")
        else:
            return
        await asyncio.sleep(pause)


class _Nowhere:
    """What answers where nothing is."""

    def __init__(self, provider: Provider, trusted: Sequence[Network]) -> None:
        self._provider = provider
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        call = Call(self._provider, Request(scope, receive), self._trusted)
        with contextlib.suppress(Problem):
            call.read_query()
        measures.note(measures.NOWHERE, call.method, NotFound.status, 0)
        as_page = "application/json" not in call.headers.get("accept", "")
        await problems.answer(call, NotFound(), as_page=as_page)(scope, receive, send)


def _check_addresses(settings: Settings) -> None:
    """Read now what would otherwise fail at the first visitor, or application that is called or registers."""
    checks = (
        ("trusted_proxies", lambda: networks(settings.trusted_proxies)),
        ("metrics_from", lambda: networks(settings.metrics_from)),
        ("outbound_allow", lambda: Allowance.read(settings.outbound_allow)),
        ("outbound_ca_file", lambda: settings.outbound_ca_file and trust(settings.outbound_ca_file)),
        ("registration.statement_keys_file", lambda: read_issuers(settings)),
    )
    problems = []
    for key, check in checks:
        try:
            check()
        except ValueError as error:
            problems.append(f"{key}: {error}")
    if problems:
        raise SettingsError(problems)


def _check_colours(settings: Settings) -> None:
    try:
        readable_brand(settings.brand.colour)
        visible_accent(settings.brand.accent)
    except ColourRefused as error:
        raise SettingsError([f"brand: {error}"]) from error
