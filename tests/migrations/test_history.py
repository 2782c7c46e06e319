"""The revisions make exactly the tables that the programs use, on both engines."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect

from idp.cli.schema import upgrade
from idp.foundation.database import open_database
from migrations import history, revision
from migrations.tables import METADATA
from tests.support.ports import free_port
from tests.support.server import environment, idp

NewDatabase = Callable[[str], str]


def create_all(connection: Connection) -> None:
    for metadata in METADATA:
        metadata.create_all(connection)


def shape(connection: Connection) -> dict[str, Any]:
    """Everything that a database says of its tables, in plain values."""
    found = inspect(connection)
    tables = {
        table: {
            "columns": {each["name"]: each for each in found.get_columns(table)},
            "key": found.get_pk_constraint(table),
            "indexes": {str(each["name"]): each for each in found.get_indexes(table)},
            "unique": {str(each["name"]): each for each in found.get_unique_constraints(table)},
            "checks": {str(each["name"]): each for each in found.get_check_constraints(table)},
            "foreign": {str(each["name"]): each for each in found.get_foreign_keys(table)},
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }
    plain: dict[str, Any] = json.loads(json.dumps(tables, default=str))
    return plain


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, cast(MetaData, METADATA)))


async def test_an_empty_database_is_brought_to_the_last_revision(new_database: NewDatabase) -> None:
    assert await upgrade(new_database("empty")) == (None, revision.head())


async def test_migrating_again_changes_nothing(new_database: NewDatabase) -> None:
    url = new_database("again")
    await upgrade(url)
    assert await upgrade(url) == (revision.head(), revision.head())


async def test_nodes_that_migrate_at_once_take_turns(new_database: NewDatabase) -> None:
    url = new_database("at_once")
    outcomes = await asyncio.gather(*(upgrade(url) for _ in range(3)))
    assert sorted(str(before) for before, _ in outcomes) == [revision.head(), revision.head(), "None"]


def test_a_migrated_database_lacks_nothing_that_the_programs_declare(connection: Connection) -> None:
    assert differences(connection) == []


async def test_the_revisions_make_the_very_tables_that_the_programs_declare(new_database: NewDatabase) -> None:
    migrated, declared = open_database(new_database("migrated")), open_database(new_database("declared"))
    await migrated.transaction(history.upgrade)
    await declared.transaction(create_all)
    assert await migrated.transaction(shape) == await declared.transaction(shape)
    await migrated.close()
    await declared.close()


def test_revisions_form_one_line_numbered_from_the_first() -> None:
    revisions = [script.revision for script in ScriptDirectory(str(history.HERE)).walk_revisions()]
    assert revisions == [f"{number:04}" for number in range(len(revisions), 0, -1)]


def test_the_command_says_where_the_database_stood_and_stands(new_database: NewDatabase) -> None:
    settings = environment(new_database("by_command"), free_port())
    assert idp(settings, "migrate") == f"The database went from nothing to revision {revision.head()}.\n"
    assert idp(settings, "migrate") == f"The database is at revision {revision.head()}: nothing to do.\n"
