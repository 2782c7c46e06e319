"""The civil status that FranceConnect vouches for, in the terms of an account.

FranceConnect gives all first names, the birth name, and places by their INSEE code; presumed birth dates keep their
`00` parts. Whoever has it from there cannot change it by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.people.characters import folded
from idp.people.person import Person
from idp.people.tables import people

CLAIMS = {
    "given_names": "given_name",
    "birth_name": "family_name",
    "gender": "gender",
    "birthdate": "birthdate",
    "birthplace": "birthplace",
    "birthcountry": "birthcountry",
}
"""The claim of FranceConnect, and of ours, that each field of an account is."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the holder of an account declared of their own identity."""

    person_id: str
    given_names: str
    birth_name: str
    birthdate: str | None


VOUCHED_FIELDS = tuple(CLAIMS)
"""The fields of an account that come from FranceConnect."""


def vouched(claims: Mapping[str, object]) -> dict[str, str]:
    """The fields of an account that these claims fill; a claim that is absent, empty or does not fit fills none.

    The raw birth date (`idp_birthdate`) is preferred, since it alone tells a presumed first of January from a true one.
    """
    said = {field: claims.get(claim) for field, claim in CLAIMS.items()}
    said["birthdate"] = claims.get("idp_birthdate") or said["birthdate"]
    return {field: value for field, value in said.items() if isinstance(value, str) and value and _fits(field, value)}


def differences(person: Person, claims: Mapping[str, object]) -> dict[str, str]:
    """What the civil register says otherwise than the account, by field."""
    return {field: value for field, value in vouched(claims).items() if getattr(person, field) != value}


def may_be(declared: Declared, claims: Mapping[str, object]) -> bool:
    """Whether a declared identity agrees with a vouched one: birth name, first given name, whole birth date.

    Weak on purpose: it only decides whether to ask for the account's own password, and proves nothing by itself.
    """
    said = vouched(claims)
    known = (_plain(said.get("birth_name", "")), _first(said.get("given_names", "")), said.get("birthdate"))
    return all(known) and known == (_plain(declared.birth_name), _first(declared.given_names), declared.birthdate)


def contradicts(person: Person, claims: Mapping[str, object]) -> bool:
    """Whether the civil register says another birth name, first given name or birth date than the account declares.

    What an account does not declare contradicts nothing, nor does a part of the date that the register does not know.
    Someone who acts for an organisation may have given the name they use.
    """
    said = vouched(claims)
    names = {_plain(name) for name in (person.birth_name, person.preferred_name) if name}
    name, first = said.get("birth_name"), said.get("given_names")
    if (name and _plain(name) not in names) or (first and _first(first) != _first(person.given_names)):
        return True
    born = said.get("birthdate")
    return bool(born and person.birthdate) and not _same_day(born or "", person.birthdate or "")


def _same_day(register: str, declared: str) -> bool:
    """Equal where both know; a presumed date has parts that are 00."""
    pairs = zip(register.split("-"), declared.split("-"), strict=False)
    return all(one == other or "00" in (one, other) for one, other in pairs)


def _fits(field: str, value: str) -> bool:
    length: int | None = getattr(people.c[field].type, "length", None)
    return length is None or len(value) <= length


def _plain(name: str) -> str:
    return folded(name).replace("-", " ").replace("’", "'").strip()


def _first(given_names: str) -> str:
    return _plain(given_names.replace(",", " ").partition(" ")[0])
