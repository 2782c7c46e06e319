"""Between the command line and registration documents: options in, metadata, problems and plans out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, BinaryIO, TypeVar

import click

from clients import metadata
from clients.client import Client
from clients.manifest import LARGEST_FILE, ManifestRefused, Plan
from clients.problems import MetadataRefused
from clients.registry import ClientExists, Issued, NoSecret, UnknownClient
from clients.secrets import Secret
from idp.cli import context
from idp.oidc.authentication import METHODS
from idp.oidc.response_types import CODE_ALONE, FRONT_CHANNEL
from idp.oidc.token import GRANTS
from keys.encoding import read_object
from keys.errors import BadToken

Command = TypeVar("Command", bound=Callable[..., None])

ONCE = "Keep the secret now: only its digest is stored, it cannot be shown again."


def members(command: Command) -> Command:
    """Add the options that describe an application; what they say overrides `--metadata`."""
    options = (
        click.option("--name", "client_name", help="What people are shown."),
        click.option("--redirect-uri", "redirect_uris", multiple=True, metavar="URI", help="Where people return."),
        click.option(
            "--post-logout-redirect-uri",
            "post_logout_redirect_uris",
            multiple=True,
            metavar="URI",
            help="Where people may be sent once signed out.",
        ),
        click.option(
            "--auth-method",
            "token_endpoint_auth_method",
            metavar="METHOD",
            help=f"How it proves who it is: {', '.join(METHODS)}.",
        ),
        click.option("--grant-type", "grant_types", multiple=True, metavar="GRANT", help=", ".join(GRANTS) + "."),
        click.option(
            "--response-type",
            "response_types",
            multiple=True,
            metavar="TYPE",
            help=", ".join((*CODE_ALONE, *FRONT_CHANNEL)) + ".",
        ),
        click.option("--scope", help="What it may ask at most, separated by spaces."),
        click.option(
            "--access-token-format",
            metavar="FORMAT",
            help="What its access tokens are: opaque, or jwt (RFC 9068).",
        ),
        click.option(
            "--first-party/--third-party",
            default=None,
            help="Whether it is the authority's own, so that people are not asked to consent.",
        ),
        click.option(
            "--listed/--unlisted", default=None, help="Whether people are shown it in the catalogue (/mes-demarches)."
        ),
        click.option("--description", help="What the catalogue says of it."),
        click.option(
            "--metadata",
            "document",
            type=click.File("rb"),
            metavar="FILE",
            help="A registration document of RFC 7591, in JSON; - for standard input.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def described(file: BinaryIO | None, options: Mapping[str, Any]) -> dict[str, object]:
    """Return the document of `--metadata` with the options that were given over it; exit with 1 when it is no JSON."""
    document: dict[str, object] = {}
    if file is not None:
        try:
            document = read_object(file.read(LARGEST_FILE))
        except BadToken as error:
            context.fail(f"--metadata: not a JSON object ({error})")
        for name in metadata.unknown_members(document):
            click.echo(f"idp: {name!a} is not a member we know; it is left aside", err=True)
    given = {name: value for name, value in options.items() if value is not None and value != ()}
    return {**document, **{name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}}


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the registry refuses into a message, every problem on a line, and exit with 1."""
    try:
        yield
    except (MetadataRefused, ManifestRefused) as refused:
        context.fail("\n  ".join(["refused:", *map(str, refused.problems)]))
    except ClientExists as error:
        context.fail(f"client {error} already exists")
    except UnknownClient as error:
        context.fail(f"no client is named {error}")
    except NoSecret as error:
        context.fail(f"client {error} authenticates without a shared secret")


def told(client: Client) -> dict[str, object]:
    """Return the metadata of a client, and since when it is suspended, if it is."""
    suspended = {"suspended_at": client.suspended_at} if client.suspended else {}
    return {**client.to_metadata(), **suspended}


def dates(secret: Secret) -> dict[str, object]:
    """Return what may be told of a secret: since when, and until when (0 for no end, as RFC 7591 writes it)."""
    return {"created_at": secret.created_at, "expires_at": secret.expires_at or 0}


def day(seconds: int | None) -> str:
    """Return the UTC day of a moment."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).date().isoformat()


def print_document(document: Mapping[str, object], *, as_json: bool) -> None:
    """Print one thing, for people or for programs."""
    if as_json:
        context.show(document)
    else:
        context.facts(document)


def print_issued(issued: Issued, *, as_json: bool) -> None:
    """Print a client's metadata, with the secret just made if there is one (RFC 7591 section 3.2.1)."""
    document = told(issued.client)
    if issued.secret:
        document |= {"client_secret": issued.secret, "client_secret_expires_at": 0}
    print_document(document, as_json=as_json)
    if issued.secret:
        click.echo(ONCE, err=True)


def plan_members(plan: Plan) -> dict[str, object]:
    """Return a plan as JSON."""
    return {
        "added": [client.client_id for client in plan.added],
        "changed": [{"client_id": change.after.client_id, "members": list(change.members)} for change in plan.changed],
        "removed": [client.client_id for client in plan.removed],
        "unchanged": [client.client_id for client in plan.unchanged],
    }


def print_plan(plan: Plan) -> None:
    """Print a plan for people, a client a line."""
    rows = [("add", client.client_id, client.client_name) for client in plan.added]
    rows += [("change", change.after.client_id, ", ".join(change.members)) for change in plan.changed]
    rows += [("remove", client.client_id, client.client_name) for client in plan.removed]
    rows += [("keep", client.client_id, client.client_name) for client in plan.unchanged]
    context.table(rows, ("", "CLIENT", "WHAT"))
