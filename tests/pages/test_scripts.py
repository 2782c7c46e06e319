"""What scripts add to pages, seen in a real browser: the eye, the focus, one press one request, moving on by itself."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from idp.foundation.texts import text
from idp.signin.views import SignInPage
from idp.signup.views import ActivationPage, SignUpPage
from idp.web.forms import Form
from idp.web.pages import Page as Shown
from tests.pages.browsing import ADDRESS, Answers, serve
from tests.pages.samples import full

pytestmark = pytest.mark.needs("chromium")
REFUSED = Form({}, {"form": text("La connexion n'a pas abouti.")})

Open = Callable[..., Page]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context()
    yield made
    made.close()


@pytest.fixture
def open_page(context: BrowserContext) -> Open:
    """Shows a page in a browser with scripts."""

    def shown(page: Shown, more: Answers | None = None) -> Page:
        serve(context, page, more)
        tab = context.new_page()
        tab.clock.install()
        tab.goto(ADDRESS)
        return tab

    return shown


def test_the_eye_shows_and_hides_the_password(open_page: Open) -> None:
    tab = open_page(SignInPage(upstreams=()))
    password = tab.locator("#password")
    password.fill("Cerisier-42-bleu")
    tab.get_by_role("button", name="Afficher le mot de passe").click()
    expect(password).to_have_attribute("type", "text")
    expect(tab.get_by_role("status")).to_have_text("Le mot de passe est affiché.")
    tab.get_by_role("button", name="Masquer le mot de passe").click()
    expect(password).to_have_attribute("type", "password")
    expect(password).to_have_value("Cerisier-42-bleu")


def test_the_eye_is_reached_and_pressed_by_keyboard(open_page: Open) -> None:
    tab = open_page(SignInPage(upstreams=()))
    tab.focus("#password")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    expect(tab.locator("#password")).to_have_attribute("type", "text")


def test_a_refused_form_begins_at_its_summary(open_page: Open) -> None:
    tab = open_page(SignInPage(upstreams=(), form=REFUSED))
    expect(tab.locator("#form-errors")).to_be_focused()


def test_what_is_wrong_with_an_identifier_is_said_once(open_page: Open) -> None:
    asked: list[str] = []

    def weigh(route: Route) -> None:
        asked.append(route.request.post_data or "")
        told = {"identifier": "camille", "available": True, "message": "Identifiant disponible !"}
        route.fulfill(content_type="application/json", body=json.dumps(told))

    refused = Form({"identifier": "é"}, {"identifier": text("L'identifiant compte de 3 à 64 caractères.")})
    page = replace(cast(SignUpPage, full(SignUpPage)), vouched_by=None, form=refused)
    tab = open_page(page, {"/inscription/identifiant": weigh})
    expect(tab.locator("#identifier-error")).to_be_visible()
    tab.clock.fast_forward(10_000)
    expect(tab.locator("#identifier-availability")).to_be_empty()
    tab.fill("#identifier", "camille")
    tab.clock.fast_forward(10_000)
    expect(tab.locator("#identifier-availability")).to_have_text("✓ Identifiant disponible !")
    assert len(asked) == 1


def test_pressing_twice_sends_once(open_page: Open) -> None:
    sent: list[str] = []

    def stay_here(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.fulfill(status=204)

    tab = open_page(SignInPage(upstreams=()), {"/connexion": stay_here})
    tab.fill("#identifier", "camille.martin")
    tab.fill("#password", "Cerisier-42-bleu")
    submit = tab.locator("#signin-submit")
    submit.click()
    expect(submit).to_have_attribute("aria-disabled", "true")
    submit.click(force=True)
    assert len(sent) == 1
    assert "identifier=camille.martin" in sent[0]
    tab.clock.fast_forward(10_001)
    submit.click()
    assert len(sent) == 2, "where no answer came, one may try again"


def test_an_activation_made_elsewhere_moves_this_page_on(open_page: Open) -> None:
    asked: list[str] = []

    def state(route: Route) -> None:
        asked.append(route.request.url)
        active = len(asked) > 1
        route.fulfill(content_type="application/json", body=json.dumps({"active": active, "next": "/interaction/x"}))

    def arrived(route: Route) -> None:
        route.fulfill(content_type="text/html; charset=utf-8", body="<h1>Arrivée</h1>")

    tab = open_page(full(ActivationPage), {"/activation/etat": state, "/interaction/x": arrived})
    assert not asked, "the first question is not asked at once"
    for _ in range(2):
        tab.clock.fast_forward(10_000)
        tab.wait_for_timeout(50)
    expect(tab.get_by_role("heading", name="Arrivée")).to_be_visible()
    assert all("i=journey" in each for each in asked)
