"""What the catalogue shows of applications, and where opening one leads."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from clients import metadata, registry
from clients.client import Client
from clients.policy import Policy
from clients.problems import MetadataRefused
from tests.units.clients.conftest import NOW

OPERATOR = Policy(by_operator=True)
ISSUER = "https://connexion.exemple.fr"
POOL = {"redirect_uris": ["https://pool.example/cb"]}


@pytest.mark.parametrize(
    ("members", "address"),
    [
        ({"initiate_login_uri": "https://a.example/in"}, "https://a.example/in?iss=https%3A%2F%2Fconnexion.exemple.fr"),
        (
            {"initiate_login_uri": "https://a.example/?x=1", "client_uri": "https://a.example/"},
            "https://a.example/?x=1&iss=https%3A%2F%2Fconnexion.exemple.fr",
        ),
        ({"client_uri": "https://a.example/"}, "https://a.example/"),
        ({}, None),
    ],
)
def test_an_application_opens_at_its_sign_in_or_else_at_its_home_page(
    members: dict[str, str], address: str | None
) -> None:
    assert Client(client_id="pool", **members).address_to_open(ISSUER) == address  # type: ignore[arg-type]


def test_a_listed_application_can_be_opened() -> None:
    with pytest.raises(MetadataRefused) as refused:
        metadata.read({**POOL, "listed": True}, client_id="pool", policy=OPERATOR)
    assert [problem.member for problem in refused.value.problems] == ["listed"]
    document = {**POOL, "listed": True, "description": " Nager ", "client_uri": "https://pool.example/"}
    client = metadata.read(document, client_id="pool", policy=OPERATOR)
    assert (client.listed, client.description) == (True, "Nager")


def test_nobody_lists_itself() -> None:
    document = {**POOL, "listed": True, "description": "Gagnez !", "client_uri": "https://pool.example/"}
    client = metadata.read(document, client_id="pool", policy=Policy())
    assert (client.listed, client.description) == (False, "")


def test_an_address_of_plain_http_is_refused_to_whoever_registers_itself() -> None:
    document = {**POOL, "initiate_login_uri": "http://pool.example/in"}
    with pytest.raises(MetadataRefused) as refused:
        metadata.read(document, client_id="pool", policy=Policy())
    assert [problem.member for problem in refused.value.problems] == ["initiate_login_uri"]


def test_the_catalogue_holds_what_is_listed_and_not_suspended(
    connection: sa.Connection, random_bytes: Callable[[int], bytes]
) -> None:
    for client_id, listed in (("a", True), ("b", False), ("c", True)):
        client = Client(client_id=client_id, listed=listed, client_uri="https://pool.example/")
        registry.register(connection, client, now=NOW, random_bytes=random_bytes)
    registry.suspend(connection, "c", now=NOW)
    assert [client.client_id for client in registry.catalogue(connection)] == ["a"]
