"""OpenID Connect Front-Channel Logout 1.0, and the page that says what was closed and what was not."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from clients import registry
from idp.oidc.backchannel import deliver
from tests.protocol.logout.listening import enter, listen
from tests.support.outside import Outside
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, register
from tests.support.visitor import Page, Visitor

CANTEEN = "https://cantine.exemple.fr"
POOL = "https://piscine.exemple.fr:8443"


async def framed(site: Site, client_id: str, origin: str, **members: Any) -> RelyingParty:
    """An application that is told of a sign-out by the browser."""
    usual: dict[str, Any] = {
        "client_name": client_id.title(),
        "redirect_uris": (f"{origin}/retour",),
        "post_logout_redirect_uris": (f"{origin}/fin",),
        "frontchannel_logout_uri": f"{origin}/oubli",
        "frontchannel_logout_session_required": True,
    }
    return await register(site, client_id, **(usual | members))


async def sign_out(visitor: Visitor) -> Page:
    return await (await visitor.open("/deconnexion")).form("#signout").submit("#signout-confirm")


def frames(page: Page) -> list[str]:
    return [str(each["src"]) for each in page.html.select("iframe")]


def frame_sources(page: Page) -> list[str]:
    """What the content security policy lets be framed."""
    parts = (part.strip().split(" ") for part in page.response.headers["content-security-policy"].split(";"))
    return next(sources for name, *sources in parts if name == "frame-src")


async def test_each_application_is_loaded_in_a_frame_with_iss_and_sid(site: Site, visitor: Visitor) -> None:
    canteen, pool = await framed(site, "cantine", CANTEEN), await framed(site, "piscine", POOL)
    for application in (canteen, pool):
        entered = await enter(visitor, application)
    page = await sign_out(visitor)
    assert page.has("#signed-out")
    loaded = {urlsplit(each).netloc: dict(parse_qsl(urlsplit(each).query)) for each in frames(page)}
    said = {"iss": site.issuer, "sid": entered["sid"]}
    assert loaded == {"cantine.exemple.fr": said, "piscine.exemple.fr:8443": said}
    assert frame_sources(page) == [CANTEEN, POOL]
    assert page.response.headers["cache-control"] == "no-store"
    assert all("allow-top-navigation" not in str(each["sandbox"]) for each in page.html.select("iframe"))


@pytest.mark.parametrize(
    ("uri", "required", "loaded"),
    [
        (f"{CANTEEN}/oubli", False, f"{CANTEEN}/oubli"),
        (f"{CANTEEN}/oubli?a=1", False, f"{CANTEEN}/oubli?a=1"),
        (f"{CANTEEN}/oubli?a=1", True, f"{CANTEEN}/oubli?a=1&iss="),
    ],
)
async def test_the_registered_address_is_kept_and_nothing_is_added_that_was_not_asked(
    site: Site, visitor: Visitor, uri: str, required: bool, loaded: str
) -> None:
    members = {"frontchannel_logout_uri": uri, "frontchannel_logout_session_required": required}
    await enter(visitor, await framed(site, "cantine", CANTEEN, **members))
    (frame,) = frames(await sign_out(visitor))
    assert frame.startswith(loaded)
    assert required or frame == loaded


async def test_the_session_has_ended_before_any_frame_is_loaded(site: Site, visitor: Visitor) -> None:
    canteen = await framed(site, "cantine", CANTEEN)
    await enter(visitor, canteen)
    await sign_out(visitor)
    assert (await visitor.open(canteen.start(prompt="none"))).returned["error"] == "login_required"


async def test_the_page_goes_on_to_the_application_that_asked_with_or_without_scripts(
    site: Site, visitor: Visitor
) -> None:
    canteen = await framed(site, "cantine", CANTEEN)
    token = (await enter(visitor, canteen))["raw"]
    page = await visitor.open(canteen.logout(token))
    assert not page.outside
    assert len(frames(page)) == 1
    onward = f"{CANTEEN}/fin?state=adieu"
    assert page.one("#signout-continue")["href"] == onward
    assert page.one("noscript meta[http-equiv=refresh]")["content"] == f"5;url={onward}"
    assert page.has('script[src*="telling.js"]')


async def test_without_any_frame_the_browser_goes_back_at_once(visitor: Visitor, application: RelyingParty) -> None:
    token = (await enter(visitor, application))["raw"]
    response = await visitor.client.get(application.logout(token))
    assert response.status_code == 303
    assert response.headers["location"] == f"{application.client.post_logout_redirect_uris[0]}?state=adieu"


async def test_the_end_says_who_was_told_and_who_could_not_be(
    site: Site, visitor: Visitor, host: Outside, application: RelyingParty
) -> None:
    canteen = await framed(site, "cantine", CANTEEN)
    mute = await register(site, "mute", client_name="Bibliothèque", client_uri="https://bibliotheque.exemple.fr/")
    listener = await listen(site, host, "portail")
    for each in (canteen, mute, listener.application):
        await enter(visitor, each)
    asked = await visitor.open("/deconnexion")
    assert [words(each) for each in asked.html.select("main li")] == ["Cantine", "Portail", "Bibliothèque"]
    page = await asked.form("#signout").submit("#signout-confirm")
    end = await page.follow("#signout-continue")
    assert [words(each) for each in end.html.select("#told li")] == ["Cantine", "Portail"]
    assert [words(each) for each in end.html.select("#left-open li")] == ["Bibliothèque"]
    assert end.one("#left-open a")["href"] == "https://bibliotheque.exemple.fr/"


async def test_an_application_that_refused_to_hear_is_said_to_be_open(
    site: Site, visitor: Visitor, host: Outside
) -> None:
    listener = await listen(site, host, "portail")
    listener.answers(400)
    await enter(visitor, listener.application)
    end = await sign_out(visitor)
    assert [words(each) for each in end.html.select("#told li")] == ["Portail"]
    await deliver(site.provider)
    again = await visitor.open(end.address)
    assert [words(each) for each in again.html.select("#left-open li")] == ["Portail"]


async def test_the_browser_stops_on_the_way_back_when_another_service_stays_open(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    mute = await register(site, "mute", client_name="Bibliothèque")
    await enter(visitor, mute)
    token = (await enter(visitor, application))["raw"]
    page = await visitor.open(application.logout(token))
    assert [words(each) for each in page.html.select("#left-open li")] == ["Bibliothèque"]
    back = page.one("#signout-return")
    assert words(back) == "Revenir à Démarches en ligne"
    assert back["href"] == "https://demarches.exemple.fr/au-revoir?state=adieu"


async def test_the_end_is_shown_in_the_browser_that_signed_out_alone(site: Site, visitor: Visitor) -> None:
    await enter(visitor, await framed(site, "cantine", CANTEEN))
    page = await sign_out(visitor)
    stranger = await site.visitor()
    elsewhere = await stranger.open(page.address)
    assert elsewhere.has("#signed-out")
    assert frames(elsewhere) == []
    assert "Cantine" not in elsewhere.text


async def test_an_application_removed_or_suspended_is_not_framed(site: Site, visitor: Visitor) -> None:
    await enter(visitor, await framed(site, "cantine", CANTEEN))
    await enter(visitor, await framed(site, "piscine", POOL))
    database, now = site.provider.database, site.clock.now()
    await database.transaction(registry.remove, "cantine")
    await database.transaction(registry.suspend, "piscine", now=now)
    site.clock.advance(10)
    end = await sign_out(visitor)
    assert frames(end) == []
    assert [words(each) for each in end.html.select("#left-open li")] == ["Piscine"]


@pytest.mark.parametrize("way", ["fin-partout", "fin"])
async def test_leaving_from_the_account_tells_the_services_too(site: Site, visitor: Visitor, way: str) -> None:
    await enter(visitor, await framed(site, "cantine", CANTEEN))
    page = await visitor.open("/mon-compte")
    page = await page.form(f'form[action="/mon-compte/connexions/{way}"]').submit()
    assert len(frames(page)) == 1
    assert words((await page.follow("#signout-continue")).one("#told li")) == "Cantine"


async def test_deleting_the_account_tells_the_services_then_says_farewell(site: Site, visitor: Visitor) -> None:
    await enter(visitor, await framed(site, "cantine", CANTEEN))
    page = await visitor.open("/mon-compte/suppression")
    page = await page.form("#deletion").fill(understood=True).submit()
    assert len(frames(page)) == 1
    assert "Votre compte est supprimé" in (await page.follow("#signout-continue")).text


async def test_both_channels_are_announced(site: Site) -> None:
    document = (await (await site.client()).get("/.well-known/openid-configuration")).json()
    assert document["end_session_endpoint"] == f"{site.issuer}/logout"
    for member in (
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
    ):
        assert document[member] is True


def words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())
