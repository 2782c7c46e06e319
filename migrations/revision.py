"""Where a database stands and where it should, asked without Alembic: a server need not carry it."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

_VERSIONS = Path(__file__).parent / "versions"
_CURRENT = text("SELECT version_num FROM alembic_version")


def current(connection: Connection) -> str | None:
    """The revision the database is at; None when it was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.execute(_CURRENT).scalar()
    return str(revision) if revision is not None else None


def head() -> str | None:
    """The revision that this program needs: the last, since they are numbered in order."""
    numbers = sorted(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))
    return numbers[-1] if numbers else None
