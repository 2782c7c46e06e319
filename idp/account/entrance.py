"""Who may come in: a person's own space opens for a living session, its sensitive pages for one that is fresh."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

from idp.interactions.pages import HOME, back_to, begin
from idp.interactions.store import Start
from idp.interactions.upstreams import origins_of
from idp.people import store as people
from idp.people.person import Person
from idp.sessions.browser import current
from idp.sessions.session import Session
from idp.web.endpoint import Call, Handler
from idp.web.pages import Frame

RECENT_SECONDS = 600
"""How long after signing in a sensitive act needs no new proof (OWASP ASVS 5.0, 7.5.1)."""


@dataclass(frozen=True, slots=True)
class Visit:
    """The person at home, and the session they came in by. `way_out`: where it leads them when they sign out."""

    session: Session
    person: Person
    way_out: tuple[str, ...] = ()

    @property
    def frame(self) -> Frame:
        """What surrounds the pages: the name, next to the way out."""
        return Frame(visitor=self.person.full_name, form_action=self.way_out)


Inside = Callable[[Call, Visit], Awaitable[Response]]


def inside(*, back: str = HOME, recent: bool = False) -> Callable[[Inside], Handler]:
    """Open a page to a signed-in person. Anybody else signs in first, then comes to `back`."""

    def opened(page: Inside) -> Handler:
        async def handler(call: Call) -> Response:
            session = await current(call)
            fresh = session is not None and call.now - session.authenticated_at <= RECENT_SECONDS
            person = await _holder(call, session)
            if session is None or person is None or (recent and not fresh):
                start = Start(call.browser, target=back, max_age=RECENT_SECONDS if recent else None)
                return back_to(await begin(call, start))
            way_out = origins_of(call.provider.settings, session.upstream)
            return await page(call, Visit(session, person, way_out))

        return handler

    return opened


async def _holder(call: Call, session: Session | None) -> Person | None:
    return await call.provider.database.read(people.find, session.person_id) if session else None
