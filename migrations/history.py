"""Bring a database to the present schema, say where it stands, or draft the next revision.

The history only goes forward: a column is removed one release after the last program that reads it, and going back is
restoring the backup. Every function is a step of one transaction, so that a failed migration leaves nothing half done,
on both engines.
"""

import hashlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from migrations.revision import current

HERE = Path(__file__).parent
LOCK = int.from_bytes(hashlib.sha256(b"laissez-passer migrations").digest()[:8], signed=True)
"""The advisory lock that a migrating node holds (PostgreSQL)."""

WAIT_FOR_OTHER_NODE_SECONDS = 120
WAIT_FOR_A_TABLE_SECONDS = 5
"""A migration that waits for a busy table makes every request behind it wait: better to fail and be run again."""
ONE_STATEMENT_SECONDS = 600


def upgrade(connection: Connection, revision: str = "head") -> tuple[str | None, str | None]:
    """Apply the missing revisions and return where the database stood and stands. Two nodes at once take turns."""
    _take_turn(connection)
    before = current(connection)
    command.upgrade(_config(connection), revision)
    return before, current(connection)


def draft(connection: Connection, title: str) -> Path:
    """Write the revision that brings a migrated database to the tables as they are declared now."""
    script = command.revision(_config(connection), message=title, autogenerate=True, rev_id=_next_number())
    if script is None or isinstance(script, list):
        raise RuntimeError("Alembic wrote no single revision")
    written = Path(script.path)
    lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
    written.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    return written


def _next_number() -> str:
    return f"{sum(1 for _ in ScriptDirectory(str(HERE)).walk_revisions()) + 1:04}"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _take_turn(connection: Connection) -> None:
    """Wait for a node that is migrating. SQLite's transactions exclude each other already (BEGIN IMMEDIATE)."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_FOR_OTHER_NODE_SECONDS}s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_FOR_A_TABLE_SECONDS}s'"))
    connection.execute(text(f"SET LOCAL statement_timeout = '{ONE_STATEMENT_SECONDS}s'"))
