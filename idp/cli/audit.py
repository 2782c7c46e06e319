"""`idp audit`: what happened, the latest first, or as lines of JSON for another program to keep."""

import json
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy import Connection, Select, select

from idp.cli import context
from idp.foundation.audit import Event
from idp.foundation.audit import audit as lines

_UNITS = {"m": 60, "h": 3_600, "d": 86_400}
_HEADINGS = ("AT", "EVENT", "PERSON", "CLIENT", "ADDRESS", "DETAIL")


class Duration(click.ParamType[int]):
    """`30m`, `24h`, `7d`: seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        number, unit = str(value)[:-1], str(value)[-1:]
        if not number.isascii() or not number.isdigit() or unit not in _UNITS:
            self.fail(f"{value!r} is not a number followed by m, h or d", param, ctx)
        return int(number) * _UNITS[unit]


@click.command()
@click.option("--since", type=Duration(), default="24h", show_default=True, help="How far back: 30m, 24h, 7d.")
@click.option("--event", "events", multiple=True, type=click.Choice([event.value for event in Event]), metavar="EVENT")
@click.option("--person", help="The identifier of an account (`sub`).")
@click.option("--client", help="A client_id.")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, 1_000_000))
@context.as_json
def audit(
    since: int, events: tuple[str, ...], person: str | None, client: str | None, limit: int, as_json: bool
) -> None:
    """Show what happened, the latest first. The events are described in docs/operators/audit.md."""
    query = select(lines).order_by(lines.c.id.desc()).limit(limit)
    if events:
        query = query.where(lines.c.event.in_(events))
    if person:
        query = query.where(lines.c.person_id == person)
    if client:
        query = query.where(lines.c.client_id == client)
    found = context.run(lambda provider: provider.database.read(_read, query, provider.clock.now() - since))
    if as_json:
        context.show({"lines": found})
    else:
        context.table((_row(line) for line in found), _HEADINGS)


def _read(connection: Connection, query: Select[Any], since: int) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query.where(lines.c.at >= since)).mappings()]


def _row(line: dict[str, Any]) -> tuple[object, ...]:
    moment = datetime.fromtimestamp(line["at"], UTC).isoformat(sep=" ")
    detail = json.dumps(line["detail"], ensure_ascii=False) if line["detail"] else ""
    return (moment, line["event"], line["person_id"], line["client_id"], line["address"], detail)
