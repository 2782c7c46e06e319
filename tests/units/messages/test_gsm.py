"""SMS texts in the GSM 7-bit alphabet (3GPP TS 23.038)."""

import pytest

from idp.messages import gsm


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("code", 4, id="basic"),
        pytest.param("é è à ù Ç", 9, id="accents of the alphabet"),
        pytest.param("12 €", 5, id="the euro sign counts twice"),
        pytest.param("[x]", 5, id="brackets count twice"),
        pytest.param("", 0, id="empty"),
    ],
)
def test_septets_are_counted_as_the_network_counts_them(written: str, expected: int) -> None:
    assert gsm.septets(written) == expected


@pytest.mark.parametrize("written", ["ç", "ê", "ô", "œ", "’", "И", "😀", "\t"])
def test_a_character_outside_the_alphabet_is_refused(written: str) -> None:
    with pytest.raises(gsm.OutsideAlphabet):
        gsm.septets(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("Communauté d’agglomération", "Communauté d'agglomération", id="apostrophe"),
        pytest.param("Hôtel de ville de Besançon", "Hotel de ville de Besancon", id="accents it lacks"),
        pytest.param("Le Cœur", "Le Coeur", id="ligature"),
        pytest.param("Pays de la Loire – Île", "Pays de la Loire - Ile", id="dash and capital"),
        pytest.param("e\u0302tre", "etre", id="decomposed"),
        pytest.param("Ville 😀", "Ville ", id="no form"),
    ],
)
def test_words_are_simplified_to_the_alphabet(written: str, expected: str) -> None:
    assert gsm.simplified(written) == expected
    gsm.septets(gsm.simplified(written))


@pytest.mark.parametrize(("length", "expected"), [(0, 1), (160, 1), (161, 2), (306, 2), (307, 3)], ids=str)
def test_segments_hold_160_septets_alone_and_153_in_a_row(length: int, expected: int) -> None:
    assert gsm.segments("a" * length) == expected
