"""What operators and applications change of who may act, of the keys, and the time that passes."""

from hypothesis import strategies as st
from sqlalchemy import Connection

from clients import registry
from idp.foundation import keyring
from idp.people import standing
from idp.sessions import closing
from keys import rotation
from keys.algorithms import ALGORITHMS
from keys.ring import Key, KeyRing, Stage
from keys.rotation import Policy
from tests.protocol.machine import promises
from tests.protocol.machine.base import POLICY, RECENT, Machine, act, pick
from tests.protocol.machine.facts import Application, Person
from tests.protocol.machine.stage import SIGNING, spare_key

MOMENTS = st.sampled_from([0, 1, 1, 5, 9, 10, 11, 30, 59, 60, 61, 299, 300, 599, 600, 601, 900, 3_600])
LONG = st.sampled_from([7_140, 7_200, 43_199, 43_200, 86_400, 30 * 86_400])
ACTS = ("account", "application", "time")
MOST_TURNS = 4
EVERYBODY_KNOWS = 5
"""Seconds after which every process knows what an operator changed of an application."""
DOCUMENT = {
    "client_name": "Piscine",
    "redirect_uris": ["https://piscine.exemple.fr/retour"],
    "post_logout_redirect_uris": ["https://piscine.exemple.fr/fin"],
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid email offline_access",
}


class Operators(Machine):
    """The command line, the calendar, registration."""

    @act(seconds=MOMENTS, often=2)
    def time_passes(self, seconds: int) -> None:
        self.stage.advance(seconds)

    @act(act=st.sampled_from(ACTS), which=RECENT, seconds=LONG, when=lambda self: self.world.grants)
    def an_operator_acts(self, act: str, which: int, seconds: int) -> None:
        """Or the day ends, before anybody did anything more."""
        if act == "account":
            self.locks_or_unlocks(pick(self.world.people, which // 2))
        elif act == "application":
            self.suspends_or_resumes(pick(self.world.applications, which))
        else:
            self.stage.advance(seconds)

    def locks_or_unlocks(self, somebody: Person) -> None:
        if somebody.locked:
            assert self.stage.step(standing.unlock, somebody.id)
            somebody.locked = False
        else:
            assert self.stage.step(closing.lock, somebody.id, self.world.now)
            promises.is_cut_off(self.world, somebody)
            somebody.locked = True

    def suspends_or_resumes(self, application: Application) -> None:
        if application.removed:
            return
        now, suspended = self.world.now, not application.suspended

        def step(connection: Connection) -> None:
            (registry.suspend if suspended else registry.resume)(connection, application.id, now=now)

        self.stage.step(step)
        application.suspended = suspended
        self.stage.advance(EVERYBODY_KNOWS)

    @act(removed=st.booleans())
    def an_application_registers_or_removes_itself(self, removed: bool) -> None:
        """RFC 7591; RFC 7592 section 2.3: all that it obtained is worth nothing."""
        pool = next((each for each in self.world.applications if each.name == "piscine"), None)
        if pool is None:
            self.world.applications.append(self.stage.registers_itself(DOCUMENT))
        elif removed and pool.usable and pool.management is not None:
            address, token = pool.management
            headers = {"authorization": f"Bearer {token}"}
            assert self.stage.run(self.stage.http.delete(address, headers=headers)).status_code == 204
            pool.removed = True
            pool.name = "piscine, autrefois"
            for (_, client_id), consent in self.world.consents.items():
                if client_id == pool.id and consent.stands:
                    promises.takes_back(consent, self.world.now)

    @act(often=2, how=st.sampled_from(["calendar", "calendar", "calendar", "announced", "announced", "at once"]))
    def the_keys_turn(self, how: str) -> None:
        """By the calendar, or by an operator who announces a successor or has it sign at once."""
        if how != "calendar" and self.turns >= MOST_TURNS:
            return
        self.turns += how != "calendar"

        def decide(ring: KeyRing, now: int, _: Policy) -> KeyRing:
            if how == "calendar":
                return rotation.advance(ring, now, POLICY, self._make_key)
            change = rotation.succeed if how == "at once" else rotation.announce
            return change(ring, now, self._make_key, SIGNING)

        before = self.published
        self.stage.run(keyring.change(self.stage.site.provider, decide))
        self.look_at_keys()
        assert how == "calendar" or before.keys() <= self.published.keys()
        if how == "at once":
            self.hurried |= self.published.keys()

    def _make_key(self, alg: str, now: int, stage: Stage) -> Key:
        self.made += 1
        jwk = spare_key(alg, self.made)
        return Key(jwk.thumbprint(), ALGORITHMS[alg].use, alg, stage, now, now, jwk)

    def __init__(self) -> None:
        super().__init__()
        self.turns = 0
        self.made = 0
