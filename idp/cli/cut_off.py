"""`idp cut-off`: everybody begins anew, as after a backup was put back, where what had ended since is alive again."""

import click
from sqlalchemy import Connection

from idp.cli import context
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.oidc import store
from idp.people import standing


@click.command("cut-off")
@click.confirmation_option(prompt="End every session, authorization and token?")
def cut_off() -> None:
    """End every session, and every authorization and token that applications hold.

    People sign in again, and applications ask them again. Accounts, consents and registrations stay as they are; the
    applications are not told, and learn of it at their next request.
    """
    count = context.run(lambda opened: opened.database.transaction(end_everything, opened))
    click.echo(f"everything ended, for {count} accounts")


def end_everything(connection: Connection, opened: Provider) -> int:
    """Cut every account off and revoke what was issued; how many accounts there are."""
    now = opened.clock.now()
    count = standing.cut_everybody_off(connection, now)
    store.revoke_everything(connection, now)
    audit.record(connection, Event.EVERYTHING_ENDED, at=now, people=count)
    return count
