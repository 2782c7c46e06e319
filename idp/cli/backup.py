"""`idp backup`: a copy of the embedded database, taken while it is in use."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy import make_url

from idp.cli import context


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the database to FILE, whole and consistent, while the server runs.

    For the embedded database (SQLite, online backup). PostgreSQL has its own means: pg_dump, or continuous archiving.
    The secret key is not in the copy: without it, the private keys in the copy are of no use. Keep both, apart.
    """
    url = make_url(context.settings().database_url)
    if url.get_backend_name() != "sqlite":
        context.fail("PostgreSQL is backed up by its own means: pg_dump, or continuous archiving")
    if not url.database or not Path(url.database).exists():
        context.fail("there is no database to back up yet; run `idp migrate`")
    if file.exists():
        context.fail(f"{file} exists already; name another file")
    partial = file.with_name(f"{file.name}.partial")
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with closing(sqlite3.connect(url.database)) as source, closing(sqlite3.connect(partial)) as copy:
        source.backup(copy)
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        partial.unlink()
        context.fail(f"the copy is not sound: {verdict}")
    partial.replace(file)
    click.echo(f"{file}: {file.stat().st_size} bytes")
