"""Who takes part in most conversations: a person with an account, their browser, an application of the authority."""

import pytest

from tests.support.people import add_person
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, register
from tests.support.visitor import Visitor


@pytest.fixture
async def person(site: Site) -> str:
    """The id of Camille Martin, who has an active account."""
    return await add_person(site.provider)


@pytest.fixture
async def visitor(site: Site, person: str) -> Visitor:
    """Camille's browser, signed in nowhere yet."""
    return await site.visitor()


@pytest.fixture
async def application(site: Site) -> RelyingParty:
    """An application of the authority, which needs no consent."""
    return await register(site)


@pytest.fixture
async def stranger(site: Site) -> RelyingParty:
    """An application of somebody else, which needs consent."""
    return await register(
        site,
        "cantine",
        first_party=False,
        client_name="Cantine scolaire",
        redirect_uris=("https://cantine.exemple.fr/retour",),
        post_logout_redirect_uris=("https://cantine.exemple.fr/fin",),
    )
