"""`idp clients token` and its kin: who may register over the network (docs/operators/registration.md)."""

import click

from idp.cli import context
from idp.cli.context import as_json
from idp.foundation.provider import Provider
from idp.oidc.registration import initial_access
from idp.oidc.registration.initial_access import InitialToken

WEEK = 7 * 86_400
YEAR = 365 * 86_400
ONCE = "Keep the token now: only its digest is stored, it cannot be shown again."


@click.command()
@click.option("--uses", type=click.IntRange(1, 10_000), default=1, show_default=True, help="How many applications.")
@click.option(
    "--life",
    type=click.IntRange(60, YEAR),
    default=WEEK,
    show_default=True,
    metavar="SECONDS",
    help="For how long it may be used.",
)
@click.option("--note", default="", help="For whom it is, to recognise it later; 255 characters at most.")
@as_json
def token(uses: int, life: int, note: str, as_json: bool) -> None:
    """Make an initial access token, with which an application may register itself."""
    if len(note) > 255 or not note.isprintable():
        raise click.BadParameter("at most 255 characters, none of them invisible", param_hint="--note")

    async def act(provider: Provider) -> tuple[InitialToken, str]:
        return await provider.database.transaction(
            initial_access.make,
            note=note,
            uses=uses,
            life=life,
            randomness=provider.randomness,
            now=provider.clock.now(),
        )

    made, secret = context.run(act)
    document = {**_told(made, made.created_at), "initial_access_token": secret}
    if as_json:
        context.show(document)
    else:
        context.facts(document)
    click.echo(ONCE, err=True)


@click.command()
@as_json
def tokens(as_json: bool) -> None:
    """List the initial access tokens, spent ones included."""

    async def act(provider: Provider) -> tuple[tuple[InitialToken, ...], int]:
        return await provider.database.read(initial_access.list_all), provider.clock.now()

    found, now = context.run(act)
    told = [_told(each, now) for each in found]
    if as_json:
        context.show({"tokens": told})
        return
    headings = ("ID", "NOTE", "USES LEFT", "EXPIRES AT", "SERVES")
    context.table(
        ((each["id"], each["note"], each["uses_left"], each["expires_at"], each["serves"]) for each in told), headings
    )


@click.command()
@click.argument("token_id")
@as_json
def revoke_token(token_id: str, as_json: bool) -> None:
    """Take back the initial access token TOKEN_ID; what was registered with it stays."""

    async def act(provider: Provider) -> bool:
        return await provider.database.transaction(initial_access.revoke, token_id, provider.clock.now())

    if not context.run(act):
        context.fail(f"no token {token_id} that was not revoked already")
    document = {"id": token_id, "revoked": True}
    if as_json:
        context.show(document)
    else:
        context.facts(document)


def _told(token: InitialToken, now: int) -> dict[str, object]:
    return {
        "id": token.id,
        "note": token.note,
        "uses_left": token.uses_left,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "serves": token.serves_at(now),
    }
