"""Names of people and of organisations.

The civil registry writes Latin letters with a closed list of accents (circulaire du 23 juillet 2014), but people born
elsewhere bring theirs: any letter and mark of any script is accepted, as typed, capitals included.
"""

import unicodedata

from idp.foundation.texts import Text, text
from idp.people.characters import INVISIBLE, free_text, has_unseen, tidy

LONGEST_NAME = 256
LONGEST_ORGANISATION_NAME = 200
_JOINING = frozenset(" -'’ʼ.")


def person_name(value: str) -> str | Text:
    """A family name or first names, or what to correct. The bound of 256 is FranceConnect's own."""
    name = tidy(value)
    if has_unseen(name):
        return INVISIBLE
    if len(name) > LONGEST_NAME:
        return text("Ce nom est trop long : {longest} caractères au plus.", longest=LONGEST_NAME)
    letters = [character for character in name if unicodedata.category(character)[0] == "L"]
    if not letters or any(not _belongs(character) for character in name):
        return text("Écrivez ce nom avec des lettres, des espaces, des traits d'union et des apostrophes seulement.")
    return name


def _belongs(character: str) -> bool:
    return character in _JOINING or unicodedata.category(character)[0] in "LM"


def organisation_name(value: str) -> str | Text:
    """The name of a company or an association, which may hold digits and signs, or what to correct."""
    name = free_text(value, longest=LONGEST_ORGANISATION_NAME)
    if isinstance(name, str) and not any(character.isalnum() for character in name):
        return text("Ce nom doit contenir au moins une lettre ou un chiffre.")
    return name
