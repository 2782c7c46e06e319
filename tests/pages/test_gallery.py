"""Every page renders, in both languages, bare and full and refused, and holds to the basics of accessibility."""

from functools import cache
from typing import Any, cast

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.requests import Request

from idp.app import build_provider
from idp.foundation.settings import Brand, Settings
from idp.web.endpoint import Call
from idp.web.pages import ClientView, Frame, Page, render
from tests.pages.samples import bare, every_page, full, refused

PAGES = every_page()
LANGUAGES = ("fr", "en")
FRAMES = {
    "bare": Frame(interaction_id=None, client=None, visitor=None),
    "full": Frame(
        interaction_id="journey",
        client=ClientView("Portail famille", None, "https://famille.test/vie-privee", "https://famille.test/cgu", None),
        visitor="Jeanne D’Ormesson",
    ),
}
NAMED_BY_OTHERS = {"hidden", "submit", "button"}


@cache
def provider() -> Any:
    return build_provider(
        Settings(
            issuer="https://compte.villeneuve.test",
            database_url="sqlite://",
            secret_key="a secret of the gallery, long enough",
            brand=Brand(name="Ville de Villeneuve", contact_email="contact@villeneuve.test"),
        )
    )


def shown(page: Page, frame: Frame, locale: str) -> BeautifulSoup:
    """The page as a browser of that language receives it."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/page",
        "query_string": b"",
        "headers": [(b"accept-language", locale.encode())],
        "client": ("127.0.0.1", 40_000),
        "path_params": {},
    }
    response = render(Call(provider(), Request(scope), ()), page, frame=frame)
    return BeautifulSoup(bytes(response.body), "html.parser")


def gallery() -> list[Any]:
    """Each page, in each of its states and in each language."""
    cases = []
    for kind in PAGES:
        states = {"bare": bare(kind), "full": full(kind), "refused": refused(kind)}
        for state, page in states.items():
            for locale in LANGUAGES:
                if page is not None:
                    frame = FRAMES.get(state, FRAMES["full"])
                    cases.append(pytest.param(page, frame, locale, id=f"{kind.__name__}-{state}-{locale}"))
    return cases


def words(tag: Tag | None) -> str:
    return " ".join(tag.get_text(" ").split()) if tag else ""


def controls(soup: BeautifulSoup) -> list[Tag]:
    """What a person fills in."""
    return [each for each in soup(["input", "select", "textarea"]) if each.get("type") not in NAMED_BY_OTHERS]


@pytest.mark.parametrize(("page", "frame", "locale"), gallery())
def test_a_page_renders_and_holds_to_the_basics(page: Page, frame: Frame, locale: str) -> None:
    soup = shown(page, frame, locale)
    assert soup.html is not None
    assert soup.html["lang"] == locale  # RGAA 8.3
    assert words(soup.title).count("Ville de Villeneuve") == 1, "RGAA 8.6: the title names the page and the service"
    assert len(soup("h1")) == 1, "RGAA 9.1"
    assert len(soup("main")) == 1, "RGAA 12.6"
    _headings_descend(soup)
    _ids_are_unique(soup)
    _controls_are_named(soup)
    _references_lead_somewhere(soup)
    _nothing_is_inline(soup)


@pytest.mark.parametrize("kind", [kind for kind in PAGES if refused(kind)], ids=lambda kind: kind.__name__)
def test_a_refused_form_is_announced(kind: type[Page]) -> None:
    soup = shown(cast(Page, refused(kind)), FRAMES["full"], "fr")
    assert words(soup.title).startswith("Erreur : ")
    summary = soup.find(id="form-errors")
    assert isinstance(summary, Tag)
    assert summary["role"] == "alert"
    assert summary["tabindex"] == "-1"
    assert "La demande n'a pas abouti." in words(summary)


def _headings_descend(soup: BeautifulSoup) -> None:
    levels = [int(each.name[1]) for each in soup(["h1", "h2", "h3", "h4"])]
    previous = levels[0]
    for level in levels[1:]:
        assert level <= previous + 1, "RGAA 9.1: a level of heading is skipped"
        previous = level


def _ids_are_unique(soup: BeautifulSoup) -> None:
    ids = [each["id"] for each in soup(id=True)]
    assert sorted(set(ids)) == sorted(ids), "RGAA 8.2"


def _controls_are_named(soup: BeautifulSoup) -> None:
    labelled = {label.get("for") for label in soup("label") if words(label)}
    for control in controls(soup):
        assert control.get("id") in labelled, f"RGAA 11.1: {control}"
    for pressed in soup("button"):
        assert words(pressed) or pressed.get("aria-label"), f"RGAA 11.9: {pressed}"
    for link in soup("a"):
        assert words(link), f"RGAA 6.2: {link}"


def _references_lead_somewhere(soup: BeautifulSoup) -> None:
    ids = {each["id"] for each in soup(id=True)}
    for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "for"):
        for each in soup(attrs={attribute: True}):
            missing = set(str(each[attribute]).split()) - ids
            assert not missing, f"{attribute} of {each.name} leads to {missing}"


def _nothing_is_inline(soup: BeautifulSoup) -> None:
    assert not soup("style"), "the content security policy refuses inline styles"
    assert not soup(style=True)
    assert all(each.get("src") for each in soup("script"))
    assert not [name for each in soup(True) for name in each.attrs if name.startswith("on")]


def test_the_gallery_is_not_empty() -> None:
    names = {kind.__name__ for kind in PAGES}
    assert {"ErrorPage", "AccessibilityPage", "PrivacyPage"} <= names
