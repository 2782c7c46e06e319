"""The identifier a person signs in with: its form, the one proposed from a name, and what to propose when it is taken.

Letters a to z, digits, dots, hyphens and underscores only, so that two identifiers that look the same cannot both
exist. Kept as typed, compared without case.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from idp.foundation.secrets import Randomness, digits
from idp.foundation.texts import Text, text
from idp.people.characters import tidy

SHORTEST = 3
LONGEST = 64

_RESERVED = """
abuse accueil admin administrateur administration administratrice agent anonymous ccas commune compte connexion
contact demarches departement dpo elu erreur franceconnect guest help hostmaster info inscription invite maire
mairie metropole moderateur mon-compte moncompte no-reply nobody noreply null openid postmaster prefecture
proconnect region rgpd root securite security service service-public services support system systeme technique
test undefined usager ville webmaster www
"""
RESERVED = frozenset(_RESERVED.split())

RESERVED_IDENTIFIER = text("Cet identifiant n'est pas disponible. Choisissez-en un autre.")

_FORM = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,62}[a-z0-9])")
_FALLBACK = "usager"
_LATIN = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_APOSTROPHES = re.compile(r"['’ʼ`´]")
_OTHERS = re.compile(r"[^a-z0-9]+")


def identifier(value: str) -> str | Text:
    """An identifier as typed, or what to correct. Whether it is free is for the database to say."""
    typed = tidy(value)
    if "@" in typed:
        return text("L'identifiant ne peut pas être une adresse électronique. Exemple : camille.martin")
    if not SHORTEST <= len(typed) <= LONGEST:
        return text("L'identifiant compte de {shortest} à {longest} caractères.", shortest=SHORTEST, longest=LONGEST)
    if not typed.isascii() or not _FORM.fullmatch(typed.lower()) or ".." in typed:
        return text(
            "Utilisez des lettres sans accent, des chiffres, des points, des tirets ; commencez et terminez par une "
            "lettre ou un chiffre. Exemple : camille.martin"
        )
    return RESERVED_IDENTIFIER if typed.lower() in RESERVED else typed


def identifier_key(value: str) -> str:
    """What two spellings of one identifier share. Beyond ASCII nothing is folded, so no look-alike ever matches."""
    typed = value.strip()
    return typed.lower() if typed.isascii() else typed


def propose(given_names: str, surname: str, randomness: Randomness) -> str:
    """`prénom.nom` in plain letters; `usager` and digits when no Latin letter is left."""
    words = [slug for slug in (_slug(given_names), _slug(surname)) if slug]
    proposed = ".".join(words)[:LONGEST].strip(".-")
    return proposed if len(proposed) >= SHORTEST else f"{_FALLBACK}{digits(randomness, 6)}"


def _slug(name: str) -> str:
    # lower case first: the table below has no capitals
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LATIN))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return _OTHERS.sub("-", _APOSTROPHES.sub("", plain)).strip("-")


def alternatives(taken: str) -> Iterator[str]:
    """Identifiers to try when one is taken: .2, .3… and never a year, since a birth year is personal."""
    stem = identifier_key(taken)
    for number in range(2, 100):
        suffix = f".{number}"
        yield f"{stem[: LONGEST - len(suffix)].rstrip('.-_')}{suffix}"


def suggestions(taken: str, in_use: Iterable[str], count: int = 2) -> tuple[str, ...]:
    """The first `count` alternatives that nobody uses. `in_use` holds keys."""
    used = frozenset(in_use)
    free = (alternative for alternative in alternatives(taken) if alternative not in used)
    return tuple(alternative for alternative, _ in zip(free, range(count), strict=False))
