"""`idp clients`: the applications that may ask people to sign in here (docs/operators/clients.md)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, BinaryIO, TextIO, TypeVar, cast

import click

from clients import manifest, registry
from clients.policy import Policy
from clients.registry import Issued
from idp.cli import client_documents as documents
from idp.cli import client_tokens, context, registration
from idp.cli.context import as_json
from idp.oidc import resources
from idp.oidc.registration.policy import operator_policy

T = TypeVar("T")

OVERLAP = 86_400

client_id_argument = click.argument("client_id")


@click.group()
def clients() -> None:
    """Register the applications that may ask people to sign in here."""


for command in (client_tokens.token, client_tokens.tokens, client_tokens.revoke_token):
    clients.add_command(command)


@clients.command()
@documents.members
@click.option("--client-id", help="An identifier of your choice, instead of a random one.")
@click.option("--client-secret", help="A secret of your choice; others may see it in the list of processes.")
@click.option("--client-secret-file", type=click.File(), metavar="FILE", help="Where to read it; - for standard input.")
@as_json
def add(
    client_id: str | None,
    client_secret: str | None,
    client_secret_file: TextIO | None,
    document: BinaryIO | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Register an application; its secret is shown once.

    --redirect-uri, --post-logout-redirect-uri, --grant-type and --response-type may be given several times.
    """
    if client_secret_file:
        client_secret = client_secret_file.readline().rstrip("\r\n")
    chosen = {"client_id": client_id, "client_secret": client_secret}
    described = documents.described(document, {**options, **chosen})
    with documents.refusals():
        documents.print_issued(_write(registration.add, described, _policy()), as_json=as_json)


@clients.command()
@client_id_argument
@documents.members
@as_json
def update(client_id: str, document: BinaryIO | None, as_json: bool, **options: Any) -> None:
    """Change an application; what is not named stays.

    A list that is named is replaced whole. In --metadata, null removes a member.
    """
    changes = documents.described(document, options)
    with documents.refusals():
        documents.print_issued(_write(registration.amend, client_id, changes, _policy()), as_json=as_json)


@clients.command(name="list")
@as_json
def list_clients(as_json: bool) -> None:
    """List the applications."""
    found = context.step(registry.list_all)
    if as_json:
        context.show({"clients": [documents.told(client) for client in found]})
        return
    headings = ("CLIENT", "NAME", "AUTHENTICATION", "FIRST PARTY", "SINCE", "SUSPENDED")
    context.table(
        (
            (
                client.client_id,
                client.client_name,
                client.token_endpoint_auth_method,
                "yes" if client.first_party else "no",
                documents.day(client.created_at),
                documents.day(client.suspended_at),
            )
            for client in found
        ),
        headings,
    )


@clients.command()
@client_id_argument
@as_json
def show(client_id: str, as_json: bool) -> None:
    """Show all that is known of an application, its secrets by their dates only."""
    with documents.refusals():
        client, secrets = context.step(registration.look, client_id)
    documents.print_document(
        {**documents.told(client), "secrets": [documents.dates(secret) for secret in secrets]}, as_json=as_json
    )


@clients.command()
@client_id_argument
@click.option(
    "--overlap",
    type=click.IntRange(0, 90 * 86_400),
    default=OVERLAP,
    show_default=True,
    metavar="SECONDS",
    help="How long the previous secrets stay valid; 0 when one has leaked.",
)
@as_json
def rotate_secret(client_id: str, overlap: int, as_json: bool) -> None:
    """Make a new secret and show it once."""
    with documents.refusals():
        secret = _write(registration.rotate_secret, client_id, overlap)
    documents.print_document(
        {"client_id": client_id, "client_secret": secret, "client_secret_expires_at": 0}, as_json=as_json
    )
    click.echo(documents.ONCE, err=True)


@clients.command()
@client_id_argument
@as_json
def suspend(client_id: str, as_json: bool) -> None:
    """Withdraw an application from use; nothing known of it is lost."""
    documents.print_document(documents.told(_dated(registration.suspend, client_id)), as_json=as_json)


@clients.command()
@client_id_argument
@as_json
def resume(client_id: str, as_json: bool) -> None:
    """Put a suspended application back in use."""
    documents.print_document(documents.told(_dated(registration.resume, client_id)), as_json=as_json)


@clients.command()
@client_id_argument
@as_json
def remove(client_id: str, as_json: bool) -> None:
    """Forget an application and its secrets for good."""
    _dated(registration.remove, client_id)
    documents.print_document({"client_id": client_id, "removed": True}, as_json=as_json)


@clients.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="FILE..."
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--prune", is_flag=True, help="Remove the applications that no file describes.")
@as_json
def apply(files: tuple[str, ...], dry_run: bool, prune: bool, as_json: bool) -> None:
    """Make the registry as the files describe it, all at once or not at all.

    Files are TOML when their name ends in .toml, else JSON; - is standard input.
    """
    with documents.refusals():
        wanted = manifest.read({name: _content(name) for name in files}, _policy())
        issued: tuple[Issued, ...] = ()
        if dry_run:
            plan = context.step(registration.compare, wanted, prune=prune)
        else:
            plan, issued = _write(registration.reconcile, wanted, prune=prune)
    secrets = {item.client.client_id: item.secret for item in issued if item.secret}
    if as_json:
        context.show({"dry_run": dry_run, **documents.plan_members(plan), "secrets": secrets})
    else:
        documents.print_plan(plan)
        for client_id, secret in secrets.items():
            click.echo(f"secret of {client_id}: {secret}")
    if secrets:
        click.echo(documents.ONCE, err=True)


@clients.command()
@click.argument("client_ids", nargs=-1, metavar="[CLIENT_ID...]")
@as_json
def export(client_ids: tuple[str, ...], as_json: bool) -> None:
    """Print applications as a file that `apply` reads, in TOML, or in JSON with --json. Secrets are not in it."""
    known = {client.client_id: client for client in context.step(registry.list_all)}
    if missing := [client_id for client_id in client_ids if client_id not in known]:
        context.fail(f"unknown clients: {', '.join(missing)}")
    chosen = [known[client_id] for client_id in client_ids or known]
    if as_json:
        context.show({"clients": [manifest.describe(client) for client in chosen]})
    else:
        click.echo(manifest.write_toml(chosen), nl=False)


def _policy() -> Policy:
    """What an operator may register an application as: the scopes of the declared interfaces are known too."""
    scopes = context.step(resources.every_scope)
    return replace(operator_policy(context.settings()), interface_scopes=scopes)


def _content(name: str) -> bytes:
    with click.open_file(name, "rb") as file:
        return cast(BinaryIO, file).read(manifest.LARGEST_FILE + 1)


def _write(step: Callable[..., T], *args: object, **kwargs: object) -> T:
    """Run a step that draws identifiers or secrets."""
    return context.run(
        lambda opened: opened.database.transaction(
            step,
            *args,
            **kwargs,
            now=opened.clock.now(),
            random_bytes=opened.randomness.token_bytes,
            seal=opened.seal,
        )
    )


def _dated(step: Callable[..., T], client_id: str) -> T:
    """Run a step that only needs to know what time it is."""
    with documents.refusals():
        return context.run(lambda opened: opened.database.transaction(step, client_id, now=opened.clock.now()))
