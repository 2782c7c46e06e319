"""What operators watch: told to this machine's network, exact, and without anything of a person or a request."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from idp.app import build_provider
from idp.foundation.configuration import SettingsError
from idp.foundation.database import open_database
from idp.messages import outbox
from idp.messages.message import Email, Envelope, Purpose
from idp.sessions import store as sessions
from tests.support import engines
from tests.support.engines import migrate
from tests.support.ports import free_port
from tests.support.provider import Site, opened, settings_for
from tests.support.relying_party import RelyingParty, register
from tests.support.server import Server, environment, launch
from tests.support.signing_in import arrive, tokens_for
from tests.support.visitor import Visitor

HERE = "127.0.0.1"


def read(text: str) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels."""
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def measured(site: Site) -> dict[tuple[str, ...], float]:
    response = await (await site.client(HERE)).get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    return read(response.text)


async def test_requests_are_counted_by_endpoint_method_and_status(site: Site) -> None:
    before = await measured(site)
    client = await site.client()
    await client.get("/jwks")
    await client.get("/jwks")
    await client.post("/token")
    await client.request("DELETE", "/token")
    await client.request("BREW", "/token")
    await client.get("/wp-login.php")
    after = await measured(site)
    grown = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)}
    requests = {key[1:]: value for key, value in grown.items() if key[0] == "idp_requests_total"}
    assert requests == {
        ("jwks", "GET", "200"): 2,
        ("token", "POST", "401"): 1,
        ("token", "DELETE", "405"): 1,
        ("token", "other", "405"): 1,
        ("nowhere", "GET", "404"): 1,
        ("metrics", "GET", "200"): 1,
    }
    assert grown["idp_request_seconds_count", "jwks"] == 2
    assert grown["idp_request_seconds_bucket", "jwks", "+Inf"] == 2


async def test_what_waits_to_leave_is_told_with_its_age(site: Site) -> None:
    provider, now = site.provider, site.clock.now()
    mail = Envelope(Purpose.ACTIVATION, "marie@ville.example", now + 900)
    await provider.database.transaction(
        outbox.enqueue_email, provider, mail, Email("Bonjour", "Bonjour", "<p>Bonjour</p>"), now
    )
    site.clock.advance(40)
    told = await measured(site)
    assert told["idp_database_answers",] == 1
    assert (told["idp_waiting", "email"], told["idp_waiting_oldest_seconds", "email"]) == (1, 40)
    assert (told["idp_waiting", "sms"], told["idp_waiting_oldest_seconds", "sms"]) == (0, 0)
    assert (told["idp_waiting", "applications"], told["idp_waiting_oldest_seconds", "applications"]) == (0, 0)


async def test_applications_still_to_be_told_of_a_sign_out_are_counted(
    site: Site, visitor: Visitor, person: str
) -> None:
    application = await register(site, backchannel_logout_uri="https://demarches.exemple.fr/adieu")
    await arrive(visitor, application)
    await site.provider.database.transaction(sessions.end_all, person, site.clock.now())
    site.clock.advance(7)
    told = await measured(site)
    assert (told["idp_waiting", "applications"], told["idp_waiting_oldest_seconds", "applications"]) == (1, 7)


async def test_it_answers_while_the_database_does_not(site: Site) -> None:
    await site.provider.database.close()
    site.provider.database = open_database("postgresql://nobody@127.0.0.1:1/none")
    told = await measured(site)
    assert told["idp_database_answers",] == 0
    assert ("idp_waiting", "email") not in told


async def test_nothing_of_a_request_is_in_it(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    await application.userinfo(tokens["access_token"])
    text = (await (await site.client(HERE)).get("/metrics")).text
    for secret in ("lpac_", "lpat_", "lprt_", "camille", "demarches", "192.0.2.", *tokens["id_token"].split(".")):
        assert secret not in text


# Who may read it


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_it_is_there_for_this_machine(site: Site, address: str) -> None:
    assert (await (await site.client(address)).get("/metrics")).status_code == 200


@pytest.mark.parametrize("address", ["192.0.2.10", "10.0.0.1", "2001:db8::1", ""])
async def test_it_is_not_there_for_others(site: Site, address: str) -> None:
    assert (await (await site.client(address)).get("/metrics")).status_code == 404


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "forwarded"])
async def test_what_an_undeclared_proxy_passes_on_is_from_anywhere(site: Site, header: str) -> None:
    client = await site.client(HERE)
    assert (await client.get("/metrics", headers={header: "127.0.0.1"})).status_code == 404


async def test_behind_a_declared_proxy_the_visitors_address_counts(database_url: str) -> None:
    settings = settings_for(database_url, trusted_proxies=("127.0.0.1",), metrics_from=("10.1.0.0/16", "127.0.0.1"))
    async with opened(settings) as site:
        client = await site.client(HERE)
        for address, status in (("10.1.2.3", 200), ("203.0.113.9", 404)):
            response = await client.get("/metrics", headers={"x-forwarded-for": address})
            assert response.status_code == status


async def test_networks_that_are_none_are_refused_at_start(database_url: str) -> None:
    with pytest.raises(SettingsError, match="metrics_from"):
        build_provider(settings_for(database_url, metrics_from=("tout-le-monde",)))


# Several workers


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of two processes."""
    folder: Path = tmp_path_factory.mktemp("workers")
    name = f"metrics_{engines.WORKER}"
    engines.postgres().administer(f"CREATE DATABASE {name}")
    port = free_port()
    environ = environment(engines.postgres().url(name), port, jobs="apart")
    migrate(environ["IDP_DATABASE_URL"])
    server = launch(environ, port, folder / "log", "--workers", "2")
    try:
        server.wait_until_ready(60)  # each worker reads the whole program again
        yield server
    finally:
        server.stop()


def test_the_workers_of_a_server_count_together(workers: Server) -> None:
    for _ in range(30):  # each a connection of its own, which either worker may take
        assert httpx2.get(f"{workers.url}/jwks").status_code == 200
    for _ in range(6):
        told = read(httpx2.get(f"{workers.url}/metrics").text)
        assert told["idp_requests_total", "jwks", "GET", "200"] == 30
        assert told["idp_request_seconds_count", "jwks"] == 30
