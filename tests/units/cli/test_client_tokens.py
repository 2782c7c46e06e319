"""`idp clients token`, `tokens` and `revoke-token`, as an operator runs them, on each database."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from idp.cli import main
from idp.foundation.audit import audit
from idp.foundation.clock import SystemClock
from idp.foundation.database import open_database
from idp.oidc.registration import initial_access

T = TypeVar("T")


@pytest.fixture
def run(database_url: str) -> Callable[..., Result]:
    """Runs one command of `idp clients`."""
    environment = {
        "IDP_ISSUER": "https://connexion.exemple.fr",
        "IDP_DATABASE_URL": database_url,
        "IDP_SECRET_KEY": "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e",
    }
    return lambda *arguments: CliRunner().invoke(main, ["clients", *arguments], env=environment, catch_exceptions=False)


def step(database_url: str, function: Callable[..., T], *arguments: object) -> T:
    async def act() -> T:
        database = open_database(database_url)
        try:
            return await database.transaction(function, *arguments)
        finally:
            await database.close()

    return asyncio.run(act())


def serves(database_url: str, secret: str) -> bool:
    return step(database_url, initial_access.serves, secret, SystemClock().now())


def made(run: Callable[..., Result], *options: str) -> dict[str, Any]:
    result = run("token", *options, "--json")
    assert result.exit_code == 0
    assert "cannot be shown again" in result.stderr
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_a_token_is_shown_once_and_serves_so_many_times(run: Callable[..., Result], database_url: str) -> None:
    told = made(run, "--uses", "2", "--life", "3600", "--note", "Cantine")
    assert (told["uses_left"], told["note"], told["serves"]) == (2, "Cantine", True)
    assert told["expires_at"] - told["created_at"] == 3_600
    secret = told["initial_access_token"]
    assert secret.startswith("lpia_")
    now = SystemClock().now()
    assert [step(database_url, initial_access.use, secret, now) for _ in range(3)] == [told["id"], told["id"], None]
    assert not serves(database_url, secret)
    listed = run("tokens", "--json").stdout
    assert secret not in listed
    assert [(each["id"], each["uses_left"], each["serves"]) for each in json.loads(listed)["tokens"]] == [
        (told["id"], 0, False)
    ]
    assert secret not in run("tokens").stdout


def test_people_are_told_a_fact_a_line(run: Callable[..., Result], database_url: str) -> None:
    facts = dict(line.split(maxsplit=1) for line in run("token", "--note", "Cantine").stdout.splitlines())
    assert facts["note"] == "Cantine"
    assert serves(database_url, facts["initial_access_token"])


def test_a_revoked_token_serves_no_more(run: Callable[..., Result], database_url: str) -> None:
    told = made(run)
    result = run("revoke-token", told["id"], "--json")
    assert json.loads(result.stdout) == {"id": told["id"], "revoked": True}
    assert not serves(database_url, told["initial_access_token"])
    assert not json.loads(run("tokens", "--json").stdout)["tokens"][0]["serves"]
    again = run("revoke-token", told["id"])
    assert (again.exit_code, again.stdout) == (1, "")
    assert "not revoked already" in again.stderr


def test_making_and_revoking_are_in_the_audit(run: Callable[..., Result], database_url: str) -> None:
    told = made(run, "--note", "Cantine")
    run("revoke-token", told["id"])
    query = sa.select(audit.c.event, audit.c.detail).order_by(audit.c.id)
    lines = step(database_url, lambda connection: [tuple(row) for row in connection.execute(query)])
    assert lines == [
        ("initial_token.made", {"token": told["id"], "uses": 1, "note": "Cantine"}),
        ("initial_token.revoked", {"token": told["id"]}),
    ]


@pytest.mark.parametrize(
    "options", [("--uses", "0"), ("--life", "1"), ("--note", "x" * 256), ("--note", "a\nb")], ids=lambda each: each[0]
)
def test_what_makes_no_sense_is_refused(run: Callable[..., Result], options: tuple[str, str]) -> None:
    assert run("token", *options).exit_code == 2
    assert json.loads(run("tokens", "--json").stdout) == {"tokens": []}
