"""Deleting rows that have had their day, in small batches, so that no visitor waits for a long lock."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Delete, Table, bindparam, delete, select, tuple_

BATCH = 500


def older(table: Table, column: Column[Any], *conditions: ColumnElement[bool]) -> Delete:
    """A statement that deletes up to a batch of rows whose `column` (seconds UTC) is at `before` or earlier."""
    key = tuple_(*table.primary_key)
    batch = select(*table.primary_key).where(column <= bindparam("before"), *conditions).limit(BATCH)
    return delete(table).where(key.in_(batch))


def purge(connection: Connection, statement: Delete, before: int) -> int:
    """Delete one batch; how many rows went."""
    return connection.execute(statement, {"before": before}).rowcount
