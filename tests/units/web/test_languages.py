"""The language a visitor would rather read, of those we have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.foundation.texts import LANGUAGES
from idp.web.languages import preferred


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        ("fr", "fr"),
        ("en-GB fr", "en"),
        ("de-FR en", "en"),
        ("de, en;q=0.8, fr;q=0.9", "fr"),
        ("fr;q=0.1,en;q=0.9", "en"),
        ("fr;q=0, en", "en"),
        ("fr;q=0", None),
        ("de-CH,de;q=0.9,en-US;q=0.8,fr;q=0.7", "en"),
        ("EN-us", "en"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("fr; q=0.2 , en ; q=0.3", "en"),
        ("se", None),
        ("*", None),
        ("", None),
        ("french english", None),
        ("../../fr", None),
        ("fr;q=abc, en", "en"),
        ("fr;q=nan, en", "en"),
        ("fr;level=1", "fr"),
        ("x" * 300 + ",fr", None),
    ],
)
def test_the_heaviest_then_the_first_is_preferred(wishes: str, language: str | None) -> None:
    assert preferred(wishes) == language


@given(st.text())
def test_whatever_is_wished_the_answer_is_a_language_of_ours_or_none(wishes: str) -> None:
    assert preferred(wishes) in {None, *LANGUAGES}
