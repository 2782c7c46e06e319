"""`idp audit` and `idp backup`, as an operator runs them."""

import asyncio
import json
import sqlite3
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection

from idp.cli import main
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.clock import SystemClock
from idp.foundation.database import open_database


def run(database_url: str, *args: str) -> Result:
    """Run `idp` with the settings of a database."""
    environment = {
        "IDP_ISSUER": "https://connexion.exemple.fr",
        "IDP_DATABASE_URL": database_url,
        "IDP_SECRET_KEY": "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e",
    }
    return CliRunner().invoke(main, args, env=environment, catch_exceptions=False)


def write(database_url: str, *lines: tuple[Event, int, str | None]) -> None:
    """Write audit lines, each so many seconds ago, about a person or not."""

    async def whole() -> None:
        database, now = open_database(database_url), SystemClock().now()
        for event, ago, person in lines:
            await database.transaction(_record, event, now - ago, person)
        await database.close()

    asyncio.run(whole())


def _record(connection: Connection, event: Event, at: int, person: str | None) -> None:
    audit.record(connection, event, at=at, person_id=person, address="192.0.2.1")


def test_audit_shows_the_latest_first_and_only_what_is_asked(database_url: str) -> None:
    write(
        database_url,
        (Event.SIGNED_IN, 7_200, "p1"),
        (Event.SIGN_IN_FAILED, 60, "p1"),
        (Event.SIGNED_IN, 30, "p2"),
        (Event.SIGNED_IN, 200_000, "p1"),
    )

    def events(*args: str) -> list[tuple[str, str]]:
        lines = json.loads(run(database_url, "audit", "--json", *args).stdout)["lines"]
        return [(line["event"], line["person_id"]) for line in lines]

    assert events() == [("signed_in", "p2"), ("sign_in.failed", "p1"), ("signed_in", "p1")]
    assert events("--since", "1h") == [("signed_in", "p2"), ("sign_in.failed", "p1")]
    assert events("--person", "p1", "--since", "7d", "--event", "signed_in") == [
        ("signed_in", "p1"),
        ("signed_in", "p1"),
    ]
    assert events("--limit", "1") == [("signed_in", "p2")]


def test_audit_prints_a_table_for_people(database_url: str) -> None:
    write(database_url, (Event.SIGNED_IN, 30, "p2"))
    heading, line = run(database_url, "audit").stdout.splitlines()
    assert heading.split() == ["AT", "EVENT", "PERSON", "CLIENT", "ADDRESS", "DETAIL"]
    assert "signed_in" in line
    assert "192.0.2.1" in line


def test_audit_refuses_a_duration_it_cannot_read(database_url: str) -> None:
    refused = run(database_url, "audit", "--since", "yesterday")
    assert refused.exit_code == 2
    assert "m, h or d" in refused.stderr


def test_backup_copies_what_is_committed_and_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/idp.db"
    assert run(url, "migrate").exit_code == 0
    write(url, (Event.SIGNED_IN, 1, None))
    copy = tmp_path / "copy.db"
    assert run(url, "backup", str(copy)).exit_code == 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with sqlite3.connect(copy) as opened:
        assert opened.execute("SELECT event FROM audit").fetchall() == [("signed_in",)]
    opened.close()


@pytest.mark.parametrize("mishap", ["the file exists", "nothing to back up", "PostgreSQL"])
def test_backup_says_why_it_does_nothing(tmp_path: Path, mishap: str) -> None:
    copy = tmp_path / "copy.db"
    url = f"sqlite:///{tmp_path}/idp.db"
    if mishap == "the file exists":
        assert run(url, "migrate").exit_code == 0
        copy.write_text("something of mine")
    result = run("postgresql://idp@127.0.0.1/idp" if mishap == "PostgreSQL" else url, "backup", str(copy))
    assert result.exit_code == 1
    assert result.stderr
    assert not copy.exists() or copy.read_text() == "something of mine"
