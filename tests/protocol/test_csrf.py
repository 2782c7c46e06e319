"""A form is accepted from our own page, in the browser it was given to, and from nowhere else."""

import pytest

from tests.support.people import PASSWORD
from tests.support.provider import ISSUER, Site
from tests.support.relying_party import RelyingParty
from tests.support.signing_in import IDENTIFIER, arrive, sign_in
from tests.support.visitor import Visitor

FORMS = ["/connexion", "/consentement", "/deconnexion", "/mon-compte/connexions/fin-partout", "/mon-compte/suppression"]


async def post(visitor: Visitor, path: str, csrf: str | None, **headers: str) -> int:
    data = {"identifier": IDENTIFIER, "password": PASSWORD}
    if csrf is not None:
        data["csrf"] = csrf
    renamed = {name.replace("_", "-"): value for name, value in headers.items()}
    return (await visitor.client.post(path, data=data, headers=renamed)).status_code


async def token_of(visitor: Visitor, application: RelyingParty) -> str:
    return (await visitor.open(application.start())).form("#signin").values["csrf"][0]


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_without_the_token_of_this_browser_is_refused(
    site: Site, visitor: Visitor, application: RelyingParty, path: str
) -> None:
    other = await site.visitor()
    theirs = await token_of(other, application)
    await arrive(visitor, application)
    for token in (None, "", "x", theirs, "é" * 43, "A" * 50_000):
        assert await post(visitor, path, token, sec_fetch_site="same-origin", origin=ISSUER) == 403
    assert "code" in (await visitor.open(application.start(prompt="none"))).returned


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_of_another_site_is_refused_even_with_the_token(
    visitor: Visitor, application: RelyingParty, path: str
) -> None:
    token = await token_of(visitor, application)
    await arrive(visitor, application)
    for headers in (
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "cross-site", "origin": ISSUER},
        {"origin": "https://evil.example"},
        {"origin": "https://connexion.exemple.fr.evil.example"},
        {"origin": "http://connexion.exemple.fr"},
        {"origin": "null"},
    ):
        assert await post(visitor, path, token, **headers) == 403, headers
    assert "code" in (await visitor.open(application.start(prompt="none"))).returned


@pytest.mark.parametrize(
    "headers", [{"sec_fetch_site": "same-origin"}, {"origin": ISSUER}, {}], ids=["fetch metadata", "origin", "neither"]
)
async def test_our_own_form_is_accepted(visitor: Visitor, application: RelyingParty, headers: dict[str, str]) -> None:
    token = await token_of(visitor, application)
    assert await post(visitor, "/connexion", token, **headers) == 303


async def test_a_refused_form_says_what_to_do(visitor: Visitor, application: RelyingParty) -> None:
    page = await visitor.open(application.start())
    form = page.form("#signin").fill(identifier=IDENTIFIER, password=PASSWORD)
    form.values["csrf"] = ["x"]
    refused = await form.submit()
    assert (refused.status, refused.error_code) == (403, "form_expired")
    assert "rechargez" in refused.text
    assert PASSWORD not in refused.response.text


async def test_a_page_left_open_before_signing_in_still_works(visitor: Visitor, application: RelyingParty) -> None:
    page = await visitor.open(application.start())
    await arrive(visitor, application)
    assert "code" in (await sign_in(page)).returned
