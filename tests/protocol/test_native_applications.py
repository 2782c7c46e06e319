"""Native applications: RFC 8252."""

import pytest

from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import accept, arrive
from tests.support.visitor import Visitor

SCHEME, LOOPBACK, CLAIMED = "fr.exemple.app:/retour", "http://127.0.0.1/retour", "https://app.exemple.fr/retour"


@pytest.fixture
async def native(site: Site) -> RelyingParty:
    """The authority's own application for telephones."""
    return await register(
        site,
        "telephone",
        client_name="Ma ville",
        application_type="native",
        token_endpoint_auth_method="none",
        redirect_uris=(SCHEME, LOOPBACK, CLAIMED),
    )


async def test_an_application_of_the_authority_asks_nothing_more_of_who_has_just_signed_in(
    visitor: Visitor, native: RelyingParty
) -> None:
    assert "code" in (await arrive(visitor, native, redirect_uri=SCHEME)).returned


@pytest.mark.parametrize("uri", [SCHEME, LOOPBACK, "http://127.0.0.1:51234/retour"])
async def test_nothing_is_answered_without_the_person_where_another_program_may_have_asked(
    visitor: Visitor, native: RelyingParty, uri: str
) -> None:
    """Section 8.6: requests of a client that proves nothing of itself are not repeated without an act of the person."""
    await arrive(visitor, native, redirect_uri=uri)
    silent = await visitor.open(native.start(redirect_uri=uri, prompt="none"))
    assert silent.returned["error"] == "consent_required"
    for _ in range(2):  # what was allowed before proves no more of who asks now
        page = await visitor.open(native.start(redirect_uri=uri))
        assert page.has("#consent")
        assert "code" in (await accept(page)).returned


async def test_an_address_that_only_the_application_can_have_needs_no_act(
    visitor: Visitor, native: RelyingParty
) -> None:
    """Section 7.2: the system gives an `https` address to the program that proved to hold its domain."""
    await arrive(visitor, native, redirect_uri=CLAIMED)
    assert "code" in (await visitor.open(native.start(redirect_uri=CLAIMED, prompt="none"))).returned


async def test_an_application_that_proves_itself_needs_no_act(site: Site, visitor: Visitor, person: str) -> None:
    proved = await register(site, "serveur", application_type="native", redirect_uris=(LOOPBACK,))
    await arrive(visitor, proved)
    assert "code" in (await visitor.open(proved.start(prompt="none"))).returned
