"""A journey belongs to the browser that began it: its addresses are worth nothing elsewhere."""

import pytest

from tests.support.provider import Site
from tests.support.records import events
from tests.support.relying_party import RelyingParty
from tests.support.signing_in import accept, arrive, sign_in
from tests.support.visitor import Page, Visitor

PAGES = ["/connexion?i={}", "/consentement?i={}", "/interaction/{}", "/authorize/suite?i={}", "/activation?i={}"]


def journey_of(page: Page) -> str:
    return page.address.partition("i=")[2]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "signed out"])
async def test_a_page_sent_to_somebody_else_opens_nothing(
    site: Site, visitor: Visitor, stranger: RelyingParty, application: RelyingParty, address: str, signed_in: bool
) -> None:
    attacker = await site.visitor()
    journey = journey_of(await attacker.open(stranger.start()))
    if signed_in:
        await arrive(visitor, application)
    page = await visitor.open(address.format(journey))
    assert (page.status, page.error_code) == (410, "interaction_expired")
    assert not page.outside


async def test_signing_in_on_somebody_elses_journey_is_refused(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    attacker = await site.visitor()
    theirs = await attacker.open(application.start())
    ours = await visitor.open(application.start())
    form = ours.form("#signin").fill(identifier="camille.martin", password="Cerisier-42-bleu")
    form.values["i"] = [journey_of(theirs)]
    page = await form.submit()
    assert (page.status, page.error_code) == (410, "interaction_expired")
    assert "__Host-session" not in visitor.client.cookies
    assert (await attacker.open(f"/interaction/{journey_of(theirs)}")).has("#signin")


async def test_accepting_on_somebody_elses_journey_is_refused(
    site: Site, visitor: Visitor, stranger: RelyingParty
) -> None:
    attacker = await site.visitor()
    theirs = await attacker.open(stranger.start())
    ours = await sign_in(await visitor.open(stranger.start()))
    form = ours.form("#consent")
    form.values["i"] = [journey_of(theirs)]
    assert (await form.submit("#consent-accept")).error_code == "interaction_expired"


async def test_a_cookie_that_is_not_ours_begins_anew(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    for planted in ("x", "", "lpss_" + "A" * 43, "lpbr_" + "A" * 42, "x" * 3_000):
        visitor.client.cookies.set("__Host-browser", planted, domain="connexion.exemple.fr", path="/")
        page = await visitor.open(application.start())
        assert page.has("#signin")
        assert visitor.client.cookies["__Host-browser"].startswith("lpbr_")


@pytest.mark.parametrize("journey", ["inconnu", "%00", "..%2f..%2fetc", "é", "x" * 5_000, "'--"])
async def test_a_journey_that_never_was_is_over(visitor: Visitor, journey: str) -> None:
    page = await visitor.open(f"/interaction/{journey}")
    assert page.status in {404, 410}
    assert page.has("#error")


@pytest.mark.parametrize(("age", "alive"), [(86_399, True), (86_400, False)])
async def test_a_journey_lasts_a_day(
    site: Site, visitor: Visitor, application: RelyingParty, age: int, alive: bool
) -> None:
    page = await visitor.open(application.start())
    site.clock.advance(age)
    page = await sign_in(page)
    assert "code" in page.returned if alive else page.error_code == "interaction_expired"


async def test_a_journey_ends_once(visitor: Visitor, stranger: RelyingParty) -> None:
    page = await sign_in(await visitor.open(stranger.start()))
    journey = journey_of(page)
    assert "code" in (await accept(page)).returned
    for address in PAGES:
        again = await visitor.open(address.format(journey))
        assert again.error_code == "interaction_expired", address


async def test_a_journey_to_ones_own_space_ends_there_and_gives_no_code(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    page = await visitor.open("/connexion")
    journey = journey_of(page)
    assert (await visitor.open(f"/consentement?i={journey}")).has("#signin")
    home = await sign_in(page)
    assert home.path == "/mon-compte"
    assert (await visitor.open(f"/authorize/suite?i={journey}")).path == "/mon-compte"
    assert "code.issued" not in await events(site)


async def test_going_back_after_the_end_says_to_begin_again(visitor: Visitor, application: RelyingParty) -> None:
    page = await visitor.open(application.start())
    assert "code" in (await sign_in(page)).returned
    again = await sign_in(page)
    assert (again.status, again.error_code) == (410, "interaction_expired")
