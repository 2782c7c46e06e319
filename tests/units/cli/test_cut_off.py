"""`idp cut-off`: after a backup was put back, nothing that was issued before serves any more."""

import json

from idp.cli.cut_off import end_everything
from tests.support.provider import Site
from tests.support.records import events
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import code_for, tokens_for
from tests.support.visitor import Visitor
from tests.units.cli.test_audit_and_backup import run

LASTING = "openid offline_access"


async def test_nothing_issued_before_serves_any_more_and_everybody_may_begin_anew(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application, scope=LASTING)
    code = await code_for(visitor, application, scope=LASTING)
    service = await register(site, "agenda", grant_types=("client_credentials",), scope="agenda.lecture")
    own = (await service.token(grant_type="client_credentials")).json()["access_token"]
    site.clock.advance(1)
    assert await site.provider.database.transaction(end_everything, site.provider) == 1
    assert (await application.userinfo(tokens["access_token"])).status_code == 401
    assert (await application.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await application.exchange(code)).json()["error"] == "invalid_grant"
    assert await service.introspect(own) == {"active": False}
    silent = await visitor.open(application.start(prompt="none"))
    assert silent.returned["error"] == "login_required"
    anew = await tokens_for(visitor, application, scope=LASTING)
    assert (await application.userinfo(anew["access_token"])).status_code == 200
    assert (await events(site)).count("everything.ended") == 1


def test_the_command_asks_first_and_says_how_many_accounts_it_was_for(database_url: str) -> None:
    assert run(database_url, "cut-off").exit_code == 1
    assert json.loads(run(database_url, "audit", "--json").stdout)["lines"] == []
    done = run(database_url, "cut-off", "--yes")
    assert (done.exit_code, done.stdout) == (0, "everything ended, for 0 accounts\n")
    (line,) = json.loads(run(database_url, "audit", "--json").stdout)["lines"]
    assert line["event"] == "everything.ended"
