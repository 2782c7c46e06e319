"""Going through the pages that follow a request, in order or not, at once or long after."""

from hypothesis import strategies as st

from tests.protocol.machine import promises
from tests.protocol.machine.answers import Answers
from tests.protocol.machine.base import RARELY, RECENT, WHO, act, pick
from tests.protocol.machine.facts import Journey, Person

MOST_MISTAKES = 4


class Journeys(Answers):
    """The sign-in page, the consent page, and the way back to them."""

    @act(which=RECENT, person=WHO, right=st.sampled_from([True] * 9 + [False]), when=lambda self: self.world.journeys)
    def a_person_signs_in(self, which: int, person: int, right: bool) -> None:
        """On the sign-in page of a journey, which may have been left open for long."""
        journey = pick(self.world.journeys, which)
        if journey.page.has("#signin"):
            self.signs_in(journey, pick(self.world.people, person), right=right)

    def signs_in(self, journey: Journey, somebody: Person, *, right: bool = True) -> None:
        opens = right and not somebody.locked
        alive = self.is_under_way(journey)
        if alive and not opens and self.world.mistaken >= MOST_MISTAKES:
            return
        form = journey.page.form("#signin")
        form.fill(identifier=somebody.identifier, password=somebody.password if right else "Pas-celui-la-99")
        page = self.stage.run(form.submit())
        if not alive:
            self.shown(page, "interaction_expired")
        elif not opens:
            self.world.mistaken += 1
            assert (page.status, page.has("#signin")) == (422, True)
        else:
            journey.signed_in = promises.signs_in(self.world, journey.browser, somebody)
            journey.consented = False
            self.continues(journey, page)

    @act(which=RECENT, accepted=st.sampled_from([True, True, True, False]), when=lambda self: self.world.journeys)
    def a_person_decides(self, which: int, accepted: bool) -> None:
        """On the consent page of a journey, which may have been left open for long."""
        journey = pick(self.world.journeys, which)
        if journey.page.has("#consent"):
            self.decides(journey, accepted=accepted)

    def decides(self, journey: Journey, *, accepted: bool = True) -> None:
        page = self.stage.run(journey.page.form("#consent").submit("#consent-accept" if accepted else "#consent-deny"))
        if not self.is_under_way(journey):
            self.shown(page, "interaction_expired")
            return
        session = promises.session_of(self.world, journey.browser)
        decides = session is not None and session is journey.shown_to
        if decides and session is not None and accepted:
            journey.consented = True
            promises.allows(self.world, session.person, journey.asked.application, journey.asked.scope)
        elif decides:
            journey.denied = True
        self.continues(journey, page)

    @act(which=RECENT, suite=st.booleans(), elsewhere=RARELY, when=lambda self: self.world.journeys)
    def a_browser_goes_on_with_a_journey(self, which: int, suite: bool, elsewhere: bool) -> None:
        """By its address, from the history or sent by somebody: it belongs to the browser that began it."""
        journey = pick(self.world.journeys, which)
        visitor = journey.browser.visitor
        if elsewhere:
            visitor = next(each.visitor for each in self.world.browsers if each is not journey.browser)
        address = f"/authorize/suite?i={journey.address}" if suite else f"/interaction/{journey.address}"
        page = self.stage.run(visitor.open(address))
        if elsewhere or not self.is_under_way(journey):
            self.shown(page, "interaction_expired")
        elif suite and not journey.asked.application.usable:
            self.shown(page, "unknown_client")
        else:
            self.continues(journey, page)
