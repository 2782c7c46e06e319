"""The key ring at rest, on each database: sealed, and one result whoever changes it at the same time."""

import asyncio
import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from idp.foundation.database import open_database
from keys import jose, rotation, store
from keys.ring import ALGORITHMS_HELD, KeyRing, Stage
from keys.rotation import Policy
from keys.sealing import Seal, SealBroken
from keys.tables import key_ring, provider_keys
from tests.support.quick_keys import quick_key
from tests.units.keys.hostile import CLAIMS, NOW

POLICY = Policy(announce_for=100, active_for=1_000, retire_for=300)


def follow(connection: sa.Connection, seal: Seal, now: int) -> KeyRing | None:
    """Do what the calendar asks."""
    seen = store.load(connection, seal)
    return store.save(connection, seal, seen, rotation.advance(seen, now, POLICY, quick_key), now)


def hurry(connection: sa.Connection, seal: Seal, seen: KeyRing, now: int) -> KeyRing | None:
    """Replace every active key of the ring seen."""
    return store.save(connection, seal, seen, rotation.succeed(seen, now, quick_key), now)


def stages(connection: sa.Connection) -> dict[str, list[str]]:
    """The stages of the keys of each algorithm, oldest first."""
    found: dict[str, list[str]] = {}
    for record in store.inventory(connection):
        found.setdefault(record.alg, []).append(record.stage.value)
    return found


def each(*expected: str) -> dict[str, list[str]]:
    """The same stages for every algorithm."""
    return {alg: list(expected) for alg in ALGORITHMS_HELD}


def test_a_first_start_makes_one_active_key_per_algorithm_and_a_second_makes_none(
    connection: sa.Connection, seal: Seal
) -> None:
    first = store.ensure(connection, seal, NOW)
    assert {key.alg: key.stage for key in first} == dict.fromkeys(ALGORITHMS_HELD, Stage.ACTIVE)
    assert first.version == 1
    again = store.ensure(connection, seal, NOW + 5)
    assert again.published() == first.published()
    assert again.version == 1


def test_a_ring_read_back_signs_and_decrypts_as_before(connection: sa.Connection, seal: Seal) -> None:
    made = store.ensure(connection, seal, NOW)
    held = store.load(connection, seal)
    for alg in made.algorithms():
        token = jose.sign(held.signing_key(alg), CLAIMS, typ="JWT")
        assert jose.verify(token, made.verification_keys(), algorithms=[alg]) == CLAIMS
    secret = jose.encrypt(token, made.decryption_keys()[0], alg="RSA-OAEP-256", enc="A256GCM")
    assert jose.decrypt(secret, held.decryption_keys(), algorithms=["RSA-OAEP-256"]) == token


def test_an_empty_database_gives_an_empty_ring(connection: sa.Connection, seal: Seal) -> None:
    assert store.load(connection, seal) == KeyRing()
    assert store.inventory(connection) == ()


def test_a_dump_of_the_tables_holds_no_private_key(connection: sa.Connection, seal: Seal) -> None:
    ring = store.ensure(connection, seal, NOW)
    ring = hurry(connection, seal, ring, NOW + 1) or ring
    assert len(ring.keys) == 2 * len(ALGORITHMS_HELD)
    dump = repr([tuple(row) for table in (key_ring, provider_keys) for row in connection.execute(sa.select(table))])
    assert "s1." in dump
    for key in ring:
        private = json.loads(key.jwk.private_text())
        hidden = private.keys() - key.jwk.public_members().keys()
        assert "d" in hidden
        assert not any(private[name] in dump for name in hidden)


def test_another_secret_key_fails_closed_and_says_so(connection: sa.Connection, seal: Seal) -> None:
    store.ensure(connection, seal, NOW, quick_key)
    other = Seal(b"another secret key, long enough as well")
    for step in (store.load, lambda connection, seal: store.ensure(connection, seal, NOW, quick_key)):
        with pytest.raises(SealBroken, match="sealed under another secret key"):
            step(connection, other)
    assert stages(connection) == each("active")


def test_private_keys_swapped_between_rows_do_not_open(connection: sa.Connection, seal: Seal) -> None:
    ring = store.ensure(connection, seal, NOW, quick_key)
    one, other = ring.signing_key("ES256"), ring.signing_key("EdDSA")
    sealed = sa.select(provider_keys.c.sealed_jwk).where(provider_keys.c.kid == one.kid).scalar_subquery()
    connection.execute(sa.update(provider_keys).where(provider_keys.c.kid == other.kid).values(sealed_jwk=sealed))
    with pytest.raises(SealBroken, match=other.kid):
        store.load(connection, seal)


def test_the_calendar_leads_a_key_to_its_withdrawal_and_destroys_its_private_half(
    connection: sa.Connection, seal: Seal
) -> None:
    expected = {
        NOW: ["active"],
        NOW + 899: ["active"],
        NOW + 900: ["active", "announced"],
        NOW + 1_000: ["retiring", "active"],
        NOW + 1_299: ["retiring", "active"],
        NOW + 1_300: ["withdrawn", "active"],
    }
    for now, reached in expected.items():
        follow(connection, seal, now)
        assert stages(connection) == each(*reached)
    gone = sa.select(provider_keys.c.sealed_jwk).where(provider_keys.c.stage == "withdrawn")
    assert connection.execute(gone).scalars().all() == [None] * len(ALGORITHMS_HELD)
    assert len(store.load(connection, seal).keys) == len(ALGORITHMS_HELD)


def test_rotating_when_nothing_is_due_writes_nothing(connection: sa.Connection, seal: Seal) -> None:
    ring = store.ensure(connection, seal, NOW, quick_key)
    assert store.save(connection, seal, ring, rotation.advance(ring, NOW + 10, POLICY, quick_key), NOW + 10) is ring
    assert connection.execute(sa.select(key_ring.c.changed_at)).scalar_one() == NOW


def test_a_change_computed_from_an_older_ring_is_dropped(connection: sa.Connection, seal: Seal) -> None:
    seen = store.ensure(connection, seal, NOW, quick_key)
    first = hurry(connection, seal, seen, NOW + 1)
    assert first is not None
    assert first.version == 2
    assert hurry(connection, seal, seen, NOW + 1) is None
    assert store.load(connection, seal).published() == first.published()
    assert stages(connection) == each("retiring", "active")


def test_of_two_first_starts_one_is_dropped(connection: sa.Connection, seal: Seal) -> None:
    first = store.save(connection, seal, KeyRing(), rotation.begin(KeyRing(), NOW, quick_key), NOW)
    assert store.save(connection, seal, KeyRing(), rotation.begin(KeyRing(), NOW, quick_key), NOW) is None
    assert first is not None
    assert store.load(connection, seal).published() == first.published()


def test_a_known_ring_is_given_back_unchanged_or_lends_its_imported_keys(connection: sa.Connection, seal: Seal) -> None:
    known = store.ensure(connection, seal, NOW, quick_key)
    assert store.load(connection, seal, known) is known
    store.save(connection, seal, known, rotation.announce(known, NOW + 1, quick_key), NOW + 1)
    newer = store.load(connection, seal, known)
    assert newer.version == known.version + 1
    for key in known:
        held = newer.by_kid(key.kid)
        assert held is not None
        assert held.jwk is key.jwk


def test_after_a_leak_every_key_is_withdrawn_without_the_secret_and_new_ones_begin(
    connection: sa.Connection, seal: Seal
) -> None:
    leaked = store.ensure(connection, seal, NOW, quick_key)
    withdrawn = store.withdraw_all(connection, NOW + 1)
    assert {(key.kid, key.stage, key.stage_at) for key in withdrawn} == {
        (key.kid, Stage.WITHDRAWN, NOW + 1) for key in leaked
    }
    fresh = store.ensure(connection, Seal(b"the new secret key, long enough as well"), NOW + 2, quick_key)
    assert fresh.version > leaked.version
    assert stages(connection) == each("withdrawn", "active")
    assert not {key.kid for key in fresh} & {key.kid for key in leaked}


def test_withdrawing_all_defeats_a_change_under_way(connection: sa.Connection, seal: Seal) -> None:
    seen = store.ensure(connection, seal, NOW, quick_key)
    store.withdraw_all(connection, NOW + 1)
    assert hurry(connection, seal, seen, NOW + 2) is None
    assert store.load(connection, seal).keys == ()


def test_the_same_keys_may_be_sealed_under_another_secret(connection: sa.Connection, seal: Seal) -> None:
    ring = store.ensure(connection, seal, NOW, quick_key)
    renewed = Seal(b"the new secret key, long enough as well")
    assert store.reseal(connection, seal, renewed, NOW + 1) == len(ALGORITHMS_HELD)
    assert store.load(connection, renewed).published() == ring.published()
    with pytest.raises(SealBroken):
        store.load(connection, seal)
    with pytest.raises(SealBroken):
        store.reseal(connection, seal, renewed, NOW + 2)
    assert store.load(connection, renewed).published() == ring.published()


def test_a_change_begun_before_sealing_anew_is_dropped(connection: sa.Connection, seal: Seal) -> None:
    seen = store.ensure(connection, seal, NOW, quick_key)
    renewed = Seal(b"the new secret key, long enough as well")
    store.reseal(connection, seal, renewed, NOW + 1)
    assert hurry(connection, seal, seen, NOW + 2) is None
    assert store.load(connection, renewed).published() == seen.published()


@pytest.mark.parametrize(
    "values",
    [
        {"stage": "active", "sealed_jwk": "s1.AAAA"},
        {"stage": "withdrawn", "sealed_jwk": "s1.AAAA"},
        {"stage": "retiring"},
    ],
    ids=["two active", "withdrawn with its private half", "live without one"],
)
def test_the_database_itself_refuses_a_second_active_key_and_a_half_withdrawn_one(
    connection: sa.Connection, seal: Seal, values: dict[str, str]
) -> None:
    store.ensure(connection, seal, NOW, quick_key)
    row = {"kid": "k", "use": "sig", "alg": "ES256", "created_at": NOW, "stage_at": NOW, "public_jwk": {}, **values}
    with pytest.raises(IntegrityError), connection.begin_nested():
        connection.execute(sa.insert(provider_keys), row)


Step = Callable[[sa.Connection], KeyRing | None]


def _at_once(url: str, steps: list[Step]) -> list[KeyRing | None]:
    """Run each step in a transaction of its own, all at once, each as another process would."""

    async def run() -> list[KeyRing | None]:
        databases = [open_database(url) for _ in steps]
        try:
            return await asyncio.gather(
                *(database.transaction(step) for database, step in zip(databases, steps, strict=True))
            )
        finally:
            await asyncio.gather(*(database.close() for database in databases))

    return asyncio.run(run())


def test_first_starts_at_once_give_one_ring(database_url: str, seal: Seal) -> None:
    rings = _at_once(database_url, [lambda connection: store.ensure(connection, seal, NOW, quick_key)] * 5)
    assert len({json.dumps(ring.published()) for ring in rings if ring}) == 1
    assert [ring.version for ring in rings if ring] == [1] * 5


def test_of_rotations_at_once_exactly_one_is_stored(database_url: str, seal: Seal) -> None:
    [seen] = _at_once(database_url, [lambda connection: store.ensure(connection, seal, NOW, quick_key)])
    assert seen is not None
    rings = _at_once(database_url, [lambda connection: hurry(connection, seal, seen, NOW + 1)] * 5)
    [winner] = [ring for ring in rings if ring is not None]
    [stored] = _at_once(database_url, [lambda connection: store.load(connection, seal)])
    assert stored is not None
    assert stored.published() == winner.published()
    assert sorted(key.stage for key in stored) == [Stage.ACTIVE] * 4 + [Stage.RETIRING] * 4


def test_the_calendar_followed_by_several_at_once_announces_once(database_url: str, seal: Seal) -> None:
    _at_once(database_url, [lambda connection: store.ensure(connection, seal, NOW, quick_key)])
    _at_once(database_url, [lambda connection: follow(connection, seal, NOW + 900)] * 5)
    [stored] = _at_once(database_url, [lambda connection: store.load(connection, seal)])
    assert stored is not None
    assert sorted(key.stage for key in stored) == [Stage.ACTIVE] * 4 + [Stage.ANNOUNCED] * 4
