"""Every page renders, in both languages, bare and full and refused, and holds to the basics of accessibility."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from bs4 import BeautifulSoup, Tag

from idp.web.pages import Frame, Page
from tests.pages.rendering import FRAMES, LANGUAGES, answer
from tests.pages.samples import bare, every_page, full, refused

PAGES = every_page()
ALWAYS_FOR_AN_APPLICATION = {"oidc/consent.html", "oidc/device_confirm.html"}
NAMED_BY_OTHERS = {"hidden", "submit", "button"}


def shown(page: Page, frame: Frame, locale: str) -> BeautifulSoup:
    """The page, parsed."""
    return BeautifulSoup(bytes(answer(page, frame, locale).body), "html.parser")


def surroundings(kind: type[Page], state: str) -> Frame:
    """The least there can be around a bare page, else everything."""
    if state == "bare":
        return FRAMES["named" if kind.template in ALWAYS_FOR_AN_APPLICATION else "bare"]
    return FRAMES["full"]


def gallery() -> Iterator[Any]:
    """Each page, in each of its states and in each language."""
    for kind in PAGES:
        for state, page in {"bare": bare(kind), "full": full(kind), "refused": refused(kind)}.items():
            if page is None:
                continue
            for locale in LANGUAGES:
                yield pytest.param(page, surroundings(kind, state), locale, id=f"{kind.template}-{state}-{locale}")


def words(tag: Tag | None) -> str:
    return " ".join(tag.get_text(" ").split()) if tag else ""


def controls(soup: BeautifulSoup) -> list[Tag]:
    """What a person fills in."""
    return [each for each in soup(["input", "select", "textarea"]) if each.get("type") not in NAMED_BY_OTHERS]


@pytest.mark.parametrize(("page", "frame", "locale"), list(gallery()))
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


@pytest.mark.parametrize("kind", [kind for kind in PAGES if refused(kind)], ids=lambda kind: kind.template)
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
        for each in soup.select(f"[{attribute}]"):
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
