"""What must hold after every call, whatever it was."""

import json
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from hypothesis.stateful import invariant
from sqlalchemy import Connection, select

from idp.foundation.audit import audit
from idp.sessions.tables import logout_notices
from tests.protocol.machine.base import T
from tests.protocol.machine.tokens import Tokens

AT_A_TIME = 2
"""Tokens of each kind looked at after a call, in turn; the last call is followed by a look at all of them."""


class Invariants(Tokens):
    """A dead token never works, a living one does; keys outlive what they signed; nothing told is taken back."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = 0
        self.trail: list[str] = []

    @invariant()
    def tokens_work_as_long_as_they_should_and_no_longer(self) -> None:
        self.turn += 1
        for access in _some(self.world.accesses, self.turn):
            self.judge_access(access)
        for refresh in _some(self.world.refreshes, self.turn):
            self.judge_refresh(refresh)

    @invariant()
    def an_id_token_can_be_verified_until_it_expires(self) -> None:
        """OpenID Connect Core 1.0 section 10.1.1."""
        self.look_at_keys()
        for identity in self.world.identities:
            assert identity.expires_at <= self.world.now or identity.kid in self.published

    @invariant()
    def the_audit_trail_only_grows(self) -> None:
        trail = self.stage.read(_trail)
        assert trail[: len(self.trail)] == self.trail
        self.trail = trail

    @invariant()
    def every_application_entered_is_to_be_told_of_the_end(self) -> None:
        """Back-Channel Logout 1.0 section 2.2: those of the session, each once, and of no other."""
        wanted = Counter(frozenset(each.entered) for each in self.world.sessions if each.ended and each.entered)
        assert Counter(self.stage.read(_notices)) == wanted

    def teardown(self) -> None:
        try:
            for access in self.world.accesses:
                self.judge_access(access)
            for refresh in self.world.refreshes:
                self.judge_refresh(refresh)
        finally:
            super().teardown()


def _some(items: Sequence[T], turn: int) -> list[T]:
    return [items[(turn * AT_A_TIME + number) % len(items)] for number in range(min(AT_A_TIME, len(items)))]


def _trail(connection: Connection) -> list[str]:
    rows = connection.execute(select(audit).order_by(audit.c.id))
    return [sha256(json.dumps(list(row), default=str).encode()).hexdigest() for row in rows]


def _notices(connection: Connection) -> list[frozenset[str]]:
    told: dict[str, set[str]] = {}
    for row in connection.execute(select(logout_notices.c.session_id, logout_notices.c.client_id)):
        told.setdefault(row.session_id, set()).add(row.client_id)
    return [frozenset(each) for each in told.values()]
