"""Telling what was verified of a person, by whom, when and at which level: `verified_claims`.

OpenID Connect for Identity Assurance 1.0 sections 4, 5 and 8, OpenID Identity Assurance Schema Definition 1.0. What is
told is what an upstream vouched for (`idp.people.attestations`) and what was asked of it, nothing else. What does not
meet a restriction is left out, without an error, up to the whole element (section 5.7).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from idp.foundation.provider import Provider
from idp.foundation.settings import DAY, Settings
from idp.interactions.upstreams import name_of
from idp.oidc.verified_claims_request import CLAIMS, elements, restricts
from idp.people import attestations
from idp.people.attestations import Attested
from idp.people.person import Person

EVIDENCE = ("vouch",)
_ALWAYS = frozenset({"trust_framework", "type"})
"""The members without which what is told is not valid (schema, section 5)."""
_ABOUT = frozenset({"essential", "purpose"})


class Unmet(Exception):
    """Something known does not meet a restriction, or nothing is known of it: the element is left out."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What could be told of one attestation: everything on its verification, and the claims that still hold.

    `voucher` is the provider's name, as people know it.
    """

    attested: Attested
    voucher: str
    verification: Mapping[str, Any]
    claims: Mapping[str, str]


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document (section 8); none where nobody vouches for anything."""
    if not any(attestations.vouches(upstream) for upstream in provider.settings.upstreams):
        return {}
    return {
        "verified_claims_supported": True,
        "trust_frameworks_supported": [attestations.TRUST_FRAMEWORK],
        "evidence_supported": list(EVIDENCE),
        "claims_in_verified_claims_supported": list(CLAIMS),
    }


def held_of(connection: Connection, settings: Settings, person: Person) -> tuple[Verified, ...]:
    """Everything that was verified of a person and still holds, the highest level first."""
    return tuple(verified(each, person, settings) for each in attestations.of(connection, settings, person.id))


def verified(attested: Attested, person: Person, settings: Settings) -> Verified:
    """One attestation as applications are told of it. Times are UTC: a time zone would say where the person was."""
    moment = datetime.fromtimestamp(attested.attested_at, UTC)
    voucher = name_of(settings, attested.provider)
    verification = {
        "trust_framework": attested.trust_framework,
        "assurance_level": attested.assurance_level,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "evidence": [
            {
                "type": EVIDENCE[0],
                "attestation": {
                    "type": "digital_attestation",
                    "date_of_issuance": moment.date().isoformat(),
                    "voucher": {"organization": voucher},
                },
            }
        ],
    }
    return Verified(attested, voucher, verification, attested.still_holds(person))


@dataclass(frozen=True, slots=True)
class Answer:
    """What one element of a request gets, and what it comes from."""

    source: Verified
    verification: Mapping[str, Any]
    claims: Mapping[str, str]


def answers(asked: object, held: Iterable[Verified], allowed: frozenset[str], now: int) -> tuple[Answer, ...]:
    """What each element gets of what `verified_claims_request.parse` returned, within the claims `allowed`.

    It comes from the first of `held` that meets the element: the highest level stands first.
    """
    known = tuple(held)
    found = (_answer(element, known, allowed, now) for element in elements(asked))
    return tuple(answer for answer in found if answer is not None)


def told(asked: object, held: Iterable[Verified], allowed: frozenset[str], now: int) -> Any:
    """The value of `verified_claims` itself, an array when one was sent; None when there is nothing to tell."""
    found = [
        {"verification": answer.verification, "claims": answer.claims} for answer in answers(asked, held, allowed, now)
    ]
    if not found:
        return None
    return found if isinstance(asked, list) else found[0]


def _answer(element: Mapping[str, Any], held: Iterable[Verified], allowed: frozenset[str], now: int) -> Answer | None:
    wanted = {name: wish for name, wish in element["claims"].items() if name in allowed}
    for each in held:
        claims = {
            name: value for name, value in each.claims.items() if name in wanted and _meets(wanted[name], value, now)
        }
        try:
            verification = _members(element["verification"], each.verification, now)
        except Unmet:
            continue
        if claims:
            return Answer(each, verification, claims)
    return None


def _projected(asked: object, held: Any, now: int) -> Any:
    """What was asked of what is held; the whole of it when it is asked without more. Raises `Unmet`."""
    if isinstance(held, Mapping):
        return _members(asked, held, now) if _wishes(asked) else dict(held)
    if isinstance(held, list):
        return _entries(asked, held, now)
    if not _meets(asked, held, now):
        raise Unmet
    return held


def _members(asked: object, held: Mapping[str, Any], now: int) -> dict[str, Any]:
    wishes = _wishes(asked)
    if restricts({name: wish for name, wish in wishes.items() if name not in held}):
        raise Unmet
    found = {name: _projected(wishes[name], value, now) for name, value in held.items() if name in wishes}
    always = {name: value for name, value in held.items() if name in _ALWAYS}
    return {name: value for name, value in {**always, **found}.items() if value != []}


def _wishes(asked: object) -> Mapping[str, Any]:
    """The members that are asked by name. Raises `Unmet` for a list, which asks entries of something that has none."""
    if isinstance(asked, list):
        raise Unmet
    return {name: wish for name, wish in asked.items() if name not in _ABOUT} if isinstance(asked, Mapping) else {}


def _entries(asked: object, held: list[Any], now: int) -> list[Any]:
    """Each entry held, by the first of the entries asked that it meets; they are filters, and templates (5.4)."""
    if not isinstance(asked, list):
        if restricts(asked):
            raise Unmet
        return [dict(entry) for entry in held]
    matched = [projected for entry in held if (projected := _first_met(asked, entry, now)) is not None]
    if asked and not matched:
        raise Unmet
    return matched


def _first_met(asked: list[Any], entry: Any, now: int) -> Any:
    for each in asked:
        try:
            return _projected(each, entry, now)
        except Unmet:
            continue
    return None


def _meets(wish: object, held: str, now: int) -> bool:
    """Whether a plain value meets what a leaf requires."""
    if not isinstance(wish, Mapping):
        return wish is None
    if restricts(
        {name: inner for name, inner in wish.items() if isinstance(inner, Mapping | list) and name != "values"}
    ):
        return False
    if "value" in wish and wish["value"] != held:
        return False
    if "values" in wish and held not in wish["values"]:
        return False
    return "max_age" not in wish or _age(held, now) <= wish["max_age"]


def _age(held: str, now: int) -> float:
    """Seconds since a moment, or since the end of a day (section 5.5.2); without end for what is neither."""
    try:
        moment = datetime.fromisoformat(held)
    except ValueError:
        return float("inf")
    whole_day = DAY - 1 if "T" not in held else 0
    return now - moment.replace(tzinfo=UTC).timestamp() - whole_day
