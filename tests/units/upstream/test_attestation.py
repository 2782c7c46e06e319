"""Of what an upstream says, only what we have a use for is kept."""

import pytest

from idp.upstream.attestation import kept, methods
from tests.units.upstream.test_discovery import ours

FRANCECONNECT = ours(kind="franceconnect")


def test_claims_outside_the_list_are_dropped() -> None:
    said = {"family_name": "DUBOIS", "given_name_array": ["Angela", "Claire"], "picture": "https://x/", "sub": "s"}
    assert kept(said, FRANCECONNECT) == {"family_name": "DUBOIS", "given_name_array": ["Angela", "Claire"]}


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(12, id="number"),
        pytest.param(None, id="null"),
        pytest.param({"formatted": "x"}, id="object"),
        pytest.param("x" * 513, id="too long"),
        pytest.param("a\x00b", id="NUL"),
        pytest.param("a\u202eb", id="reversed text"),
        pytest.param(["a"] * 31, id="too many"),
        pytest.param(["a", 1], id="mixed list"),
        pytest.param([["a"]], id="nested list"),
    ],
)
def test_a_value_that_is_no_plain_text_is_dropped(value: object) -> None:
    assert kept({"family_name": value}, FRANCECONNECT) == {}


def test_accents_ligatures_and_empty_texts_are_kept() -> None:
    said = {"family_name": "DURANTéàèùòœæŒÆ", "birthplace": ""}
    assert kept(said, FRANCECONNECT) == said


@pytest.mark.parametrize(
    ("amr", "expected"),
    [
        pytest.param(["fc", "pwd"], ("fc", "pwd"), id="list"),
        pytest.param("fc pwd mail", ("fc", "pwd", "mail"), id="one text"),
        pytest.param(None, (), id="absent"),
        pytest.param(["pwd", 3, "", "x" * 25, "a b", "mfa"], ("pwd", "mfa"), id="what is no word is left out"),
        pytest.param([str(n) for n in range(20)], tuple(str(n) for n in range(8)), id="eight at most"),
    ],
)
def test_methods_are_short_words(amr: object, expected: tuple[str, ...]) -> None:
    assert methods(amr) == expected
