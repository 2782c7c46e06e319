"""The words of e-mails and SMS."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from idp.foundation.texts import text
from idp.messages import change_texts, sms_texts, texts
from idp.messages.gsm import septets
from idp.messages.letterhead import Letter, Letterhead, lay_out
from idp.messages.message import Email, Sms
from tests.units.messages.conftest import ISSUER, NOW

LINK = f"{ISSUER}/activation/confirmation?jeton=lpln_abc"
SIGN_IN = f"{ISSUER}/connexion"
FORGOTTEN = f"{ISSUER}/oubli"
ACCOUNT = f"{ISSUER}/mon-compte"

EMAILS: dict[str, Callable[[Letterhead], Email]] = {
    "activation_link": lambda head: texts.activation_link(head, LINK, hours=24, given_name="Zoé"),
    "already_registered": lambda head: texts.already_registered(
        head, LINK, sign_in=SIGN_IN, forgotten=FORGOTTEN, hours=24
    ),
    "choose_password": lambda head: texts.choose_password(head, LINK, minutes=60, identifiers=["zoe.martin"]),
    "add_password": lambda head: texts.add_password(head, LINK, upstreams=["FranceConnect"], minutes=60),
    "not_activated": lambda head: texts.not_activated(
        head, ["zoe.martin"], sign_in=SIGN_IN, sign_up=f"{ISSUER}/inscription"
    ),
    "identifiers": lambda head: texts.identifiers(head, ["zoe.martin", "zoe.martin.2"], sign_in=SIGN_IN),
    "password_changed": lambda head: texts.password_changed(head, at=NOW, forgotten=FORGOTTEN),
    "new_sign_in": lambda head: texts.new_sign_in(head, at=NOW, device="Firefox, Windows", sign_in=SIGN_IN),
    "confirm_address": lambda head: change_texts.confirm_address(head, LINK, hours=24),
    "address_changed": lambda head: change_texts.address_changed(head, at=NOW, new_address="z…@ville.example"),
    "address_changed, to undo": lambda head: change_texts.address_changed(
        head, at=NOW, new_address="z…@ville.example", undo=LINK, days=7
    ),
    "mobile_changed": lambda head: change_texts.mobile_changed(head, at=NOW, number="…34", account=ACCOUNT),
    "mobile removed": lambda head: change_texts.mobile_changed(head, at=NOW, number="", account=ACCOUNT),
    "way_in_added": lambda head: change_texts.way_in_added(head, at=NOW, provider="ProConnect", account=ACCOUNT),
    "way_in_removed": lambda head: change_texts.way_in_removed(head, at=NOW, provider="ProConnect", account=ACCOUNT),
    "deletion_warning": lambda head: texts.deletion_warning(head, day_at=NOW, sign_in=SIGN_IN),
    "account_deleted": texts.account_deleted,
}


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("name", EMAILS)
def test_an_email_says_the_same_in_text_and_in_html_and_links_to_us_only(
    name: str, locale: str, head: Letterhead
) -> None:
    email = EMAILS[name](replace(head, locale=locale))

    page = BeautifulSoup(email.html, "html.parser")
    shown = " ".join(page.get_text(" ").split())
    for line in email.text.split("-- ")[0].splitlines():
        assert " ".join(line.removeprefix("- ").rstrip(" :").split()) in shown
    links = [str(anchor["href"]) for anchor in page.find_all("a")]
    assert all(link.startswith(f"{ISSUER}/") for link in links)
    assert all(link in email.text for link in links)
    assert page.html is not None
    assert page.html["lang"] == locale
    assert email.language == locale
    assert not page.find_all(["img", "script", "link"])
    assert "{" not in email.subject + email.text


@pytest.mark.parametrize("name", EMAILS)
def test_every_email_is_translated(name: str, head: Letterhead) -> None:
    french, english = (EMAILS[name](replace(head, locale=locale)) for locale in ("fr", "en"))

    assert french.subject != english.subject
    french_lines, english_lines = (set(email.text.splitlines()) for email in (french, english))
    assert {line for line in french_lines & english_lines if "http" not in line and " " in line.strip("- ")} <= {
        "Mairie de Villeneuve"
    }


def test_dates_are_written_as_the_reader_writes_them(head: Letterhead) -> None:
    french, english = (
        change_texts.address_changed(replace(head, locale=locale), at=NOW, new_address="z…@ville.example").text
        for locale in ("fr", "en")
    )
    assert "18 novembre 2026, 12:06" in french
    assert "18 November 2026, 12:06" in english


@pytest.mark.parametrize(
    "link", ["https://evil.example/x", f"{ISSUER}.evil.example/x", "javascript:alert(1)", ISSUER, "/oubli"]
)
def test_a_link_to_anywhere_else_is_refused(link: str, head: Letterhead) -> None:
    with pytest.raises(ValueError, match="links to the provider only"):
        texts.activation_link(head, link, hours=24)


@pytest.mark.parametrize("name", ["Zoé", "Jean-Éric", "N’Guessan", "Marie Anne", "J. R.", "李", "Łukasz"])
def test_a_name_greets(name: str, head: Letterhead) -> None:
    assert texts.activation_link(head, LINK, hours=24, given_name=name).text.startswith(f"Bonjour {name},\n")


@pytest.mark.parametrize(
    "name", ["evil.example", "http://evil.example", "www.evil.example", "a@b", "<b>x</b>", "Appelez le 0899", "x" * 200]
)
def test_a_name_that_could_be_taken_for_an_address_is_left_out(name: str, head: Letterhead) -> None:
    email = texts.activation_link(head, LINK, hours=24, given_name=name)

    assert email.text.startswith("Bonjour,\n")
    assert name not in email.html


def test_what_is_shown_in_html_is_escaped(head: Letterhead) -> None:
    email = texts.identifiers(head, ["<script>"], sign_in=SIGN_IN)

    assert "<script>" not in email.html
    assert "&lt;script&gt;" in email.html


@pytest.mark.parametrize("mark", ["\r", "\n", "\u2028", "\x85", "\x00", "=?utf-8?q?=0D=0A?="])
def test_a_subject_is_one_line(mark: str, head: Letterhead) -> None:
    with pytest.raises(ValueError, match="one line"):
        lay_out(head, Letter(subject=text("Bonjour {x}", x=f"a{mark}Bcc: v@x.example"), paragraphs=()))


SMS: dict[str, tuple[Callable[[Letterhead], Sms], int]] = {
    "activation": (lambda head: sms_texts.activation_code(head, "123456", minutes=15), 141),
    "password": (lambda head: sms_texts.password_code(head, "123456", minutes=15), 150),
    "identifier": (lambda head: sms_texts.identifier_code(head, "123456", minutes=15), 154),
    "contact": (lambda head: sms_texts.contact_code(head, "123456", minutes=15), 146),
    "sign in": (lambda head: sms_texts.sign_in_code(head, "123456", minutes=10), 134),
    "password changed": (sms_texts.password_changed, 119),
    "mobile changed": (sms_texts.mobile_changed, 113),
}


@pytest.mark.parametrize("name", SMS)
def test_an_sms_fits_one_segment(name: str, head: Letterhead) -> None:
    write, length = SMS[name]
    french = write(replace(head, issuer="https://compte.villeneuve.fr"))
    english = write(replace(head, issuer="https://compte.villeneuve.fr", locale="en"))

    assert septets(french.text) == length
    assert french.text.startswith("Mairie de Villeneuve : ")
    assert english.text != french.text


def test_the_last_line_of_a_code_binds_it_to_our_host(head: Letterhead) -> None:
    assert sms_texts.activation_code(head, "012345", minutes=15).text.splitlines()[-2:] == [
        "",
        "@compte.villeneuve.example #012345",
    ]


def test_an_authority_with_a_long_name_uses_its_short_one(head: Letterhead) -> None:
    named = replace(head, brand=replace(head.brand, name="Communauté d’agglomération du Grand Villeneuve et des Îles"))
    with pytest.raises(ValueError, match="more than one segment"):
        sms_texts.activation_code(named, "123456", minutes=15)
    assert [problem.split(":")[0] for problem in sms_texts.problems(named)] == [
        "activation_code",
        "password_code",
        "identifier_code",
        "contact_code",
        "sign_in_code",
    ]

    short = replace(named, brand=replace(named.brand, sms_name="Grand Villeneuve"))
    assert sms_texts.problems(short) == []


def test_an_sms_without_a_telephone_to_call_still_tells(head: Letterhead) -> None:
    silent = replace(head, brand=replace(head.brand, contact_phone=""))
    assert sms_texts.password_changed(silent).text.endswith("vient de changer.")
