"""Postcodes, INSEE codes, lines of an address, web addresses."""

import pytest

from idp.foundation.texts import Text
from idp.people.addresses import cog_code, line, postcode, town, web_address


@pytest.mark.parametrize("code", ["20200", "97400", "98800", "01000", "98999", "75 013", "９７４００"])
def test_a_french_postcode_is_accepted(code: str) -> None:
    assert postcode(code) in {"20200", "97400", "98800", "01000", "98999", "75013"}


@pytest.mark.parametrize("code", ["00100", "2A004", "99000", "7500", "750001", ""])
def test_a_wrong_postcode_is_refused(code: str) -> None:
    assert isinstance(postcode(code), Text)


def test_a_postcode_abroad_is_free() -> None:
    assert postcode("SW1A 1AA", "GB") == "SW1A 1AA"
    assert isinstance(postcode("x" * 17, "GB"), Text)


@pytest.mark.parametrize("code", ["2A004", "75056", "97411", "99100", "2b033"])
def test_an_insee_code_is_accepted(code: str) -> None:
    assert cog_code(code) == code.upper()


@pytest.mark.parametrize("code", ["2C004", "7505", "A2004", ""])
def test_a_wrong_insee_code_is_refused(code: str) -> None:
    assert isinstance(cog_code(code), Text)


def test_a_line_of_an_address_has_no_hidden_character() -> None:
    assert line(" 12  bis, rue des Lilas ") == "12 bis, rue des Lilas"
    assert isinstance(line("12\u202e rue"), Text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.asso.fr", "https://www.asso.fr"),
        ("http://asso.fr/page?x=1", "http://asso.fr/page?x=1"),
        ("https://été.fr", "https://été.fr"),
    ],
)
def test_a_web_address_is_completed(typed: str, kept: str) -> None:
    assert web_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["javascript:alert(1)", "ftp://asso.fr", "https://", "http://user:word@asso.fr", "asso", "http://[::1", "a b.fr"],
)
def test_what_is_no_public_web_address_is_refused(typed: str) -> None:
    assert isinstance(web_address(typed), Text)


@pytest.mark.parametrize("name", ["Y", "L'Haÿ-les-Roses", "Saint-Étienne", "東京", "6-Fours"])
def test_a_town_has_a_name(name: str) -> None:
    assert town(name) == name


@pytest.mark.parametrize("typed", ["123", "44000", "- -", "1/2"])
def test_digits_and_signs_are_no_town(typed: str) -> None:
    assert isinstance(town(typed), Text)
