"""`idp resources`: the authority's own interfaces, for which applications obtain access tokens
(docs/operators/resources.md)."""

from dataclasses import fields
from typing import Any

import click
from sqlalchemy import Connection

from idp.cli import context
from idp.cli.context import as_json
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.oidc import resources as registry
from idp.oidc.resources import FORMATS, LIFETIMES, Resource, ResourceRefused

uri = click.argument("identifier", metavar="URI")


@click.group()
def resources() -> None:
    """Declare the authority's own interfaces, for which applications obtain access tokens."""


@resources.command()
@uri
@click.option("--name", required=True, help="What people are shown.")
@click.option("--scope", required=True, help="What may be done there, scopes separated by spaces.")
@click.option(
    "--token-format", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True, help="What it reads."
)
@click.option(
    "--token-lifetime",
    type=click.IntRange(LIFETIMES[0], LIFETIMES[-1]),
    metavar="SECONDS",
    help="How long a token for it is good, instead of the application's own lifetime.",
)
@click.option("--client", "client_id", metavar="CLIENT", help="The client by which it asks what a token is.")
@click.option("--replace", is_flag=True, help="If it is declared already, make it as described.")
@as_json
def add(identifier: str, replace: bool, as_json: bool, **options: Any) -> None:
    """Declare an interface, named by an absolute URI. One that is declared already is an error, unless --replace."""

    async def act(opened: Provider) -> Resource:
        wanted = {**options, "scope": tuple(dict.fromkeys(options["scope"].split()))}
        resource = Resource(identifier=identifier, created_at=opened.clock.now(), **wanted)
        return await opened.database.transaction(_add, resource, opened.settings.issuer, replace, opened.clock.now())

    try:
        added = context.run(act)
    except ResourceRefused as refused:
        context.fail("\n  ".join(["refused:", *refused.problems]))
    _print(added, as_json=as_json)


@resources.command(name="list")
@as_json
def list_resources(as_json: bool) -> None:
    """List the interfaces."""
    found = context.step(registry.list_all)
    if as_json:
        context.show({"resources": [_told(each) for each in found]})
        return
    rows = (
        (each.identifier, each.name, " ".join(each.scope), each.token_format, each.token_lifetime, each.client_id)
        for each in found
    )
    context.table(rows, ("URI", "NAME", "SCOPE", "TOKENS", "LIFETIME", "CLIENT"))


@resources.command()
@uri
@as_json
def remove(identifier: str, as_json: bool) -> None:
    """Forget an interface: no token for it is issued any more. Those already issued end by themselves."""

    def step(connection: Connection, now: int) -> bool:
        removed = registry.remove(connection, identifier)
        if removed:
            audit.record(connection, Event.RESOURCE_REMOVED, at=now, resource=identifier)
        return removed

    if not context.run(lambda opened: opened.database.transaction(step, opened.clock.now())):
        context.fail(f"no interface is declared as {identifier}")
    document = {"identifier": identifier, "removed": True}
    if as_json:
        context.show(document)
    else:
        context.facts(document)


def _add(connection: Connection, resource: Resource, issuer: str, replace: bool, now: int) -> Resource:
    known = registry.named(connection, [resource.identifier])
    if known and not replace:
        raise ResourceRefused([f"{resource.identifier} is declared already; --replace makes it as described"])
    registry.put(connection, resource, issuer)
    audit.record(
        connection,
        Event.RESOURCE_DECLARED,
        at=now,
        client_id=resource.client_id,
        resource=resource.identifier,
        scope=" ".join(resource.scope),
    )
    (kept,) = registry.named(connection, [resource.identifier])
    return kept


def _told(resource: Resource) -> dict[str, object]:
    values = {each.name: getattr(resource, each.name) for each in fields(resource)}
    return {**values, "scope": " ".join(resource.scope)}


def _print(resource: Resource, *, as_json: bool) -> None:
    if as_json:
        context.show(_told(resource))
    else:
        context.facts({name: value for name, value in _told(resource).items() if value is not None})
