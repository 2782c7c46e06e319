"""`idp resources`, as an operator and as a script run it, on each database."""

import asyncio
import json
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from idp.cli import main
from idp.cli.resources import resources
from idp.foundation.audit import audit
from idp.foundation.database import open_database

AGENDA = "https://agenda.exemple.fr/api"
USUAL = ("add", AGENDA, "--name", "Agenda", "--scope", "agenda.lecture agenda.ecriture")


class Operator:
    """Someone at a terminal, next to a migrated database."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url

    def run(self, *args: str) -> Result:
        environment = {
            "IDP_ISSUER": "https://connexion.exemple.fr",
            "IDP_DATABASE_URL": self.database_url,
            "IDP_SECRET_KEY": "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e",
        }
        return CliRunner().invoke(main, args, env=environment, catch_exceptions=False)

    def json(self, *args: str) -> Any:
        """The one document that a command prints when it succeeds."""
        result = self.run(*args, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    def refused(self, *args: str) -> str:
        """The complaint of a command that fails."""
        result = self.run(*args)
        assert (result.exit_code, result.stdout) == (1, ""), result.stdout
        return result.stderr

    def events(self) -> list[str]:
        """What the audit says, in order."""

        async def read() -> list[str]:
            database = open_database(self.database_url)
            try:
                return await database.read(
                    lambda connection: list(connection.execute(sa.select(audit.c.event).order_by(audit.c.id)).scalars())
                )
            finally:
                await database.close()

        return asyncio.run(read())


@pytest.fixture
def operator(database_url: str) -> Operator:
    return Operator(database_url)


@pytest.mark.parametrize("command", resources.commands)
def test_each_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, ["resources", command, "--help"], prog_name="idp")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: idp resources {command} ")


def test_an_interface_is_declared_listed_and_removed(operator: Operator) -> None:
    added = operator.json("resources", *USUAL, "--token-format", "jwt", "--token-lifetime", "300")
    created_at = added.pop("created_at")
    assert created_at > 0
    assert added == {
        "identifier": AGENDA,
        "name": "Agenda",
        "scope": "agenda.lecture agenda.ecriture",
        "token_format": "jwt",
        "token_lifetime": 300,
        "client_id": None,
    }
    assert operator.json("resources", "list") == {"resources": [{**added, "created_at": created_at}]}
    assert AGENDA in operator.run("resources", "list").stdout
    assert operator.json("resources", "remove", AGENDA) == {"identifier": AGENDA, "removed": True}
    assert operator.json("resources", "list") == {"resources": []}
    assert operator.events() == ["resource.declared", "resource.removed"]


def test_declaring_twice_is_an_error_unless_it_replaces(operator: Operator) -> None:
    operator.json("resources", *USUAL)
    assert "declared already" in operator.refused("resources", *USUAL)
    changed = operator.json("resources", "add", AGENDA, "--name", "Rendez-vous", "--scope", "rdv", "--replace")
    assert (changed["name"], changed["scope"]) == ("Rendez-vous", "rdv")
    assert len(operator.json("resources", "list")["resources"]) == 1


def test_every_fault_is_named_at_once_and_nothing_is_kept(operator: Operator) -> None:
    complaint = operator.refused(
        "resources", "add", "agenda", "--name", " ", "--scope", "openid", "--client", "inconnu"
    )
    for fault in ("absolute URI", "the name", "openid is a scope of the provider", "no client is named inconnu"):
        assert fault in complaint
    assert operator.json("resources", "list") == {"resources": []}
    assert operator.events() == []


def test_what_is_not_there_cannot_be_removed(operator: Operator) -> None:
    assert AGENDA in operator.refused("resources", "remove", AGENDA)


def test_a_public_client_may_not_ask_about_tokens(operator: Operator) -> None:
    operator.json(
        *("clients", "add", "--client-id", "app", "--auth-method", "none"),
        *("--redirect-uri", "https://app.exemple.fr/cb"),
    )
    assert "does not authenticate" in operator.refused("resources", *USUAL, "--client", "app")


def test_an_application_is_given_the_scopes_of_a_declared_interface_and_no_other(operator: Operator) -> None:
    adding = ("clients", "add", "--client-id", "app", "--redirect-uri", "https://app.exemple.fr/cb")
    scope = ("--scope", "openid agenda.lecture")
    assert "agenda.lecture is not a scope" in operator.refused(*adding, *scope)
    operator.json("resources", *USUAL)
    added = operator.json(*adding, *scope, "--access-token-format", "jwt")
    assert (added["scope"], added["access_token_format"]) == ("openid agenda.lecture", "jwt")
    opaque = operator.json("clients", "update", "app", "--access-token-format", "opaque")
    assert opaque["access_token_format"] == "opaque"
    assert "access_token_format" in operator.refused("clients", "update", "app", "--access-token-format", "xml")


def test_an_application_that_names_no_scope_gets_none_of_an_interface(operator: Operator) -> None:
    operator.json("resources", *USUAL)
    added = operator.json("clients", "add", "--redirect-uri", "https://app.exemple.fr/cb")
    assert "openid" in added["scope"]
    assert "agenda" not in added["scope"]
