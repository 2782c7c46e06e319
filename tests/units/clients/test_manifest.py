"""Applications in files: what a file may say, what applying it does, and that applying it again does nothing."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from clients import manifest, registry
from clients.client import Client
from clients.manifest import ManifestRefused, Plan
from clients.policy import OPERATOR
from keys.jwk import Jwk
from tests.units.clients.conftest import NOW, SEAL

Random = Callable[[int], bytes]

TWO = b"""
[[clients]]
client_id = "pool"
client_name = "Piscine"
redirect_uris = ["https://pool.example/cb"]
scope = "openid profile"
first_party = true

[[clients]]
client_id = "kiosk"
application_type = "native"
redirect_uris = ["http://127.0.0.1/cb"]
token_endpoint_auth_method = "none"
"""


def read(data: bytes, name: str = "clients.toml") -> tuple[Client, ...]:
    """Read one file as an operator."""
    return manifest.read({name: data}, OPERATOR)


def plan(connection: sa.Connection, wanted: tuple[Client, ...], *, prune: bool = False) -> Plan:
    """Compare some clients with the registry."""
    return manifest.diff(registry.list_all(connection), wanted, prune=prune)


def reconcile(connection: sa.Connection, random_bytes: Random, data: bytes, *, prune: bool = False) -> Plan:
    """Apply one file and return what was done."""
    done = plan(connection, read(data), prune=prune)
    manifest.apply(connection, done, now=NOW, random_bytes=random_bytes, seal=SEAL)
    return done


def refused(files: dict[str, bytes]) -> tuple[str, ...]:
    """Return the problems of files that must have some."""
    with pytest.raises(ManifestRefused) as error:
        manifest.read(files, OPERATOR)
    return error.value.problems


def test_the_same_clients_are_read_from_toml_and_json() -> None:
    documents = tomllib.loads(TWO.decode())
    assert read(json.dumps(documents).encode(), "clients.json") == read(TWO)
    assert [client.client_id for client in read(TWO)] == ["pool", "kiosk"]


def test_a_file_may_hold_one_client_and_several_files_are_one_description() -> None:
    one = b'client_id = "one"\nredirect_uris = ["https://one.example/cb"]\n'
    together = manifest.read({"two.toml": TWO, "one.toml": one}, OPERATOR)
    assert [client.client_id for client in together] == ["pool", "kiosk", "one"]


def test_applying_a_file_twice_changes_nothing_the_second_time(connection: sa.Connection, random_bytes: Random) -> None:
    first = reconcile(connection, random_bytes, TWO)
    assert [client.client_id for client in first.added] == ["pool", "kiosk"]
    before = registry.list_all(connection), registry.secrets_of(connection, "pool")
    second = reconcile(connection, random_bytes, TWO)
    assert second.changes_nothing
    assert [client.client_id for client in second.unchanged] == ["pool", "kiosk"]
    assert (registry.list_all(connection), registry.secrets_of(connection, "pool")) == before


def test_applying_gives_a_secret_to_each_new_client_that_needs_one(
    connection: sa.Connection, random_bytes: Random
) -> None:
    issued = manifest.apply(connection, plan(connection, read(TWO)), now=NOW, random_bytes=random_bytes, seal=SEAL)
    assert {item.client.client_id: item.secret is not None for item in issued} == {"pool": True, "kiosk": False}


def test_a_changed_member_is_told_and_the_secret_stays(connection: sa.Connection, random_bytes: Random) -> None:
    reconcile(connection, random_bytes, TWO)
    secrets = registry.secrets_of(connection, "pool")
    done = reconcile(connection, random_bytes, TWO.replace(b"Piscine", b"Bassin").replace(b"first_party = true\n", b""))
    assert [(change.before.client_id, change.members) for change in done.changed] == [
        ("pool", ("client_name", "first_party"))
    ]
    assert not done.added
    pool = registry.find(connection, "pool")
    assert pool is not None
    assert (pool.client_name, pool.first_party) == ("Bassin", False)
    assert registry.secrets_of(connection, "pool") == secrets


def test_a_suspension_survives_an_application_of_the_file(connection: sa.Connection, random_bytes: Random) -> None:
    reconcile(connection, random_bytes, TWO)
    registry.suspend(connection, "pool", now=NOW + 1)
    assert reconcile(connection, random_bytes, TWO).changes_nothing
    reconcile(connection, random_bytes, TWO.replace(b"Piscine", b"Bassin"))
    pool = registry.find(connection, "pool")
    assert pool is not None
    assert pool.suspended


def test_what_no_file_names_is_removed_only_when_pruning(connection: sa.Connection, random_bytes: Random) -> None:
    other = Client(client_id="other", redirect_uris=("https://other.example/cb",))
    registry.register(connection, other, now=NOW, random_bytes=random_bytes)
    assert not reconcile(connection, random_bytes, TWO).removed
    assert registry.find(connection, "other") is not None
    done = reconcile(connection, random_bytes, TWO, prune=True)
    assert [client.client_id for client in done.removed] == ["other"]
    assert registry.find(connection, "other") is None
    assert reconcile(connection, random_bytes, TWO, prune=True).changes_nothing


def test_comparing_touches_nothing(connection: sa.Connection) -> None:
    assert plan(connection, read(TWO), prune=True).added
    assert registry.list_all(connection) == ()


def test_what_is_written_is_read_back() -> None:
    odd = Client(
        client_id="odd",
        client_name='Piscine « été » "\U0001f3ca"',
        redirect_uris=("https://odd.example/cb?tenant=%C3%A9", "http://[::1]:8001/cb"),
        scope="openid",
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [{**Jwk.generate("ES256").public_members(), "kid": 'a"\\b\x7f', "x5t": "a.b"}]},
        default_max_age=0,
        require_pkce=False,
    )
    clients = (*read(TWO), odd)
    assert read(manifest.write_toml(clients).encode()) == clients
    written = json.dumps({"clients": [manifest.describe(client) for client in clients]}).encode()
    assert read(written, "clients.json") == clients


def test_a_written_file_holds_neither_secret_nor_date(connection: sa.Connection, random_bytes: Random) -> None:
    reconcile(connection, random_bytes, TWO)
    registry.suspend(connection, "pool", now=NOW)
    written = manifest.write_toml(registry.list_all(connection))
    assert "secret" not in written.replace("client_secret_basic", "")
    assert str(NOW) not in written
    assert plan(connection, read(written.encode()), prune=True).changes_nothing


def test_every_problem_of_every_file_is_named_at_once() -> None:
    found = refused(
        {
            "a.toml": b'client_id = "a"\nredirect_uris = ["https://a.example/#f"]\nscope = "magic"\n',
            "b.toml": b"not toml",
            "c.json": b'{"client_id": "c", "client_id": "d"}',
            "d.json": json.dumps(
                {
                    "clients": [
                        {"redirect_uris": ["https://d.example/cb"], "scope": 1},
                        {"client_id": "e", "client_secret": "in-a-repository", "redirect_uris": []},
                        {"client_id": "f", "redirect_uri": "https://f.example/cb"},
                        "g",
                    ]
                }
            ).encode(),
        }
    )
    beginnings = [
        "a.toml: a: redirect_uris: item 1 has a fragment",
        "a.toml: a: scope: magic is not",
        "b.toml: not TOML",
        "c.json: not a JSON object",
        "d.json: client 1: client_id: must be",
        "d.json: client 1: scope: must be a text",
        "d.json: e: client_secret: does not belong",
        "d.json: e: redirect_uris: at least one",
        "d.json: f: 'redirect_uri': is not a member",
        "d.json: f: redirect_uris: at least one",
        "d.json: client 4: document: must be",
    ]
    assert len(found) == len(beginnings)
    for problem, beginning in zip(found, beginnings, strict=True):
        assert problem.startswith(beginning)


@pytest.mark.parametrize(
    "data",
    [
        b"clients = []",
        b"clients = 1",
        b'[clients]\nclient_id = "a"',
        TWO + b"[more]\nx = 1",
        b"",
        b"\xff\xfe",
        b"#" * 1_000_001,
    ],
    ids=["no client", "a number", "not a list", "something else", "empty", "not text", "too large"],
)
def test_a_file_without_clients_is_refused(data: bytes) -> None:
    assert refused({"clients.toml": data})


def test_a_client_described_twice_is_refused() -> None:
    assert refused({"a.toml": TWO, "b.toml": TWO}) == (
        "b.toml: pool: described twice",
        "b.toml: kiosk: described twice",
    )


def test_a_plan_that_is_no_longer_true_is_refused(connection: sa.Connection, random_bytes: Random) -> None:
    stale = plan(connection, read(TWO))
    reconcile(connection, random_bytes, TWO)
    with pytest.raises(registry.ClientExists):
        manifest.apply(connection, stale, now=NOW, random_bytes=random_bytes, seal=SEAL)
    gone = manifest.diff(
        registry.list_all(connection), tuple(replace(c, scope="openid email") for c in read(TWO)), prune=False
    )
    registry.remove(connection, "pool")
    with pytest.raises(registry.UnknownClient):
        manifest.apply(connection, gone, now=NOW, random_bytes=random_bytes, seal=SEAL)
