"""What a person may change of their identity, contacts and organisation: the questions of their profile, asked again.

What an identity provider vouches for is not asked: it follows the civil register. Anything else was declared and may
be corrected (RGPD article 16); the audit says which fields, never what they held.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from idp.account.acts import ORIGIN, Author
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.foundation.settings import Settings, Upstream
from idp.people import consents, organisations, phones, profiles
from idp.people import store as people
from idp.people.business_numbers import Siret
from idp.people.business_numbers import siret as read_siret
from idp.people.consents import Given
from idp.people.dates import display_date
from idp.people.fields import CHECKED, Answers, Field, Place, Profile
from idp.people.identity import Link
from idp.people.person import Organisation, Person
from idp.people.store import ADDRESS_PARTS

IDENTITY = frozenset({"title", "birth_name", "preferred_name", "given_names", "birthdate"})
FREE = frozenset({"title", "preferred_name"})
"""What nobody vouches for, whoever vouches for the rest."""
REPRESENTS = "represents"
_DATES = ("declared_on", "published_on")
_SITUATIONS_WITH_RNA = frozenset({"declaree", "utilite_publique"})


def questions(settings: Settings, person: Person) -> Profile:
    """All that the person's profile asks, whether or not it is still open to newcomers."""
    return profiles.offered(replace(settings.signup, profiles=(person.profile,)), settings.brand.name)[person.profile]


def vouching(links: Iterable[Link], upstreams: Collection[Upstream]) -> str | None:
    """The name of the provider that vouches for a person's civil status, if one does."""
    names = {each.name for each in upstreams if each.vouches_civil_status}
    return next((link.provider for link in links if link.provider in names), None)


def about_identity(profile: Profile, person: Person, *, vouched: bool) -> Profile:
    """The questions on who the person is, but what is vouched for, and a birth date that only the register knows."""
    presumed = {"birthdate"} if "-00" in (person.birthdate or "") else set()
    asked = FREE if vouched else IDENTITY - presumed
    return profile.asking(lambda field: field.place is Place.PERSON and field.name in asked)


def about_contacts(profile: Profile) -> Profile:
    """The questions on the landline and the postal address, which nothing proves."""
    asked = {"landline", *ADDRESS_PARTS}
    return profile.asking(lambda field: field.place is Place.PERSON and field.name in asked)


def about_organisation(profile: Profile) -> Profile:
    """The questions on the organisation, the declaration that one may act for it included."""
    return profile.asking(_is_of_organisation)


def _is_of_organisation(field: Field) -> bool:
    return field.place in {Place.ORGANISATION, Place.NOWHERE} or field.name == REPRESENTS


def identity_values(person: Person) -> dict[str, str]:
    """What the form on identity holds at first."""
    held = {name: getattr(person, name) for name in IDENTITY}
    if person.birthdate:
        held["birthdate"] = display_date(person.birthdate)
    return {name: value for name, value in held.items() if value}


def contact_values(person: Person) -> dict[str, str]:
    """What the form on contacts holds at first."""
    return {**_phone("landline", person.landline), **person.address}


def organisation_values(organisation: Organisation) -> dict[str, str]:
    """What the form on the organisation holds at first, its boxes as they must have been ticked."""
    values = organisations.declared(organisation)
    values |= _phone("org_phone", values.get("org_phone"))
    values |= {name: display_date(values[name]) for name in _DATES if name in values}
    known = read_siret(organisation.siret) if organisation.siret else None
    boxes = {
        "no_siret": "registration_country" in values and not organisation.siret,
        "rna_unknown": values.get("situation") in _SITUATIONS_WITH_RNA and not organisation.rna,
        "siret_confirmed": isinstance(known, Siret) and known.doubtful,
    }
    return values | {name: CHECKED for name, ticked in boxes.items() if ticked}


def _phone(name: str, number: str | None) -> dict[str, str]:
    return {name: phones.display_phone(number), f"{name}_country": phones.region_of(number)} if number else {}


def amend_identity(connection: Connection, author: Author, asked: Profile, answers: Answers) -> None:
    """Write the answers of the form on identity; a question left empty empties the field."""
    _amend(connection, author, {field.name: answers.person.get(field.name) for field in asked.fields()})


def amend_contacts(connection: Connection, author: Author, asked: Profile, answers: Answers) -> None:
    """Write the answers of the form on contacts."""
    names = {field.name for field in asked.fields()}
    changes: dict[str, str | dict[str, str] | None] = {
        name: answers.person.get(name) for name in names - set(ADDRESS_PARTS)
    }
    if names & set(ADDRESS_PARTS):
        parts = {part: answers.person[part] for part in ADDRESS_PARTS if part in answers.person}
        changes["address"] = parts if parts.keys() - {"country"} else None  # the form chooses France by itself
    _amend(connection, author, changes)


def _amend(connection: Connection, author: Author, wanted: Mapping[str, str | dict[str, str] | None]) -> None:
    person = people.find_and_hold(connection, author.person.id)
    changes = {name: value for name, value in wanted.items() if person and (getattr(person, name) or None) != value}
    if person is None or not changes:
        return
    people.amend(connection, person.id, changes, author.now)
    author.note(connection, Event.PROFILE_AMENDED, fields=" ".join(sorted(changes)))


def amend_organisation(
    connection: Connection, author: Author, provider: Provider, asked: Profile, answers: Answers
) -> None:
    """Write the answers of the form on the organisation, which is only declared from then on.

    The declaration that one may act for it is made again, with its date and version. What the form does not ask stays.
    """
    person = people.find_and_hold(connection, author.person.id)
    if person is None:
        return
    given = Given(consents.Kind.REPRESENTATION, provider.settings.signup.terms_version, ORIGIN)
    if person.organisation is None:
        declaring = (person.id, person.profile, answers.organisation, provider.randomness, author.now)
        organisations.declare(connection, *declaring)
        changed = tuple(sorted(answers.organisation))
    else:
        names = {field.name for field in asked.fields()}
        kept = {name: value for name, value in person.organisation.details.items() if name not in names}
        amending = (person.id, person.organisation, {**kept, **answers.organisation}, author.now)
        changed = organisations.amend(connection, *amending)
    if changed:
        consents.agree(connection, person.id, given, provider.randomness, author.now)
        author.note(connection, Event.ORGANISATION_AMENDED, fields=" ".join(changed))
