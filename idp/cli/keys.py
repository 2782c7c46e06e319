"""`idp keys`: the provider's own keys, their stages and their succession. See docs/operators/keys.md."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import BinaryIO, TypeVar

import click
from sqlalchemy import Connection

from clients import registry
from idp.cli import context
from idp.foundation import keyring
from idp.foundation.keyring import Outcome
from idp.foundation.provider import Provider
from keys import rotation, store
from keys.errors import NoSuchKey, SealBroken, StageRefused, WeakSecret
from keys.ring import KeyRing
from keys.rotation import Policy
from keys.sealing import Seal
from keys.store import KeyRecord

T = TypeVar("T")


@click.group()
def keys() -> None:
    """The provider's signing and encryption keys."""


@keys.command("list")
@context.as_json
def list_keys(as_json: bool) -> None:
    """Show every key, withdrawn ones included. Needs no secret key."""
    records = context.step(store.inventory)
    if as_json:
        context.show({"keys": [_document(record) for record in records]})
    else:
        rows = ((key.kid, key.alg, key.use, key.stage.value, _moment(key.stage_at)) for key in records)
        context.table(rows, ("KID", "ALG", "USE", "STAGE", "SINCE"))


@keys.command()
@click.option("--now", "at_once", is_flag=True, help="Let the successors sign at once, seen by applications or not.")
@context.as_json
def rotate(at_once: bool, as_json: bool) -> None:
    """Announce a successor to every active key. It signs by itself once applications have had time to see it.

    Run again, it announces one more, which signs after the first. With --now each active key is replaced at once: by
    its announced successor, or else by a key that applications have not seen yet and may refuse until they read the
    key set again.
    """

    def decide(ring: KeyRing, now: int, policy: Policy) -> KeyRing:
        ring = rotation.begin(ring, now, algorithms=policy.algorithms)
        step = rotation.succeed if at_once else rotation.announce
        return step(ring, now, algorithms=policy.algorithms)

    _tell(_carried_out(lambda provider: keyring.change(provider, decide)), as_json)


@keys.command()
@click.argument("kid", required=False)
@click.option("--withdraw", is_flag=True, help="Refuse from now on everything the key has signed, and destroy it.")
@click.option("--all", "every", is_flag=True, help="Every key: the answer to a leaked secret key. Needs --withdraw.")
@context.as_json
def retire(kid: str | None, withdraw: bool, every: bool, as_json: bool) -> None:
    """Stop using the key KID, and go on publishing it while what it signed is alive.

    An active key is replaced at once. With --all --withdraw every key is destroyed unopened and new ones are made
    under the present secret key.
    """
    if every is (kid is not None) or (every and not withdraw):
        raise click.UsageError("Name one KID, or give --all with --withdraw.")
    if kid is None:
        _tell(_carried_out(keyring.replace_all), as_json)
        return

    def decide(ring: KeyRing, now: int, policy: Policy) -> KeyRing:
        step = rotation.withdraw if withdraw else rotation.retire
        return step(ring, kid, now, algorithms=policy.algorithms)

    outcome = _carried_out(lambda provider: keyring.change(provider, decide))
    if outcome.overtaken:
        context.fail("another process changed the keys at the same time; look at `idp keys list` and try again")
    _tell(outcome, as_json)


@keys.command()
@click.argument("new_secret_file", type=click.File("rb"))
@context.as_json
def reseal(new_secret_file: BinaryIO, as_json: bool) -> None:
    """Seal the same private keys and client secrets under the secret in NEW_SECRET_FILE ("-" reads standard input).

    The present secret key opens them. Afterwards give the new secret to every server and start it again.
    """
    try:
        renewed = Seal(new_secret_file.read().strip())
    except WeakSecret as error:
        context.fail(str(error))

    def step(connection: Connection, provider: Provider) -> tuple[int, int]:
        keys = store.reseal(connection, provider.seal, renewed, provider.clock.now())
        return keys, registry.reseal(connection, provider.seal, renewed)

    async def act(provider: Provider) -> tuple[int, int]:
        return await provider.database.transaction(step, provider)

    private_keys, secrets = _carried_out(act)
    if as_json:
        context.show({"resealed": private_keys, "resealed_client_secrets": secrets})
    else:
        click.echo(f"{private_keys} private keys and {secrets} client secrets are sealed under the new secret.")


def _carried_out(act: Callable[[Provider], Awaitable[T]]) -> T:
    """Carry out an act on the ring; what it refuses is printed and exits with 1."""
    try:
        return context.run(act)
    except (NoSuchKey, SealBroken, StageRefused) as error:
        context.fail(str(error))


def _tell(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        changed = [{"kid": move.kid, "alg": move.alg, "stage": move.stage.value} for move in outcome.moves]
        context.show({"changed": changed, "overtaken": outcome.overtaken})
    elif outcome.overtaken:
        click.echo("Another process changed the keys at the same time: nothing more was done.")
    else:
        context.table(((move.kid, move.alg, move.stage.value) for move in outcome.moves), ("KID", "ALG", "NOW"))


def _document(key: KeyRecord) -> dict[str, object]:
    return {
        "kid": key.kid,
        "alg": key.alg,
        "use": key.use,
        "stage": key.stage.value,
        "created_at": key.created_at,
        "stage_at": key.stage_at,
        "jwk": {**key.public_jwk, "kid": key.kid, "alg": key.alg, "use": key.use},
    }


def _moment(at: int) -> str:
    """A time for people, in UTC and to the minute."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
