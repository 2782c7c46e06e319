"""An application asks that an account be created: Initiating User Registration via OpenID Connect 1.0."""

import pytest

from tests.pages.signup.conftest import CITIZEN, Newcomer
from tests.pages.signup.test_activation import asks_code, asks_link, types
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, payload_of
from tests.support.signing_in import arrive, sign_in
from tests.support.visitor import Visitor

OTHER = {"email": "alix.durand@exemple.fr", "mobile": "06 39 98 12 35", "identifier": "alix.durand"}


async def test_the_person_is_shown_the_creation_of_an_account_rather_than_the_sign_in(
    visitor: Visitor, application: RelyingParty
) -> None:
    page = await visitor.open(application.start(prompt="create"))
    assert page.path == "/inscription"
    assert page.has("#profile-citoyen")


async def test_the_application_is_answered_once_the_account_is_created(site: Site, application: RelyingParty) -> None:
    newcomer = Newcomer(site, await site.visitor(), application.start(prompt="create"))
    page = await asks_code(await newcomer.signs_up())
    page = await types(page, (await newcomer.received()).code)
    person = await newcomer.person(str(CITIZEN["identifier"]))
    claims = payload_of((await application.exchange(page.returned["code"])).json()["id_token"])
    assert person is not None
    assert claims["sub"] == person.id


async def test_an_account_that_was_activated_elsewhere_still_has_to_sign_in(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    """Here somebody else is signed in, who did not create it."""
    await arrive(visitor, application)
    newcomer = Newcomer(site, visitor, application.start(prompt="create"))
    waiting = await asks_link(await newcomer.signs_up(**OTHER))
    link = (await newcomer.received()).link("/activation/lien/")
    await (await (await site.visitor()).open(link)).form("#activation-link").submit()
    page = await visitor.open(f"/interaction/{waiting.address.partition('i=')[2]}")
    assert page.path == "/connexion"


async def test_whoever_has_an_account_already_may_sign_in_instead(visitor: Visitor, application: RelyingParty) -> None:
    page = await visitor.open(application.start(prompt="create"))
    page = await visitor.open(f"/connexion?{page.address.partition('?')[2]}")
    assert "code" in (await sign_in(page)).returned


@pytest.mark.parametrize("prompt", ["create", "create login", "create consent"])
async def test_a_session_that_was_there_does_not_answer_for_a_new_account(
    visitor: Visitor, application: RelyingParty, prompt: str
) -> None:
    await arrive(visitor, application)
    page = await visitor.open(application.start(prompt=prompt))
    assert page.path == "/inscription"
    journey = page.address.partition("i=")[2]
    for address in (f"/interaction/{journey}", f"/authorize/suite?i={journey}"):
        assert (await visitor.open(address)).path == "/inscription"


async def test_it_is_announced(site: Site) -> None:
    document = (await (await site.client()).get("/.well-known/openid-configuration")).json()
    assert "create" in document["prompt_values_supported"]
