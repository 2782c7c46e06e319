"""`idp keys`, as an operator and as a script run it, on each database."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from idp.cli import main
from idp.foundation.audit import audit
from idp.foundation.clock import FixedClock
from idp.foundation.database import open_database
from idp.foundation.keyring import Outcome, follow_calendar, policy_of
from idp.foundation.provider import Provider
from idp.oidc.resources import LIFETIMES
from keys import jose, rotation, store
from keys.errors import UnknownKey
from keys.ring import ALGORITHMS_HELD, KeyRing
from keys.rotation import Policy
from keys.sealing import Seal
from tests.support import server
from tests.support.ports import free_port
from tests.support.provider import opened, settings_for

T = TypeVar("T")
SECRET = "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e"
CLAIMS = {"sub": "a-person"}


@dataclass(frozen=True)
class Operator:
    """Someone at a terminal, next to a migrated database."""

    database_url: str
    secret: str = SECRET

    def run(self, *args: str) -> Result:
        """Run one command of `idp keys`."""
        environment = {
            "IDP_ISSUER": "https://connexion.exemple.fr",
            "IDP_DATABASE_URL": self.database_url,
            "IDP_SECRET_KEY": self.secret,
        }
        return CliRunner().invoke(main, ["keys", *args], env=environment, catch_exceptions=False)

    def says(self, *args: str) -> str:
        """Run a command that succeeds and return what it prints."""
        result = self.run(*args)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def json(self, *args: str) -> Any:
        """Run a command that succeeds and return its one JSON document."""
        return json.loads(self.says(*args, "--json"))

    def refused(self, *args: str, code: int = 1) -> str:
        """Run a command that fails and return its complaint."""
        result = self.run(*args)
        assert result.exit_code == code
        assert result.stdout == ""
        return result.stderr

    def begin(self, first_keys: KeyRing) -> None:
        """Store the keys of a first start."""
        seal = Seal(self.secret.encode())
        self.step(lambda connection: store.save(connection, seal, KeyRing(), first_keys, 1_790_000_000))

    def stages(self) -> Counter[tuple[str, str]]:
        """How many keys stand at each stage, by algorithm."""
        return Counter((key["alg"], key["stage"]) for key in self.json("list")["keys"])

    def ring(self) -> KeyRing:
        """The ring that a server would use."""
        return self.step(lambda connection: store.load(connection, Seal(self.secret.encode())))

    def events(self) -> list[Any]:
        """The details of the audit lines about keys, in order."""
        query = sa.select(audit.c.detail).where(audit.c.event == "key.stage_reached").order_by(audit.c.id)
        return self.step(lambda connection: list(connection.execute(query).scalars()))

    def step(self, step: Callable[[sa.Connection], T]) -> T:
        """Run a step as a server would."""

        async def run() -> T:
            database = open_database(self.database_url)
            try:
                return await database.transaction(step)
            finally:
                await database.close()

        return asyncio.run(run())


@pytest.fixture(scope="module")
def first_keys() -> KeyRing:
    """The keys of a first start, made once since RSA keys are slow to make."""
    return rotation.begin(KeyRing(), 1_790_000_000)


@pytest.fixture
def operator(database_url: str, first_keys: KeyRing) -> Operator:
    """An operator of a provider that has started once."""
    operator = Operator(database_url)
    operator.begin(first_keys)
    return operator


def each(*stages: str) -> Counter[tuple[str, str]]:
    return Counter((alg, stage) for alg in ALGORITHMS_HELD for stage in stages)


def test_list_shows_the_keys_to_people_and_to_programs(operator: Operator, first_keys: KeyRing) -> None:
    table = operator.says("list").splitlines()
    assert table[0].split() == ["KID", "ALG", "USE", "STAGE", "SINCE"]
    assert len(table) == 1 + len(ALGORITHMS_HELD)
    kid = first_keys.signing_key("ES256").kid
    assert f"{kid}  ES256" in "\n".join(table)
    assert "active  2026-09-21 14:13 UTC" in table[1]
    [shown] = [key for key in operator.json("list")["keys"] if key["alg"] == "ES256"]
    assert shown["jwk"] == first_keys.signing_key("ES256").published()
    assert (shown["kid"], shown["stage"], shown["created_at"]) == (kid, "active", 1_790_000_000)


def test_list_needs_no_secret_key(operator: Operator) -> None:
    other = replace(operator, secret="another secret key, long enough as well")
    assert other.json("list") == operator.json("list")


def test_rotate_announces_successors_that_do_not_sign_yet(operator: Operator, first_keys: KeyRing) -> None:
    changed = operator.json("rotate")
    assert [move["stage"] for move in changed["changed"]] == ["announced"] * len(ALGORITHMS_HELD)
    assert operator.stages() == each("active", "announced")
    assert operator.ring().signing_key("RS256").kid == first_keys.signing_key("RS256").kid
    assert operator.says("rotate").count("announced") == len(ALGORITHMS_HELD)
    assert operator.stages() == each("active", "announced", "announced")


def test_rotate_now_lets_the_announced_keys_sign_and_still_publishes_the_former(operator: Operator) -> None:
    former = operator.ring()
    announced = {move["kid"] for move in operator.json("rotate")["changed"]}
    table = operator.says("rotate", "--now")
    ring = operator.ring()
    assert {key.kid for key in ring if key.stage == "active"} == announced
    assert operator.stages() == each("retiring", "active")
    assert {entry["kid"] for entry in ring.published()["keys"]} > {key.kid for key in former}
    assert all(kid in table for kid in announced)


def test_every_stage_reached_leaves_an_audit_line(operator: Operator) -> None:
    operator.says("rotate")
    [es256] = [key["kid"] for key in operator.json("list")["keys"] if (key["alg"], key["stage"]) == ("ES256", "active")]
    operator.says("retire", es256, "--withdraw")
    lines = operator.events()
    assert Counter(line["stage"] for line in lines) == {"announced": 4, "withdrawn": 1, "active": 1}
    assert {"kid": es256, "alg": "ES256", "stage": "withdrawn"} in lines


@pytest.mark.parametrize(("option", "believed"), [([], True), (["--withdraw"], False)], ids=["retired", "withdrawn"])
def test_retire_replaces_a_key_and_withdraw_refuses_what_it_signed(
    operator: Operator, option: list[str], believed: bool
) -> None:
    key = operator.ring().signing_key("EdDSA")
    token = jose.sign(key, CLAIMS, typ="JWT")
    operator.says("retire", key.kid, *option)
    ring = operator.ring()
    assert ring.signing_key("EdDSA").kid != key.kid
    if believed:
        assert jose.verify(token, ring.verification_keys(), algorithms=["EdDSA"]) == CLAIMS
    else:
        with pytest.raises(UnknownKey):
            jose.verify(token, ring.verification_keys(), algorithms=["EdDSA"])


def test_after_a_leak_all_keys_are_replaced_under_the_new_secret(operator: Operator) -> None:
    renewed = replace(operator, secret="a new secret key nobody else has seen")
    assert "sealed under another secret key" in renewed.refused("rotate")
    moves = renewed.json("retire", "--all", "--withdraw")["changed"]
    assert Counter(move["stage"] for move in moves) == {"withdrawn": 4, "active": 4}
    assert renewed.stages() == each("withdrawn", "active")
    assert renewed.ring().algorithms() == ("RS256", "ES256", "EdDSA")
    assert len(renewed.events()) == 8


def test_reseal_keeps_the_keys_and_changes_the_secret(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "new-secret"
    file.write_text("a new secret key nobody else has seen\n")
    before = operator.ring().published()
    assert operator.json("reseal", str(file)) == {"resealed": len(ALGORITHMS_HELD), "resealed_client_secrets": 0}
    renewed = replace(operator, secret="a new secret key nobody else has seen")
    assert renewed.ring().published() == before
    assert "sealed under another secret key" in operator.refused("reseal", str(file))
    file.write_text("short")
    assert "32 bytes" in renewed.refused("reseal", str(file))
    assert renewed.ring().published() == before


def test_what_cannot_be_done_is_said_and_changes_nothing(operator: Operator) -> None:
    kid = operator.ring().signing_key("ES256").kid
    assert "no key" in operator.refused("retire", "unknown")
    assert "Name one KID" in operator.refused("retire", code=2)
    assert "Name one KID" in operator.refused("retire", "--all", code=2)
    assert "Name one KID" in operator.refused("retire", kid, "--all", "--withdraw", code=2)
    assert operator.stages() == each("active")
    operator.says("retire", kid)
    assert "cannot become retiring" in operator.refused("retire", kid)


def test_a_database_that_does_not_answer_is_said(tmp_path: Path) -> None:
    nowhere = Operator(f"sqlite:///{tmp_path / 'missing' / 'provider.db'}")
    assert nowhere.refused("list")
    assert nowhere.refused("rotate")


def test_the_server_does_not_start_with_another_secret_key(tmp_path: Path, first_keys: KeyRing) -> None:
    operator, port = Operator(f"sqlite:///{tmp_path / 'provider.db'}"), free_port()
    server.idp(server.environment(operator.database_url, port), "migrate")
    operator.begin(first_keys)
    log = tmp_path / "log"
    environ = server.environment(operator.database_url, port, secret_key="another secret key, long enough as well")
    assert server.launch(environ, port, log).process.wait(timeout=30) == 1
    assert "sealed under another secret key" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_two_rotations_at_once_make_one_set_of_successors(operator: Operator) -> None:
    settings = settings_for(operator.database_url, secret_key=SECRET)

    async def race() -> list[Outcome]:
        async with opened(settings) as one, opened(settings) as other:
            policy = Policy(announce_for=100, active_for=1_000, retire_for=300)
            for site in (one, other):
                assert isinstance(site.provider.clock, FixedClock)
                site.clock.advance(900)
            return await asyncio.gather(*(follow_calendar(site.provider, policy) for site in (one, other)))

    outcomes = asyncio.run(race())
    assert sorted(len(outcome.moves) for outcome in outcomes) == [0, 4]
    assert operator.stages() == each("active", "announced")


def test_a_key_retires_for_longer_than_any_token_it_signed_lives() -> None:
    usual = settings_for("sqlite:///unused.db")
    assert policy_of(usual) == Policy()
    for lifetimes in (
        replace(usual.lifetimes, id_token=30 * 86_400),
        replace(usual.lifetimes, access_token=30 * 86_400),
    ):
        assert policy_of(replace(usual, lifetimes=lifetimes)).retire_for == 30 * 86_400 + 3_600
    assert max(LIFETIMES) + 3_600 < policy_of(usual).retire_for


async def test_the_ring_in_use_follows_the_calendar(database_url: str) -> None:
    async with opened(settings_for(database_url)) as site:
        provider: Provider = site.provider
        before = provider.ring.signing_key("ES256").kid
        assert (await follow_calendar(provider)).moves == ()
        site.clock.advance(89 * 86_400)
        assert {move.stage for move in (await follow_calendar(provider)).moves} == {"announced"}
        assert provider.ring.signing_key("ES256").kid == before
        site.clock.advance(86_400)
        await follow_calendar(provider)
        assert provider.ring.signing_key("ES256").kid != before
        assert before in {entry["kid"] for entry in provider.ring.published()["keys"]}
        site.clock.advance(7 * 86_400)
        await follow_calendar(provider)
        assert before not in {entry["kid"] for entry in provider.ring.published()["keys"]}
