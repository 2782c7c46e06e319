"""Whole ways through the protocol, as most of them are: everything wrong begins with something that was right."""

from hypothesis import strategies as st

from tests.protocol.machine.asking import Asking, Wish
from tests.protocol.machine.base import WHO, act, pick
from tests.protocol.machine.devices import MOST_ENTERED, Devices
from tests.protocol.machine.facts import Application, Person
from tests.protocol.machine.journeys import Journeys
from tests.protocol.machine.operators import Operators
from tests.protocol.machine.tokens import Tokens

SCOPES = st.sampled_from(["openid email", "openid email offline_access", "openid offline_access"])


class Visits(Asking, Journeys, Tokens, Devices, Operators):
    """Applications entered and devices let in, after operators have put right what keeps them out."""

    @act(
        often=4,
        name=st.sampled_from(["portail", "cantine", "mobile", "piscine"]),
        scope=SCOPES,
        prompt=st.sampled_from([None, "consent"]),
        browser=WHO,
        person=WHO,
        pushed=st.sampled_from([False, False, True]),
        exchanged=st.sampled_from([True, True, True, False]),
    )
    def somebody_enters_an_application(
        self, name: str, scope: str, prompt: str | None, browser: int, person: int, pushed: bool, exchanged: bool
    ) -> None:
        """OpenID Connect Core 1.0 section 3.1.1."""
        here, somebody = pick(self.world.browsers, browser), pick(self.world.people, person)
        wish = Wish(application=name, scope=scope, prompt=prompt)
        self._put_right(self.asking(wish), somebody)
        granted = len(self.world.grants)
        if pushed:
            self.pushes(wish)
            self.comes(here, self.world.pushed[-1])
        else:
            self.asks(wish, here)
        while len(self.world.grants) == granted:
            journey = self.world.journeys[-1]
            if journey.page.has("#signin"):
                self.signs_in(journey, somebody)
            else:
                self.decides(journey)
        if exchanged:
            self.exchanges(self.world.grants[-1])

    @act(scope=st.sampled_from(["openid", "openid email"]), browser=WHO, person=WHO)
    def somebody_lets_a_device_in(self, scope: str, browser: int, person: int) -> None:
        """RFC 8628 section 1."""
        if self.entered >= MOST_ENTERED:
            return
        here, somebody = pick(self.world.browsers, browser), pick(self.world.people, person)
        self._put_right(self.world.application("television"), somebody)
        self.begins(scope)
        self.enters(self.world.devices[-1], here, somebody)
        self.answers(self.world.questions[-1], accepted=True)
        self.polls(self.world.devices[-1])

    def _put_right(self, application: Application, somebody: Person) -> None:
        if application.suspended:
            self.suspends_or_resumes(application)
        if somebody.locked:
            self.locks_or_unlocks(somebody)
