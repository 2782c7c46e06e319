"""Request objects by reference, OpenID Connect Core 1.0 section 6.2: read where they were registered, nowhere else."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest

from clients import registry
from tests.protocol.test_request_objects import HOLDER, JWKS, asked, sign_in, signed
from tests.support.outside import Outside, outside
from tests.support.people import add_person
from tests.support.provider import Site
from tests.support.registrant import registering
from tests.support.relying_party import RelyingParty, register

PATH = "/request.jwt"


@pytest.fixture
async def host() -> AsyncIterator[Outside]:
    """The application's own server."""
    async with outside() as host:
        yield host


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    """A provider that may call this machine."""
    async with registering(database_url, "closed") as site:
        await add_person(site.provider)
        yield site


async def referring(site: Site, host: Outside, *paths: str, **members: Any) -> RelyingParty:
    """An application that registered these addresses of its server."""
    uris = tuple(host.url(path) for path in paths or (PATH,))
    return await register(site, jwks=JWKS, request_uris=uris, **members)


def beside(application: RelyingParty) -> dict[str, str]:
    """What stands beside the reference, so that a refusal has somewhere to go."""
    return {"redirect_uri": application.client.redirect_uris[0], "response_type": "code", "state": "said-outside"}


async def test_a_registered_reference_is_read_and_is_the_request(site: Site, host: Outside) -> None:
    application = await referring(site, host)
    host.answer(PATH, signed(application).encode(), "application/oauth-authz-req+jwt")
    answer = (await sign_in(await asked(site, application, request_uri=host.url(PATH), **beside(application)))).returned
    assert answer["state"] == "said-inside"
    assert [(seen.method, seen.path) for seen in host.seen] == [("GET", PATH)]


async def test_what_it_names_is_judged_like_an_object_by_value(site: Site, host: Outside) -> None:
    application = await referring(site, host)
    other = await register(site, "other", jwks=JWKS)
    for written in (signed(other), signed(application, aud="https://ailleurs.exemple.fr"), "abc", ""):
        host.answer(PATH, written.encode(), "application/jwt")
        page = await asked(site, application, request_uri=host.url(PATH), **beside(application))
        assert page.returned["error"] == ("invalid_request_object" if written else "invalid_request_uri")


REFERENCES = (
    "{registered}?x=1",
    "{registered}/",
    "{registered}#other",
    "{elsewhere}",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "https://pool.example/request.jwt",
    "urn:ietf:params:oauth:request_uri:lppr_unknown",
)


@pytest.mark.parametrize("reference", REFERENCES)
async def test_no_other_reference_makes_us_call_anybody(site: Site, host: Outside, reference: str) -> None:
    application = await referring(site, host)
    for path in (PATH, f"{PATH}/", "/elsewhere"):
        host.answer(path, signed(application).encode(), "application/jwt")
    named = reference.format(registered=host.url(PATH), elsewhere=host.url("/elsewhere"))
    page = await asked(site, application, request_uri=named, **beside(application))
    refused = page.error_code if reference.startswith("urn:") else page.returned["error"]
    assert refused == "invalid_request_uri"
    assert host.connections == 0


async def test_a_reference_sent_twice_or_beside_an_object_is_not_followed(site: Site, host: Outside) -> None:
    application = await referring(site, host)
    host.answer(PATH, signed(application).encode(), "application/jwt")
    named = ("request_uri", host.url(PATH))
    for other in (named, ("request_uri", "https://pool.example/other"), ("request", signed(application))):
        sent = [("client_id", application.client.client_id), *beside(application).items(), named, other]
        page = await (await site.visitor()).open(f"{application.issuer}/authorize?{urlencode(sent)}")
        assert page.returned["error"] == "invalid_request"
    assert host.connections == 0


async def test_a_reference_of_another_client_or_of_one_that_is_suspended_is_not_followed(
    site: Site, host: Outside
) -> None:
    application = await referring(site, host)
    await site.provider.database.transaction(registry.suspend, "demarches", now=site.clock.now())
    page = await asked(site, application, request_uri=host.url(PATH), **beside(application))
    assert page.error_code == "unknown_client"
    stranger = await register(site, "stranger", jwks=JWKS)
    page = await asked(site, stranger, request_uri=host.url(PATH), **beside(stranger))
    assert page.returned["error"] == "invalid_request_uri"
    assert host.connections == 0


async def test_whatever_its_server_does_the_person_is_sent_back_with_an_error(site: Site, host: Outside) -> None:
    application = await referring(site, host, "/gone", "/elsewhere", "/flood", "/packed", "/binary", "/object")
    good = signed(application).encode()
    host.redirect("/elsewhere", host.url("/target"))
    host.answer("/target", good, "application/jwt")
    host.flood("/flood")
    host.answer("/packed", good, "application/jwt", content_encoding="gzip")
    host.answer("/binary", b"\xff\xfe" + good, "application/jwt")
    host.answer("/object", signed(application, request_uri=host.url("/target")).encode(), "application/jwt")
    for uri in application.client.request_uris:
        page = await asked(site, application, request_uri=uri, **beside(application))
        assert page.returned["error"].startswith("invalid_request"), uri
        assert page.returned["state"] == "said-outside"
    assert "/target" not in [seen.path for seen in host.seen]


async def test_the_fragment_of_a_reference_tells_versions_apart_and_is_not_sent(site: Site, host: Outside) -> None:
    application = await referring(site, host, f"{PATH}#v2")
    host.answer(PATH, signed(application, HOLDER).encode(), "application/jwt")
    page = await asked(site, application, request_uri=host.url(f"{PATH}#v2"))
    assert page.has("#signin")
    assert [seen.path for seen in host.seen] == [PATH]
