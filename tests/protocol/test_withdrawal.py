"""Taking back, from one's own space, what an application was allowed: everything it had stops at once."""

from tests.support.people import PASSWORD
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, register
from tests.support.visitor import Visitor

WITHDRAWAL = 'form[action="/mon-compte/services/retrait"]'


async def enters(visitor: Visitor, application: RelyingParty) -> dict[str, str]:
    """Sign in, allow what is asked, and redeem the code."""
    page = await visitor.open(application.start(scope="openid email offline_access", prompt="consent"))
    if page.has("#signin"):
        page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()
    page = await page.form("#consent").submit("#consent-accept")
    tokens = await application.exchange(page.returned["code"])
    assert tokens.status_code == 200, tokens.text
    answer: dict[str, str] = tokens.json()
    return answer


async def test_an_application_loses_everything_the_moment_it_is_taken_back(
    site: Site, visitor: Visitor, person: str
) -> None:
    portal = await register(site, "portail", first_party=False, client_name="Portail famille")
    tokens = await enters(visitor, portal)
    assert (await portal.userinfo(tokens["access_token"])).status_code == 200
    site.clock.advance(1)
    home = await visitor.open("/mon-compte")
    assert "Portail famille" in home.text
    after = await home.form(WITHDRAWAL).submit()
    assert "Votre accord est retiré." in after.text
    assert not after.has(WITHDRAWAL), "nothing is left to take back"
    assert (await portal.userinfo(tokens["access_token"])).status_code == 401
    assert (await portal.introspect(tokens["access_token"]))["active"] is False
    assert (await portal.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    silent = await visitor.open(portal.start(scope="openid email", prompt="none"))
    assert silent.returned["error"] == "consent_required"


async def test_what_is_taken_back_from_one_application_stays_with_the_others(
    site: Site, visitor: Visitor, person: str
) -> None:
    portal = await register(site, "portail", first_party=False, client_name="Portail famille")
    pool = await register(site, "piscine", first_party=False, client_name="Piscine")
    await enters(visitor, portal)
    kept = await enters(visitor, pool)
    site.clock.advance(1)
    home = await visitor.open("/mon-compte")
    await home.form(f'{WITHDRAWAL}:has(input[value="portail"])').submit()
    assert (await pool.refresh(kept["refresh_token"])).status_code == 200


async def test_an_application_of_the_authority_was_allowed_nothing_that_could_be_taken_back(
    site: Site, visitor: Visitor, person: str
) -> None:
    portal = await register(site)
    page = await visitor.open(portal.start())
    await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()
    home = await visitor.open("/mon-compte")
    assert "Démarches en ligne" in home.text
    assert not home.has(WITHDRAWAL)
