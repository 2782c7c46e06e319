"""What all the rules share: the stage, the facts, and how a rule picks one of many."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import httpx2
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from joserfc import jwt
from joserfc.jwk import KeySet

from keys.ring import algorithms_held
from keys.rotation import Policy
from tests.protocol.machine import promises
from tests.protocol.machine.facts import Access, Application, Grant, Identity, Refresh
from tests.protocol.machine.stage import SIGNING, Stage
from tests.support.relying_party import payload_of

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., None])
POLICY = Policy(announce_for=300, active_for=7_200, retire_for=900, algorithms=algorithms_held(SIGNING))
"""A calendar as quick as the tokens allow, so that a sequence lives through several turns of it."""
RECENT = st.sampled_from([0] * 6 + [1] * 3 + [2, 2, 3, 4, 5, 7, 9, 13])
"""Which of what there is, 0 the last: what has just happened matters most often."""
RARELY = st.sampled_from([False] * 7 + [True])
WHO = st.sampled_from([0, 0, 0, 1])
"""Most often the same person and the same browser, so that something comes of it."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may happen: by what it is drawn, and when it makes sense. `often`: how much more than the rest."""

    name: str
    drawn: Mapping[str, st.SearchStrategy[Any]]
    when: Callable[[Any], object]
    often: int


def act(
    *, when: Callable[[Any], object] = lambda machine: True, often: int = 1, **drawn: st.SearchStrategy[Any]
) -> Callable[[F], F]:
    """Mark a method as an act. Unlike rules of Hypothesis's own, of which many sequences do without, all may happen in
    each sequence: what is looked for is what they do to each other."""

    def marked(method: F) -> F:
        ACTS[method.__qualname__] = Act(method.__name__, drawn, when, often)
        return method

    return marked


ACTS: dict[str, Act] = {}


def pick(items: Sequence[T], which: int) -> T:
    return items[-1 - which % len(items)]


class Machine(RuleBasedStateMachine):
    """One sequence of calls."""

    engine: ClassVar[str] = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(self.engine)
        self.world = self.stage.world
        self.published: dict[str, dict[str, Any]] = {}
        self.unpublished: set[str] = set()
        self.first_seen: dict[str, int] = {}
        self.hurried: set[str] = set()
        """Keys that an operator had sign at once, the first ones included."""
        self.look_at_keys()
        self.hurried |= self.published.keys()

    def teardown(self) -> None:
        self.stage.close()

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        possible = [each for each in ACTS.values() if each.when(self) for _ in range(each.often)]
        chosen = data.draw(st.sampled_from(possible).map(lambda each: each.name), label="what")
        drawn = next(each.drawn for each in possible if each.name == chosen)
        getattr(self, chosen)(**{name: data.draw(strategy, label=name) for name, strategy in drawn.items()})

    def refused(self, answer: httpx2.Response, error: str) -> None:
        """An answer of an OAuth endpoint that says why not, and hands nothing over (RFC 6749 section 5.2)."""
        told = answer.json()
        assert told.get("error") == error, (error, answer.text)
        assert answer.status_code == (401 if error == "invalid_client" else 400)
        assert told.keys() <= {"error", "error_description"}

    def told_tokens(self, grant: Grant, told: dict[str, Any], scope: frozenset[str], nonce: str | None) -> Access:
        """Judge and remember the tokens that a grant gives (RFC 6749 section 5.1, OpenID Connect Core 3.1.3.3)."""
        token = self.told_access(grant.application, grant, told, scope)
        assert ("id_token" in told) == ("openid" in scope)
        if "id_token" in told:
            self.told_identity(grant, told["id_token"], nonce, at_hash=token.secret)
        return token

    def told_access(
        self, application: Application, grant: Grant | None, told: dict[str, Any], scope: frozenset[str]
    ) -> Access:
        assert told["token_type"] == "Bearer"
        assert int(told["expires_in"]) == promises.ACCESS_LIFE
        assert frozenset(told["scope"].split()) == scope
        secret, now = told["access_token"], self.world.now
        assert all(secret != each.secret for each in self.world.accesses)
        token = Access(secret, application, grant, scope, now, now + promises.ACCESS_LIFE)
        self.world.accesses.append(token)
        return token

    def told_refresh(self, grant: Grant, secret: str, expires_at: int) -> Refresh:
        assert all(secret != each.secret for each in self.world.refreshes)
        token = Refresh(secret, grant, expires_at)
        self.world.refreshes.append(token)
        return token

    def told_identity(self, grant: Grant, token: str, nonce: str | None, **beside: str | None) -> None:
        """Judge an ID token as an application does, with the keys published (OpenID Connect Core 2 and 3.1.3.7)."""
        self.look_at_keys()
        application, now = grant.application, self.world.now
        alg = application.party.client.id_token_signed_response_alg
        key = KeySet.import_key_set({"keys": [each for each in self.published.values() if each["use"] == "sig"]})
        opened = jwt.decode(token, key, algorithms=[alg])
        header, claims = opened.header, opened.claims
        assert (header["typ"], header["alg"]) == ("JWT", alg)
        assert (claims["iss"], claims["aud"]) == (self.stage.site.issuer, application.id)
        assert (claims["iat"], claims["exp"]) == (now, now + promises.IDENTITY_LIFE)
        assert claims["auth_time"] == grant.authenticated_at
        assert claims.get("nonce") == nonce
        for name, value in beside.items():
            assert claims.get(name) == (None if value is None else _half_hash(value))
        self._judge_names(grant, claims)
        kid = str(header["kid"])
        self._judge_key(kid)
        self.world.identities.append(Identity(token, grant, kid, claims["exp"]))

    def _judge_key(self, kid: str) -> None:
        """A key that came by the calendar signs only once every application may have seen it."""
        known_for = self.world.now - self.first_seen[kid]
        assert kid in self.hurried or known_for >= POLICY.announce_for, f"{kid} was published {known_for} s ago"

    def _judge_names(self, grant: Grant, claims: dict[str, Any]) -> None:
        """The person and the session, always by the same names, and no name twice."""
        pairwise = grant.application.party.client.subject_type == "pairwise"
        assert (claims["sub"] == grant.person.id) is not pairwise
        for other in self.world.identities:
            if other.grant.application is grant.application:
                same = payload_of(other.token)["sub"] == claims["sub"]
                assert same == (other.grant.person is grant.person)
        session = grant.session
        if session is None:
            assert "sid" not in claims
            return
        assert claims["sid"] == (session.sid or claims["sid"])
        assert all(other is session or other.sid != claims["sid"] for other in self.world.sessions)
        session.sid = claims["sid"]

    def look_at_keys(self) -> None:
        """Read the key set as applications do. A key that has gone never comes back."""
        answer = self.stage.run(self.stage.http.get("/jwks"))
        assert answer.status_code == 200
        keys = {str(key["kid"]): key for key in answer.json()["keys"]}
        assert all("d" not in key for key in keys.values())
        assert not self.unpublished & keys.keys()
        self.unpublished |= self.published.keys() - keys.keys()
        self.published = keys
        for kid in keys:
            self.first_seen.setdefault(kid, self.world.now)


def _half_hash(value: str) -> str:
    digest = hashlib.sha256(value.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
