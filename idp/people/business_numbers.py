"""Numbers by which companies and associations are known in France: SIREN, SIRET, RNA, VAT number, APE code.

Sources: INSEE (SIRENE) for the first two and their Luhn key, with La Poste's exception; the State's own test sets for
the RNA, whose overseas numbers carry letters; article 286 ter of the code général des impôts for VAT.
"""

import re
from dataclasses import dataclass

from idp.foundation.texts import Text, text
from idp.people.characters import ascii_digits, tidy

LA_POSTE = "356000000"

SIRET_DOUBTFUL = text("Ce SIRET semble comporter une erreur. Vérifiez-le, ou continuez si vous êtes sûr.")

_SEPARATORS = re.compile(r"[ ._\-]")
_RNA = re.compile(r"W(?:[0-9]{9}|2[AB][0-9]{7}|9[A-Z][0-9]{7})")
_VAT = re.compile(r"FR[0-9A-HJ-NP-Z]{2}[0-9]{9}")
_APE = re.compile(r"([0-9]{2})\.?([0-9]{2}[A-Z])")


@dataclass(frozen=True, slots=True)
class Siret:
    """A well-formed SIRET. A few real entries of the register fail the key, hence `doubtful` and not refused."""

    number: str
    doubtful: bool


def siren(value: str) -> str | Text:
    """Nine digits whose key is right, or what to correct."""
    number = _compact(value)
    if not re.fullmatch(r"[0-9]{9}", number) or int(number) == 0:
        return text("Le SIREN compte 9 chiffres.")
    if not luhn(number):
        return text("Ce SIREN comporte une erreur. Vérifiez-le.")
    return number


def siret(value: str) -> Siret | Text:
    """Fourteen digits, doubtful when the key is wrong, or what to correct."""
    number = _compact(value)
    if not re.fullmatch(r"[0-9]{14}", number) or int(number) == 0:
        return text("Le SIRET compte 14 chiffres.")
    return Siret(number, doubtful=not (luhn(number) or _of_la_poste(number)))


def luhn(number: str) -> bool:
    """Whether the last digit is the key of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for position, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + position % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _of_la_poste(number: str) -> bool:
    """La Poste has more sites than the key allows: theirs are right when the digits add up to a multiple of 5."""
    return number.startswith(LA_POSTE) and sum(int(digit) for digit in number) % 5 == 0


def rna(value: str) -> str | Text:
    """The number of an association in the national directory, or what to correct."""
    number = _compact(value).upper()
    if not _RNA.fullmatch(number):
        return text("Le numéro RNA commence par W, suivi de 9 caractères.")
    return number


def vat(value: str) -> str | Text:
    """A French VAT number whose key, when it is in digits, agrees with its SIREN, or what to correct."""
    number = _compact(value).upper()
    if not _VAT.fullmatch(number):
        return text("Le numéro de TVA commence par FR, suivi de 2 caractères et des 9 chiffres du SIREN.")
    key, company = number[2:4], number[4:]
    if key.isdecimal() and key != vat_key(company):
        return text("Ce numéro de TVA comporte une erreur. Vérifiez-le.")
    return number


def vat_key(company: str) -> str:
    """The two digits between FR and the SIREN."""
    return f"{(12 + 3 * (int(company) % 97)) % 97:02d}"


def ape(value: str) -> str | Text:
    """An activity code as 62.01Z, or what to correct. Its nomenclature (NAF rév. 2, NAF 2025) is kept beside it."""
    found = _APE.fullmatch(tidy(value).upper())
    return (
        f"{found[1]}.{found[2]}" if found else text("Le code APE compte 4 chiffres et une lettre, par exemple 62.01Z.")
    )


def _compact(value: str) -> str:
    return _SEPARATORS.sub("", ascii_digits(tidy(value)))
