"""An e-mail address is one plain mailbox with one normal form."""

import pytest

from idp.foundation.texts import Text
from idp.people.contacts import deliverable, email, email_key, likely_typo, masked_email


@pytest.mark.parametrize(
    "typed",
    ["test@test.fr", "Marie.Durand+mairie@ville.fr", "o'neil@ville.fr", "x@sous.domaine.ville.fr", "essai@ville.test"],
)
def test_an_address_is_kept_as_typed(typed: str) -> None:
    assert email(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "marie",
        "marie@",
        "@ville.fr",
        "marie@ville",
        "marie@@ville.fr",
        "marie@ville.fr.",
        "marie@-ville.fr",
        "marie@ville..fr",
        "ma rie@ville.fr",
        '"ma rie"@ville.fr',
        "marie(note)@ville.fr",
        "Marie <marie@ville.fr>",
        "marie@ville.fr,jean@ville.fr",
        "marie@ville.fr;jean@ville.fr",
        "Liste:marie@ville.fr;",
        "marie%ville.fr@relais.fr",
        "ville.fr!marie@relais.fr",
        "marie@[192.0.2.1]",
        "marie@localhost",
        "marie@ville.fr\r\nBcc: jean@ville.fr",
        "marie@ville.fr\x00",
        "ma\u00adrie@ville.fr",
        "ma\u200drie@ville.fr",
        "m\u0430rie@ville.fr",
        "\uff4darie@ville.fr",
        "marié@ville.fr",
        "marie@v\u0456lle.fr",
        "a" * 65 + "@ville.fr",
        "marie@" + "a" * 64 + ".fr",
        "a" * 60 + "@" + ".".join(["b" * 60] * 4) + ".fr",
    ],
    ids=ascii,
)
def test_what_is_not_one_plain_mailbox_is_refused(typed: str) -> None:
    assert isinstance(email(typed), Text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Marie@Ville.FR", "marie@ville.fr"),
        ("marie@ÉTÉ.fr", "marie@été.fr"),
        ("marie@été.fr", "marie@xn--t-9fab.fr"),
        ("marie@e\u0301te\u0301.fr", "marie@été.fr"),
        ("marie@ville\u3002fr", "marie@ville.fr"),
    ],
)
def test_two_spellings_of_one_mailbox_have_one_key(one: str, other: str) -> None:
    first, second = email(one), email(other)
    assert isinstance(first, str)
    assert isinstance(second, str)
    assert email_key(first) == email_key(second)


@pytest.mark.parametrize("other", ["marie+x@ville.fr", "ma.rie@ville.fr", "marie@vi-lle.fr"])
def test_two_mailboxes_have_two_keys(other: str) -> None:
    assert email_key(other) != email_key("marie@ville.fr")


def test_the_kelvin_sign_is_the_letter_k_and_nothing_else() -> None:
    assert email("\u212aim@ville.fr") == "Kim@ville.fr"


def test_mail_servers_are_given_an_ascii_domain() -> None:
    assert deliverable("marie@été.fr") == "marie@xn--t-9fab.fr"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("marie@gmial.com", "marie@gmail.com"),
        ("marie@hotmial.fr", "marie@hotmail.fr"),
        ("marie@orange.f", "marie@orange.fr"),
        ("marie@gmail.com", None),
        ("marie@villeneuve.fr", None),
    ],
)
def test_a_likely_slip_is_pointed_out(typed: str, meant: str | None) -> None:
    assert likely_typo(typed) == meant


def test_an_address_is_masked_but_recognisable() -> None:
    assert masked_email("marie.durand@ville.fr") == "m…@ville.fr"
