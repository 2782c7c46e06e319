"""Enrolling someone without the sign-up form: by an operator, or by a program that prepares accounts.

The rules on names, addresses and numbers are those of the form. What no form asks comes as standard claims (OpenID
Connect Core 1.0 section 5.1); those that have an option of their own are refused, so that nothing is said twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from idp.foundation.secrets import Randomness
from idp.foundation.texts import LANGUAGES, Text, text
from idp.people import standing, store
from idp.people.contacts import email
from idp.people.dates import NO_SUCH_DATE, civil_birthdate, read_date
from idp.people.identifiers import identifier
from idp.people.names import person_name
from idp.people.phones import mobile_phone
from idp.people.store import NewPerson

_FIELDS = {
    "birthcountry": "birthcountry",
    "birthplace": "birthplace",
    "gender": "gender",
    "locale": "locale",
    "preferred_username": "preferred_name",
}
"""The claims that have a field of their own."""
OTHER_CLAIMS = frozenset(
    {
        "address",
        "middle_name",
        "nickname",
        "phone_number",
        "phone_number_verified",
        "picture",
        "profile",
        "website",
        "zoneinfo",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Who is enrolled, as given. An `active` account may sign in; a `verified` one has its contacts proved."""

    profile: str
    identifier: str
    email: str
    given_names: str
    birth_name: str
    birthdate: str = ""
    mobile: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict)
    active: bool = False
    verified: bool = False


class Refused(Exception):
    """Everything wrong with an enrolment, by field."""

    def __init__(self, refusals: Mapping[str, Text]) -> None:
        super().__init__(", ".join(refusals))
        self.refusals = refusals


def normalised(enrolment: Enrolment) -> dict[str, str]:
    """What was given, in its normal form. Raises `Refused` naming all that is wrong at once."""
    rules: Mapping[str, Callable[[str], str | Text]] = {
        "identifier": identifier,
        "email": email,
        "given_names": person_name,
        "birth_name": person_name,
        "birthdate": _birthdate,
        "mobile": lambda typed: mobile_phone(typed, "FR"),
    }
    optional = {"birthdate", "mobile"}
    given = {name: getattr(enrolment, name) for name in rules}
    judged = {name: rules[name](value) for name, value in given.items() if value or name not in optional}
    refusals = {name: answer for name, answer in judged.items() if isinstance(answer, Text)}
    if refused := _refused_claims(enrolment.claims):
        refusals["claims"] = text("Ces attributs ne peuvent pas être donnés ainsi : {names}.", names=", ".join(refused))
    if refusals:
        raise Refused(refusals)
    return {name: answer for name, answer in judged.items() if isinstance(answer, str)}


def enrol(connection: Connection, enrolment: Enrolment, password_hash: str, randomness: Randomness, now: int) -> str:
    """Open the account; its id. Raises `Refused`, or `people.store.IdentifierTaken`."""
    answers = normalised(enrolment)
    fields, claims = _sorted_claims(enrolment.claims)
    locale = fields.pop("locale", LANGUAGES[0])
    new = NewPerson(
        profile=enrolment.profile,
        answers={**fields, **{name: value for name, value in answers.items() if name != "identifier"}},
        locale=locale,
        identifier=answers["identifier"],
        password_hash=password_hash,
        claims=claims,
    )
    person_id = store.create(connection, new, randomness, now)
    _settle(connection, person_id, enrolment, answers, now)
    return person_id


def replace(connection: Connection, enrolment: Enrolment, password_hash: str, randomness: Randomness, now: int) -> str:
    """The same for an account that may exist: it becomes what is given. Whoever calls ends what it had open."""
    answers = normalised(enrolment)
    existing = store.find_by_identifier(connection, answers["identifier"])
    if existing is None:
        return enrol(connection, enrolment, password_hash, randomness, now)
    fields, claims = _sorted_claims(enrolment.claims)
    absent = dict.fromkeys((*_FIELDS.values(), "birthdate", "mobile"))
    kept = {"identifier": answers["identifier"], "profile": enrolment.profile, "claims": claims or None}
    changes = {**absent, "locale": LANGUAGES[0], **fields, **answers, **kept}
    store.amend(connection, existing.id, changes, now)
    store.set_password(connection, existing.id, password_hash, now)
    _settle(connection, existing.id, enrolment, answers, now)
    return existing.id


def _settle(connection: Connection, person_id: str, enrolment: Enrolment, answers: Mapping[str, str], now: int) -> None:
    if enrolment.active:
        standing.activate(connection, person_id, now)
        standing.unlock(connection, person_id)
    if enrolment.verified:
        store.verify_email(connection, person_id, answers["email"], now)
        if "mobile" in answers:
            store.verify_mobile(connection, person_id, answers["mobile"], now)


def _birthdate(typed: str) -> str | Text:
    day = read_date(typed)
    return civil_birthdate(typed) or (day.isoformat() if day else NO_SUCH_DATE)


def _refused_claims(claims: Mapping[str, Any]) -> list[str]:
    refused = set(claims) - OTHER_CLAIMS - set(_FIELDS)
    refused |= {name for name in _FIELDS.keys() & claims.keys() if not isinstance(claims[name], str)}
    if _language(claims) not in LANGUAGES:
        refused.add("locale")
    return sorted(refused)


def _sorted_claims(claims: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Those that have a field of their own, by field, and the others."""
    fields = {field_name: str(claims[name]) for name, field_name in _FIELDS.items() if name in claims}
    if "locale" in fields:
        fields["locale"] = _language(claims)
    return fields, {name: value for name, value in claims.items() if name in OTHER_CLAIMS}


def _language(claims: Mapping[str, Any]) -> str:
    return str(claims.get("locale", LANGUAGES[0])).partition("-")[0].lower()
