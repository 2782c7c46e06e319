"""An application proves itself by the one method it registered, and by nothing else (RFC 6749 section 2.3)."""

import base64
from typing import Any

import httpx2
import pytest

from clients import registry, store
from clients import secrets as client_secrets
from clients.secrets import Secret
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, basic, register
from tests.support.signing_in import code_for, tokens_for
from tests.support.visitor import Visitor

SCOPE = "agenda.lecture"


async def machine(site: Site, method: str = "client_secret_basic", **members: Any) -> RelyingParty:
    """An application that acts for itself: the shortest way to see whether it is known."""
    usual = {"grant_types": ("client_credentials",), "response_types": (), "redirect_uris": (), "scope": SCOPE}
    return await register(site, "agenda", token_endpoint_auth_method=method, **(usual | members))


async def ask(application: RelyingParty, headers: Any = None, **form: str) -> httpx2.Response:
    data = {"grant_type": "client_credentials", **form}
    return await application.http.post("/token", data=data, headers=headers)


def refused(response: httpx2.Response, status: int = 401, error: str = "invalid_client") -> bool:
    challenge = response.headers.get("www-authenticate", "")
    return (
        (response.status_code, response.json()["error"]) == (status, error)
        and (status != 401 or challenge.startswith("Basic "))
        and response.headers["cache-control"] == "no-store"
    )


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_a_secret_is_accepted_by_the_method_registered_and_by_no_other(site: Site, method: str) -> None:
    application = await machine(site, method)
    assert application.secret is not None
    in_header = {"authorization": basic("agenda", application.secret)}
    in_form = {"client_id": "agenda", "client_secret": application.secret}
    answers = {
        "client_secret_basic": await ask(application, in_header),
        "client_secret_post": await ask(application, **in_form),
    }
    assert answers.pop(method).status_code == 200
    assert all(refused(answer) for answer in answers.values())


async def test_two_proofs_in_one_request_are_refused(site: Site) -> None:
    application = await machine(site)
    assert application.secret is not None
    header = {"authorization": basic("agenda", application.secret)}
    assert refused(await ask(application, header, client_secret=application.secret), 400, "invalid_request")
    assertion = {"client_assertion": "a.b.c", "client_assertion_type": "x"}
    assert refused(await ask(application, header, **assertion), 400, "invalid_request")
    assert refused(await ask(application, client_id="agenda", client_secret="x", **assertion), 400, "invalid_request")
    twice = [("authorization", header["authorization"]), ("authorization", header["authorization"])]
    assert refused(await ask(application, twice), 400, "invalid_request")


async def test_the_name_in_the_form_must_be_the_one_that_authenticates(site: Site) -> None:
    application = await machine(site)
    assert application.secret is not None
    header = {"authorization": basic("agenda", application.secret)}
    assert (await ask(application, header, client_id="agenda")).status_code == 200
    assert refused(await ask(application, header, client_id="autre"), 400, "invalid_request")


async def test_only_the_exact_secret_is_accepted(site: Site) -> None:
    basic_application = await machine(site)
    secret = basic_application.secret
    assert secret is not None
    wrong = ["", "null", " ", secret[:-1], f"{secret}\n", f" {secret}", secret.swapcase(), secret + secret, "é"]
    for presented in wrong:
        header = {"authorization": basic("agenda", presented)}
        assert refused(await ask(basic_application, header)), presented
    assert (await ask(basic_application, {"authorization": basic("agenda", secret)})).status_code == 200


async def test_only_the_exact_secret_is_accepted_in_a_form(site: Site) -> None:
    application = await machine(site, "client_secret_post")
    secret = application.secret
    assert secret is not None
    for presented in ("", "null", " ", secret[:-1], f"{secret}\n", f" {secret}"):
        assert refused(await ask(application, client_id="agenda", client_secret=presented)), presented
    assert refused(await ask(application, client_id="agenda"))
    assert refused(await ask(application, client_secret=secret))
    assert (await ask(application, client_id="agenda", client_secret=secret)).status_code == 200


HEADERS = {
    "no scheme": "YWdlbmRhOng=",
    "another scheme": "Bearer abc",
    "not base64": "Basic ???",
    "base64url": "Basic " + base64.urlsafe_b64encode(b"agenda:\xff\xfe\xfd").decode(),
    "not UTF-8": "Basic " + base64.b64encode(b"agenda:\xff\xff\xff").decode(),
    "no colon": "Basic " + base64.b64encode(b"agenda").decode(),
    "nothing": "Basic ",
    "a name of nobody": basic("personne", "x"),
    "a name that is none": basic("a'; DROP TABLE clients; --", "x"),
    "a NUL": basic("agenda\0", "x\0"),
    "a lone surrogate": "Basic " + base64.b64encode(b"%ED%A0%80:x").decode(),
    "very long": basic("agenda", "x" * 2_000),
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
async def test_a_header_that_proves_nothing_is_refused(site: Site, header: str) -> None:
    assert refused(await ask(await machine(site), {"authorization": header}))


async def test_name_and_secret_are_form_encoded_in_the_header(site: Site) -> None:
    application = await register(
        site, "agenda", scope=SCOPE, grant_types=("client_credentials",), response_types=(), redirect_uris=()
    )
    chosen = "pass+mot de:passé%41"
    secret = Secret(client_secrets.digest(chosen), site.clock.now())
    await site.provider.database.transaction(store.insert_secret, "agenda", secret)
    assert (await ask(application, {"authorization": basic("agenda", chosen)})).status_code == 200


@pytest.mark.parametrize("path", ["/token", "/introspect", "/revoke", "/par", "/device"])
async def test_a_confidential_application_is_not_known_by_its_name_alone(
    visitor: Visitor, application: RelyingParty, path: str
) -> None:
    tokens = await tokens_for(visitor, application)
    response = await application.http.post(
        path,
        data={
            "client_id": "demarches",
            "token": tokens["access_token"],
            "grant_type": "refresh_token",
            "refresh_token": tokens["refresh_token"],
        },
    )
    assert refused(response)
    assert (await application.userinfo(tokens["access_token"])).status_code == 200


async def test_a_public_application_is_known_by_its_name_and_proves_nothing(site: Site, visitor: Visitor) -> None:
    public = await register(site, token_endpoint_auth_method="none")
    assert public.secret is None
    response = await public.exchange(await code_for(visitor, public))
    assert response.status_code == 200
    code = await code_for(visitor, public)
    with_secret = await public.exchange(code, client_secret="x")
    assert refused(with_secret)


async def test_a_suspended_application_is_not_known(site: Site) -> None:
    application = await machine(site)
    await site.provider.database.transaction(registry.suspend, "agenda", now=site.clock.now())
    site.clock.advance(5)
    assert refused(await application.token(grant_type="client_credentials"))


async def test_two_secrets_are_good_while_one_replaces_the_other(site: Site) -> None:
    application = await machine(site)
    former = application.secret
    assert former is not None
    renewed = await site.provider.database.transaction(
        registry.rotate_secret,
        "agenda",
        overlap=3600,
        now=site.clock.now(),
        random_bytes=site.provider.randomness.token_bytes,
    )
    site.clock.advance(5)
    for secret in (former, renewed):
        assert (await ask(application, {"authorization": basic("agenda", secret)})).status_code == 200
    site.clock.advance(3600)
    assert refused(await ask(application, {"authorization": basic("agenda", former)}))
    assert (await ask(application, {"authorization": basic("agenda", renewed)})).status_code == 200


async def test_failures_are_slowed_down_where_they_come_from_and_nowhere_else(site: Site) -> None:
    application = await machine(site)
    assert application.secret is not None
    wrong, right = basic("agenda", "faux"), basic("agenda", application.secret)
    for _ in range(100):
        assert refused(await ask(application, {"authorization": wrong}))
    slowed = await ask(application, {"authorization": wrong})
    assert slowed.status_code == 429
    assert 0 < int(slowed.headers["retry-after"]) <= 600
    assert (await ask(application, {"authorization": right})).status_code == 200
    elsewhere = await site.client("198.51.100.7")
    response = await elsewhere.post(
        "/token", data={"grant_type": "client_credentials"}, headers={"authorization": wrong}
    )
    assert refused(response)
