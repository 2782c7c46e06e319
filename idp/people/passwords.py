"""How good a password is: faible, moyen or fort, and which of the announced rules it meets.

CNIL, délibération 2022-100: case 2 (password with attempts limited in time) asks for 50 bits or 8 characters of 3
classes, hence « moyen », the least accepted; case 1 (password alone) for 80 bits or one of 3 examples, hence « fort ».
A measure of guessability is added to both, since « Bonjour2024 » meets every rule and is guessed at once.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from zxcvbn_rs_py import zxcvbn

from idp.foundation.texts import Text, text
from idp.people.characters import folded
from idp.people.common_passwords import FRENCH_WORDS
from idp.people.person import Person

MINIMUM_LENGTH = 8
LONGEST_CHARACTERS = 128
LONGEST_BYTES = 512

_SCORED_CHARACTERS = 72  # the estimate costs more than linear time and says nothing new beyond
_MODERATE_GUESSES = 10**8
_STRONG_GUESSES = 10**12
_STRONG_BITS = 80
_MODERATE_BITS = 50
_LONG_ENOUGH_FOR_FEW_CLASSES = 16
_PASSPHRASE_WORDS = 7
_SHORTEST_TELLING_WORD = 4

TOO_LONG = text("Ce mot de passe est trop long : {longest} caractères au plus.", longest=LONGEST_CHARACTERS)
UNTYPEABLE = text("Ce mot de passe contient un caractère qui ne se voit pas. Tapez-le de nouveau.")
TOO_COMMON = text("Ce mot de passe est trop courant. Choisissez-en un autre.")
TOO_PERSONAL = text("N'utilisez ni votre nom ni votre identifiant.")
RULES = text(
    "Votre mot de passe doit avoir au moins le niveau « moyen », {length} caractères, une majuscule et un chiffre.",
    length=MINIMUM_LENGTH,
)
NOT_THE_SAME = text("Les deux mots de passe ne sont pas identiques.")


class Level(StrEnum):
    """From the weakest to the strongest; only the first is refused."""

    WEAK = "faible"
    MODERATE = "moyen"
    STRONG = "fort"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The level, the three announced rules, and what to do when the password is refused."""

    level: Level
    length: bool
    upper: bool
    digit: bool
    refusal: Text | None

    @property
    def accepted(self) -> bool:
        return self.refusal is None


def personal_words(person: Person, authority: str) -> tuple[str, ...]:
    """What the password of an account must not be made of."""
    known = (
        person.given_names,
        person.birth_name,
        person.preferred_name,
        person.identifier,
        (person.email or "").partition("@")[0],
        person.birthdate,
        authority,
    )
    return tuple(word for word in known if word)


def assess(password: str, personal: Iterable[str] = (), *, minimum_length: int = MINIMUM_LENGTH) -> Assessment:
    """Judge a password given what is known of its owner: names, identifier, e-mail, birth date, the authority's name.

    The password is judged in the normal form under which it is hashed (NFKC). Only its first 72 characters are scored;
    nothing is ever cut from what is hashed.
    """
    password = unicodedata.normalize("NFKC", password)
    length = len(password) >= minimum_length
    upper = any(character.isupper() for character in password)
    digit = any(character.isdecimal() for character in password)
    known = list(_words_of(personal))
    refusal = _refusal(password, known)
    if refusal is None and not (length and upper and digit):
        refusal = RULES
    guesses = 0 if refusal else _guesses(password, known)
    if refusal is None and guesses < _MODERATE_GUESSES:
        refusal = TOO_COMMON
    if refusal is None and not _is_moderate(password):
        refusal = RULES
    if refusal is not None:
        return Assessment(Level.WEAK, length, upper, digit, refusal)
    strong = guesses >= _STRONG_GUESSES and _meets_case_1(password)
    return Assessment(Level.STRONG if strong else Level.MODERATE, length, upper, digit, None)


def _refusal(password: str, known: list[str]) -> Text | None:
    if len(password) > LONGEST_CHARACTERS or len(password.encode("utf-8", "surrogatepass")) > LONGEST_BYTES:
        return TOO_LONG
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn"} for character in password):
        return UNTYPEABLE
    plain = folded(password)
    if any(word in plain for word in known):
        return TOO_PERSONAL
    return None


def _words_of(personal: Iterable[str]) -> Iterator[str]:
    """The telling words of what is known, and a birth date in the orders people write it."""
    for value in personal:
        plain = folded(value)
        if found := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", plain):
            year, month, day = found.groups()
            yield from (
                f"{day}{month}{year}",
                f"{year}{month}{day}",
                f"{day}{month}{year[2:]}",
                f"{day}/{month}/{year}",
            )
        else:
            yield from (word for word in re.findall(r"\w+", plain) if len(word) >= _SHORTEST_TELLING_WORD)


def _guesses(password: str, known: list[str]) -> int:
    return zxcvbn(password[:_SCORED_CHARACTERS], [*known, *FRENCH_WORDS]).guesses


def _classes(password: str) -> frozenset[str]:
    return frozenset(_class_of(character) for character in password)


def _class_of(character: str) -> str:
    if character.isdecimal():
        return "digit"
    if character.isupper():
        return "upper"
    return "lower" if character.isalpha() else "special"


_ALPHABET = {"lower": 26, "upper": 26, "digit": 10, "special": 37}
"""Sizes the CNIL counts with (délibération 2022-100, annexe); letters beyond a to z are not counted as more."""


def bits(password: str) -> float:
    """Entropy of a password drawn at random from the classes it shows."""
    alphabet = sum(_ALPHABET[name] for name in _classes(password))
    return len(password) * math.log2(alphabet) if password else 0.0


def _is_moderate(password: str) -> bool:
    enough_classes = len(_classes(password)) >= 3 or len(password) >= _LONG_ENOUGH_FOR_FEW_CLASSES
    return enough_classes or bits(password) >= _MODERATE_BITS


def _meets_case_1(password: str) -> bool:
    classes = _classes(password)
    by_example = (
        (len(password) >= 12 and len(classes) == 4)
        or (len(password) >= 14 and classes >= {"lower", "upper", "digit"})
        or len(re.findall(r"\w{2,}", password)) >= _PASSPHRASE_WORDS
    )
    return by_example or bits(password) >= _STRONG_BITS
