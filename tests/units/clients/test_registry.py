"""The registry on each database: what is written is found, secrets follow, the cache is stale a stated time."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from clients import registry
from clients.cache import CachedRegistry
from clients.client import Client
from clients.registry import ClientExists, NoSecret, Registered, UnknownClient
from clients.secrets import Secret, digest
from clients.tables import client_secrets
from keys.errors import SealBroken
from keys.sealing import Seal
from tests.units.clients.conftest import NOW, SEAL

Random = Callable[[int], bytes]

POOL = Client(client_id="pool", client_name="Piscine", redirect_uris=("https://pool.example/cb",))
KIOSK = Client(client_id="kiosk", token_endpoint_auth_method="none")


@pytest.fixture
def pool_secret(connection: sa.Connection, random_bytes: Random) -> str:
    """The secret of the pool's application, registered at NOW."""
    issued = registry.register(connection, POOL, now=NOW, random_bytes=random_bytes)
    assert issued.secret is not None
    return issued.secret


def proves(connection: sa.Connection, secret: str, now: int) -> bool:
    """Whether a secret authenticates the pool's application, read without cache."""
    found = CachedRegistry().find(connection, "pool", now)
    assert found is not None
    return found.proves(secret, now)


def test_a_registered_client_is_found_with_its_dates(connection: sa.Connection, pool_secret: str) -> None:
    assert registry.find(connection, "pool") == replace(POOL, created_at=NOW, updated_at=NOW)
    assert proves(connection, pool_secret, NOW)


def test_only_the_digest_of_a_secret_is_stored(connection: sa.Connection, pool_secret: str) -> None:
    assert registry.secrets_of(connection, "pool") == (Secret(digest(pool_secret), NOW, None),)
    rows = [
        str(row)
        for table in ("clients", "client_secrets")
        for row in connection.execute(sa.text(f"SELECT * FROM {table}"))
    ]
    assert rows
    assert not any(pool_secret in row or pool_secret.removeprefix("lpcs_") in row for row in rows)


def test_a_secret_chosen_by_the_operator_is_kept(connection: sa.Connection, random_bytes: Random) -> None:
    issued = registry.register(connection, POOL, now=NOW, random_bytes=random_bytes, secret="chosen-by-somebody")
    assert issued.secret == "chosen-by-somebody"
    assert proves(connection, "chosen-by-somebody", NOW)


@pytest.mark.parametrize("method", ["none", "private_key_jwt"])
def test_a_client_that_shares_no_secret_gets_none(connection: sa.Connection, random_bytes: Random, method: str) -> None:
    client = replace(KIOSK, token_endpoint_auth_method=method)
    assert registry.register(connection, client, now=NOW, random_bytes=random_bytes).secret is None
    assert registry.secrets_of(connection, "kiosk") == ()
    with pytest.raises(NoSecret):
        registry.rotate_secret(connection, "kiosk", overlap=0, now=NOW, random_bytes=random_bytes)


def test_a_taken_identifier_is_refused_and_the_transaction_goes_on(
    connection: sa.Connection, random_bytes: Random, pool_secret: str
) -> None:
    with pytest.raises(ClientExists):
        registry.register(connection, replace(POOL, client_name="Other"), now=NOW, random_bytes=random_bytes)
    registry.register(connection, KIOSK, now=NOW, random_bytes=random_bytes)
    assert [client.client_name for client in registry.list_all(connection)] == ["", "Piscine"]
    assert proves(connection, pool_secret, NOW)


def test_an_amended_client_keeps_its_secret_its_birth_and_its_suspension(
    connection: sa.Connection, random_bytes: Random, pool_secret: str
) -> None:
    registry.suspend(connection, "pool", now=NOW + 1)
    issued = registry.amend(connection, replace(POOL, client_name="Bassin"), now=NOW + 2, random_bytes=random_bytes)
    assert issued.secret is None
    expected = replace(POOL, client_name="Bassin", created_at=NOW, updated_at=NOW + 2, suspended_at=NOW + 1)
    assert issued.client == registry.find(connection, "pool") == expected
    assert proves(connection, pool_secret, NOW + 2)


def test_secrets_follow_the_authentication_method(
    connection: sa.Connection, random_bytes: Random, pool_secret: str
) -> None:
    public = replace(POOL, token_endpoint_auth_method="none")
    assert registry.amend(connection, public, now=NOW, random_bytes=random_bytes).secret is None
    assert registry.secrets_of(connection, "pool") == ()
    again = registry.amend(connection, POOL, now=NOW, random_bytes=random_bytes).secret
    assert again is not None
    assert again != pool_secret
    assert proves(connection, again, NOW)
    assert not proves(connection, pool_secret, NOW)


def test_a_rotated_secret_overlaps_the_stated_time(
    connection: sa.Connection, random_bytes: Random, pool_secret: str
) -> None:
    new = registry.rotate_secret(connection, "pool", overlap=3600, now=NOW, random_bytes=random_bytes)
    assert [proves(connection, pool_secret, NOW + after) for after in (0, 3599, 3600)] == [True, True, False]
    assert [proves(connection, new, NOW + after) for after in (0, 3599, 3600, 10**8)] == [True] * 4


def test_a_rotation_without_overlap_ends_the_old_secret_at_once(
    connection: sa.Connection, random_bytes: Random, pool_secret: str
) -> None:
    new = registry.rotate_secret(connection, "pool", overlap=0, now=NOW, random_bytes=random_bytes)
    assert not proves(connection, pool_secret, NOW)
    assert [secret.digest for secret in registry.secrets_of(connection, "pool")] == [digest(new)]


def test_a_second_rotation_never_prolongs_an_ending_secret(
    connection: sa.Connection, random_bytes: Random, pool_secret: str
) -> None:
    registry.rotate_secret(connection, "pool", overlap=10, now=NOW, random_bytes=random_bytes)
    registry.rotate_secret(connection, "pool", overlap=1000, now=NOW + 5, random_bytes=random_bytes)
    assert proves(connection, pool_secret, NOW + 9)
    assert not proves(connection, pool_secret, NOW + 10)


def test_suspending_keeps_the_first_date_and_resuming_undoes_it(connection: sa.Connection, pool_secret: str) -> None:
    assert registry.suspend(connection, "pool", now=NOW + 1).suspended
    assert registry.suspend(connection, "pool", now=NOW + 9).suspended_at == NOW + 1
    assert not registry.resume(connection, "pool", now=NOW + 10).suspended
    assert registry.find(connection, "pool") == replace(POOL, created_at=NOW, updated_at=NOW + 10)
    assert registry.resume(connection, "pool", now=NOW + 20).updated_at == NOW + 10


def test_a_removed_client_leaves_nothing(connection: sa.Connection, random_bytes: Random, pool_secret: str) -> None:
    registry.register(connection, KIOSK, now=NOW, random_bytes=random_bytes)
    registry.remove(connection, "pool")
    assert registry.find(connection, "pool") is None
    assert registry.secrets_of(connection, "pool") == ()
    assert [client.client_id for client in registry.list_all(connection)] == ["kiosk"]


@pytest.mark.parametrize("client_id", ["nobody", "", "é", "a b", "pool\0", "' OR 1=1 --", "a" * 65, "\ud800"])
def test_an_unknown_identifier_is_unknown_everywhere(
    connection: sa.Connection, random_bytes: Random, client_id: str
) -> None:
    assert registry.find(connection, client_id) is None
    assert CachedRegistry().find(connection, client_id, NOW) is None
    with pytest.raises(UnknownClient):
        registry.amend(connection, replace(POOL, client_id=client_id), now=NOW, random_bytes=random_bytes)
    with pytest.raises(UnknownClient):
        registry.suspend(connection, client_id, now=NOW)
    with pytest.raises(UnknownClient):
        registry.resume(connection, client_id, now=NOW)
    with pytest.raises(UnknownClient):
        registry.remove(connection, client_id)
    with pytest.raises(UnknownClient):
        registry.rotate_secret(connection, client_id, overlap=0, now=NOW, random_bytes=random_bytes)


def test_a_new_identifier_is_one_the_registry_accepts(random_bytes: Random) -> None:
    first, second = registry.new_id(random_bytes), registry.new_id(random_bytes)
    assert first != second
    assert registry.is_id(first)
    assert not first.startswith("-")


class Queries:
    """Counts what a connection asks of the database."""

    def __init__(self, connection: sa.Connection) -> None:
        self.count = 0
        sa.event.listen(connection, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self.count += statement.startswith("SELECT")


def test_the_cache_loads_client_and_secrets_in_one_query_and_then_none(
    connection: sa.Connection, random_bytes: Random, pool_secret: str
) -> None:
    other = registry.rotate_secret(connection, "pool", overlap=60, now=NOW, random_bytes=random_bytes)
    cached, queries = CachedRegistry(), Queries(connection)
    for now in (NOW, NOW + 1, NOW + 4):
        found = cached.find(connection, "pool", now)
        assert found is not None
        assert found.client.client_name == "Piscine"
        assert found.proves(pool_secret, now)
        assert found.proves(other, now)
    assert queries.count == 1


def test_the_cache_is_stale_at_most_the_stated_seconds(connection: sa.Connection, pool_secret: str) -> None:
    cached = CachedRegistry(stale_after=5)
    cached.find(connection, "pool", NOW)
    registry.suspend(connection, "pool", now=NOW)
    suspended = []
    for now in (NOW + 4, NOW + 5):
        found = cached.find(connection, "pool", now)
        assert found is not None
        suspended.append(found.client.suspended)
    assert suspended == [False, True]


def test_a_clock_set_back_does_not_prolong_the_cache(connection: sa.Connection, pool_secret: str) -> None:
    cached = CachedRegistry()
    cached.find(connection, "pool", NOW)
    registry.remove(connection, "pool")
    assert cached.find(connection, "pool", NOW - 1000) is None


def test_an_invalidated_cache_reads_again(connection: sa.Connection, pool_secret: str) -> None:
    cached = CachedRegistry()
    cached.find(connection, "pool", NOW)
    registry.remove(connection, "pool")
    assert cached.find(connection, "pool", NOW) is not None
    cached.invalidate()
    assert cached.find(connection, "pool", NOW) is None


def test_an_expired_secret_ends_even_while_cached(
    connection: sa.Connection, random_bytes: Random, pool_secret: str
) -> None:
    registry.rotate_secret(connection, "pool", overlap=2, now=NOW, random_bytes=random_bytes)
    cached = CachedRegistry()
    for now, proven in ((NOW, True), (NOW + 2, False)):
        found = cached.find(connection, "pool", now)
        assert found is not None
        assert found.proves(pool_secret, now) is proven


def test_unknown_clients_are_not_kept_in_memory(connection: sa.Connection) -> None:
    cached, queries = CachedRegistry(), Queries(connection)
    assert cached.find(connection, "nobody", NOW) is None
    assert cached.find(connection, "nobody", NOW) is None
    assert queries.count == 2


def registered(connection: sa.Connection, client_id: str = "pool") -> Registered:
    """The client as endpoints read it."""
    found = CachedRegistry().find(connection, client_id, NOW)
    assert found is not None
    return found


SIGNING = replace(POOL, token_endpoint_auth_method="client_secret_jwt")


def test_the_secret_of_a_client_that_signs_with_it_is_kept_sealed(
    connection: sa.Connection, random_bytes: Random
) -> None:
    secret = registry.register(connection, SIGNING, now=NOW, random_bytes=random_bytes, seal=SEAL).secret
    assert secret is not None
    assert registered(connection).shared_keys(SEAL, NOW) == (secret.encode(),)
    assert secret not in str(connection.execute(sa.text("SELECT * FROM client_secrets")).all())
    with pytest.raises(SealBroken):
        registered(connection).shared_keys(Seal(b"another secret key of an operator"), NOW)


def test_a_sealed_secret_opens_for_no_other_client(connection: sa.Connection, random_bytes: Random) -> None:
    registry.register(connection, SIGNING, now=NOW, random_bytes=random_bytes, seal=SEAL)
    other = replace(SIGNING, client_id="kiosk")
    registry.register(connection, other, now=NOW, random_bytes=random_bytes, seal=SEAL)
    (mine,) = registry.secrets_of(connection, "pool")
    connection.execute(client_secrets.update().where(client_secrets.c.client_id == "kiosk").values(sealed=mine.sealed))
    with pytest.raises(SealBroken):
        registered(connection, "kiosk").shared_keys(SEAL, NOW)


def test_without_a_seal_no_such_client_is_registered(connection: sa.Connection, random_bytes: Random) -> None:
    with pytest.raises(ValueError, match="seal"):
        registry.register(connection, SIGNING, now=NOW, random_bytes=random_bytes)


def test_a_client_that_begins_to_sign_gets_a_secret_and_one_that_ceases_leaves_none_sealed(
    connection: sa.Connection, random_bytes: Random, pool_secret: str
) -> None:
    drawn = registry.amend(connection, SIGNING, now=NOW, random_bytes=random_bytes, seal=SEAL).secret
    assert drawn is not None
    assert registered(connection).shared_keys(SEAL, NOW) == (drawn.encode(),)
    assert not proves(connection, pool_secret, NOW)
    assert registry.amend(connection, SIGNING, now=NOW, random_bytes=random_bytes, seal=SEAL).secret is None
    assert registry.amend(connection, POOL, now=NOW, random_bytes=random_bytes).secret is None
    assert proves(connection, drawn, NOW)
    assert registered(connection).shared_keys(SEAL, NOW) == ()


def test_rotated_secrets_both_sign_during_the_overlap(connection: sa.Connection, random_bytes: Random) -> None:
    first = registry.register(connection, SIGNING, now=NOW, random_bytes=random_bytes, seal=SEAL).secret
    second = registry.rotate_secret(connection, "pool", overlap=60, now=NOW, random_bytes=random_bytes, seal=SEAL)
    assert first is not None
    assert set(registered(connection).shared_keys(SEAL, NOW)) == {first.encode(), second.encode()}
    assert registered(connection).shared_keys(SEAL, NOW + 60) == (second.encode(),)


def test_sealed_secrets_follow_the_secret_key(connection: sa.Connection, random_bytes: Random) -> None:
    secret = registry.register(connection, SIGNING, now=NOW, random_bytes=random_bytes, seal=SEAL).secret
    assert secret is not None
    renewed = Seal(b"another secret key of an operator")
    assert registry.reseal(connection, SEAL, renewed) == 1
    assert registered(connection).shared_keys(renewed, NOW) == (secret.encode(),)
    with pytest.raises(SealBroken):
        registry.reseal(connection, SEAL, renewed)


def test_the_token_that_manages_a_registration_is_replaced_once(
    connection: sa.Connection, random_bytes: Random
) -> None:
    managed = registry.register(connection, POOL, now=NOW, random_bytes=random_bytes, manager="first").client
    assert registry.entrusted(connection, "pool") == (managed, "first")
    assert registry.entrust(connection, "pool", "second", previous="first")
    assert not registry.entrust(connection, "pool", "third", previous="first")
    assert registry.entrusted(connection, "pool") == (managed, "second")


def test_a_client_that_an_operator_registered_does_not_manage_itself(
    connection: sa.Connection, pool_secret: str
) -> None:
    assert registry.entrusted(connection, "pool") is None
    assert not registry.entrust(connection, "pool", "stolen", previous="")
    assert registry.entrusted(connection, "nobody") is None
