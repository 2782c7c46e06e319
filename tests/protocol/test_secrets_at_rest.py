"""Nothing that opens anything can be read in the database or in the log."""

import io
import logging

import pytest
from sqlalchemy import Connection, select

from idp.foundation.logs import configure_logs
from migrations.tables import METADATA
from tests.support.people import PASSWORD
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import accept, sign_in
from tests.support.visitor import Visitor


def everything(connection: Connection) -> str:
    """Every value of every row, as text."""
    rows = (row for each in METADATA for table in each.sorted_tables for row in connection.execute(select(table)))
    return "\n".join(str(value) for row in rows for value in row)


async def secrets_of_a_whole_day(site: Site, visitor: Visitor, stranger: RelyingParty) -> set[str]:
    """Sign in, consent, exchange, refresh, fail, sign out; everything secret that was handed out on the way."""
    page = await sign_in(await visitor.open(stranger.start(prompt="consent")), password="faux-mot-de-passe")
    page = await accept(await sign_in(page))
    code = page.returned["code"]
    tokens = (await stranger.exchange(code)).json()
    refreshed = (await stranger.refresh(tokens["refresh_token"])).json()
    await stranger.userinfo(refreshed["access_token"])
    await stranger.introspect(refreshed["access_token"])
    await stranger.refresh("lprt_" + "A" * 43)
    machine = await register(
        site, "agenda", grant_types=("client_credentials",), response_types=(), redirect_uris=(), scope="agenda.lecture"
    )
    issued = (await machine.token(grant_type="client_credentials")).json()
    cookies = {str(cookie.value) for cookie in visitor.client.cookies.jar if cookie.name != "__Host-lang"}
    assert stranger.secret is not None
    assert machine.secret is not None
    return {
        *(code, PASSWORD, "faux-mot-de-passe", stranger.secret, machine.secret, issued["access_token"]),
        *(tokens[name] for name in ("access_token", "refresh_token", "id_token")),
        *(refreshed[name] for name in ("access_token", "refresh_token", "id_token")),
        *cookies,
    }


async def test_no_secret_is_in_the_database(site: Site, visitor: Visitor, stranger: RelyingParty) -> None:
    secrets = await secrets_of_a_whole_day(site, visitor, stranger)
    assert len(secrets) >= 14
    stored = await site.provider.database.read(everything)
    assert "camille.martin" in stored
    assert [secret for secret in secrets if secret in stored] == []
    assert [secret for secret in secrets if secret.partition("_")[2] and secret.partition("_")[2] in stored] == []


async def test_no_secret_is_in_the_log_even_at_its_most_talkative(
    site: Site, visitor: Visitor, stranger: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    monkeypatch.setattr("sys.stderr", stream)
    configure_logs(logging.DEBUG)
    secrets = await secrets_of_a_whole_day(site, visitor, stranger)
    written = stream.getvalue()
    assert "refused POST /token" in written
    assert [secret for secret in secrets if secret in written] == []
