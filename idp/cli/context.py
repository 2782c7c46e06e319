"""What every command shares: the settings, a provider for one act, and how results and refusals are printed."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from idp.app import build_provider
from idp.foundation.configuration import SettingsError, load
from idp.foundation.errors import Problem
from idp.foundation.provider import Provider
from idp.foundation.settings import Settings

T = TypeVar("T")

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def settings() -> Settings:
    """The settings of this invocation; on nonsense, print every problem and exit with 2."""
    config = click.get_current_context().find_root().obj
    try:
        return load(os.environ, Path(config) if config else None)
    except SettingsError as error:
        _refuse_settings(error)


def provider() -> Provider:
    """A provider for one act of the command line."""
    try:
        return build_provider(settings())
    except SettingsError as error:
        _refuse_settings(error)


def run(act: Callable[[Provider], Awaitable[T]]) -> T:
    """Carry out an act with a provider and close it; a refusal is printed and exits with 1."""

    async def whole() -> T:
        opened = provider()
        try:
            return await act(opened)
        finally:
            await opened.close()

    try:
        return asyncio.run(whole())
    except Problem as problem:
        fail(problem.cause or problem.message.msgid.format(**problem.message.params))


def step(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run one step of a transaction: `step(registry.find, client_id)`."""
    return run(lambda opened: opened.database.transaction(function, *args, **kwargs))


def fail(message: str) -> NoReturn:
    """Print what is wrong on standard error and exit with 1."""
    click.echo(f"idp: {message}", err=True)
    sys.exit(1)


def show(document: Any) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def table(rows: Iterable[Sequence[object]], headings: Sequence[str]) -> None:
    """Print rows for people, columns aligned."""
    lines = [tuple(headings), *(tuple("" if cell is None else str(cell) for cell in row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def facts(document: Mapping[str, object]) -> None:
    """Print one thing for people, a fact a line."""
    width = max((len(name) for name in document), default=0)
    for name, value in document.items():
        shown = " ".join(map(str, value)) if isinstance(value, list | tuple) else value
        click.echo(f"{name.ljust(width)}  {shown}")


def _refuse_settings(error: SettingsError) -> NoReturn:
    for problem in error.problems:
        click.echo(f"idp: {problem}", err=True)
    sys.exit(2)
