"""What an application is told of a person: OpenID Connect Core 1.0 section 5, and FranceConnect's reading of it.

`family_name` is the birth name and `preferred_username` the name in use, as FranceConnect has them: an application
written for either reads the same. A claim without a value is left out (section 5.3.2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from clients.client import Client
from idp.foundation.provider import Provider
from idp.oidc.grant import Grant
from idp.oidc.scopes import asked_claims, claims_of
from idp.oidc.verified_claims import held_of, told
from idp.oidc.verified_claims_request import MEMBER
from idp.people import store as people
from idp.people.person import Organisation, Person


@dataclass(frozen=True, slots=True)
class Reader:
    """The application that is told, what it was granted, and when (seconds UTC)."""

    provider: Provider
    client: Client
    grant: Grant
    now: int


def for_userinfo(connection: Connection, reader: Reader, person: Person, scope: Iterable[str]) -> dict[str, Any]:
    """The claims of the scopes and those asked one by one, within what the client registered for."""
    wanted = claims_of(scope) | _allowed(asked_claims(reader.grant.claims, "userinfo"), reader.client)
    verified = _verified(connection, reader, person, "userinfo")
    return {"sub": reader.grant.subject, **_told(person, wanted), **verified}


def for_id_token(connection: Connection, reader: Reader) -> dict[str, Any]:
    """The claims asked one by one for the ID token; nothing when none is, which costs no query."""
    asked = asked_claims(reader.grant.claims, "id_token")
    wanted = _allowed(asked, reader.client)
    if not wanted and MEMBER not in asked:
        return {}
    person = people.find(connection, reader.grant.person_id)
    return {**_told(person, wanted), **_verified(connection, reader, person, "id_token")} if person else {}


def of_scopes(connection: Connection, grant: Grant) -> dict[str, Any]:
    """The claims of the granted scopes, for an ID token that stands alone."""
    person = people.find(connection, grant.person_id)
    return _told(person, claims_of(grant.scope)) if person else {}


def _verified(connection: Connection, reader: Reader, person: Person, place: str) -> dict[str, Any]:
    """`verified_claims`, when it is asked for this place and there is something to tell; else no query is made."""
    asked = (reader.grant.claims.get(place) or {}).get(MEMBER)
    if asked is None:
        return {}
    settings, allowed = reader.provider.settings, claims_of(reader.client.scope.split())
    answer = told(asked, held_of(connection, settings, person), allowed, reader.now)
    return {MEMBER: answer} if answer else {}


def _allowed(asked: Iterable[str], client: Client) -> frozenset[str]:
    return frozenset(asked) & claims_of(client.scope.split())


def _told(person: Person, wanted: frozenset[str]) -> dict[str, Any]:
    held = {**person.claims, **_held(person)}
    return {name: held[name] for name in held if name in wanted and held[name] not in (None, "", {})}


def _held(person: Person) -> Mapping[str, Any]:
    """Everything we hold under a claim's name; what no form asks comes from `person.claims`."""
    return {
        name: value
        for name, value in {
            "name": person.full_name,
            "family_name": person.birth_name,
            "given_name": person.given_names,
            "preferred_username": person.preferred_name,
            "gender": person.gender,
            "birthdate": person.birthdate,
            "birthplace": person.birthplace,
            "birthcountry": person.birthcountry,
            "locale": person.locale,
            "updated_at": person.updated_at,
            "email": person.email,
            "email_verified": person.email_verified if person.email else None,
            "phone_number": person.mobile or person.landline,
            "phone_number_verified": person.mobile_verified if person.mobile or person.landline else None,
            "address": _address(person.address),
            "profile_type": person.profile,
            "organization": _organization(person.organisation),
        }.items()
        if value not in (None, "", {})
    }


def _address(address: Mapping[str, str]) -> dict[str, str]:
    """The members of section 5.1.1 that we hold."""
    street = "\n".join(line for line in (address.get("street"), address.get("complement")) if line)
    members = {
        "street_address": street,
        "postal_code": address.get("postcode", ""),
        "locality": address.get("city", ""),
        "country": address.get("country", ""),
    }
    return {name: value for name, value in members.items() if value}


def _organization(organisation: Organisation | None) -> dict[str, Any]:
    if organisation is None:
        return {}
    members = {
        "legal_name": organisation.legal_name,
        "siret": organisation.siret,
        "siren": organisation.siren,
        "rna": organisation.rna,
        "legal_form": organisation.insee_legal_form or organisation.legal_form,
        "role": organisation.role,
        "verified": organisation.verified,
    }
    return {name: value for name, value in members.items() if value not in (None, "")}
