"""French sentences are set without a sign left alone at the beginning of a line."""

import pytest

from idp.web.typography import typeset

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Mot de passe oublié ?", f"Mot de passe oublié{NBSP}?"),
        ("Exemple : 27/03/1985", f"Exemple{NBSP}: 27/03/1985"),
        ("le niveau « moyen »", f"le niveau «{NBSP}moyen{NBSP}»"),
        ("Votre compte est validé !", f"Votre compte est validé{NBSP}!"),
        ("à 08:30, https://exemple.fr/?a=b", "à 08:30, https://exemple.fr/?a=b"),
    ],
)
def test_french_signs_stay_with_their_word(written: str, printed: str) -> None:
    assert typeset(written, "fr") == printed


def test_other_languages_are_left_as_written() -> None:
    assert typeset("Really ?", "en") == "Really ?"
