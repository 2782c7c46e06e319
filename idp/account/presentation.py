"""From what is known of a person to what their page says, in their language. Pure."""

from collections.abc import Iterator, Mapping

from idp.account.overview import Application, Overview
from idp.account.views import AccountPage, ApplicationView, FactView, LinkView, SessionView
from idp.foundation.texts import Text, text
from idp.people import choices
from idp.people.consents import Kind
from idp.people.identity import Link
from idp.people.person import Organisation, Person
from idp.people.phones import display_phone
from idp.sessions import devices
from idp.sessions.session import Session
from idp.web.forms import Form
from idp.web.moments import birthdate, day, moment

LISTS: Mapping[str, Kind] = {"list_email": Kind.LIST_EMAIL, "list_sms": Kind.LIST_SMS}
"""The mailing lists, by the name of their box."""

_TITLES = dict(choices.TITLES)
_GENDERS = {"male": text("Masculin"), "female": text("Féminin")}
_LEGAL_FORMS = dict(choices.LEGAL_FORMS)
_ROLES = {**dict(choices.COMPANY_ROLES), **dict(choices.ASSOCIATION_ROLES)}


def account_page(
    overview: Overview, here: Session, locale: str, upstreams: Mapping[str, str], done: Text | None
) -> AccountPage:
    """The person's page. `upstreams` are the names of the other identity providers, as people know them."""
    person = overview.person
    return AccountPage(
        given_names=person.given_names,
        identity=tuple(identity(person, locale)),
        vouched_by=vouched_by(overview, upstreams),
        contacts=tuple(contacts(person)),
        organisation=tuple(organisation(person.organisation)) if person.organisation else (),
        applications=tuple(_application(each, locale) for each in overview.applications),
        sessions=tuple(_session(each, here, locale) for each in overview.sessions),
        links=tuple(_link(each, person, upstreams, locale) for each in overview.links),
        identifier=person.identifier,
        password_since=day(person.password_changed_at or person.created_at, locale) if person.password_hash else None,
        form=Form({name: "1" for name, kind in LISTS.items() if overview.subscribed(kind)}),
        done=done,
    )


def vouched_by(overview: Overview, upstreams: Mapping[str, str]) -> str | None:
    """Who answers for the civil status: a gender is never typed here, it comes from an identity provider."""
    if not overview.links or overview.person.gender is None:
        return None
    provider = overview.links[0].provider
    return upstreams.get(provider, provider)


def identity(person: Person, locale: str) -> Iterator[FactView]:
    """The civil status, as far as it is known."""
    facts: tuple[tuple[Text, Text | str | None], ...] = (
        (text("Civilité"), _TITLES.get(person.title or "")),
        (text("Nom de naissance"), person.birth_name),
        (text("Nom d'usage"), person.preferred_name),
        (text("Prénom"), person.given_names),
        (text("Date de naissance"), birthdate(person.birthdate, locale) if person.birthdate else None),
        (text("Sexe"), _GENDERS.get(person.gender or "")),
    )
    return (FactView(label, value) for label, value in facts if value)


def contacts(person: Person) -> Iterator[FactView]:
    """How the person is reached, and what of it they proved to hold."""
    if person.email:
        yield FactView(text("Email"), person.email, person.email_verified)
    if person.mobile:
        yield FactView(text("Téléphone mobile"), display_phone(person.mobile), person.mobile_verified)
    if person.landline:
        yield FactView(text("Téléphone fixe"), display_phone(person.landline))
    if person.address:
        yield FactView(text("Adresse"), _one_line(person.address))


def organisation(acted_for: Organisation) -> Iterator[FactView]:
    """The company or association the person acts for."""
    facts: tuple[tuple[Text, Text | str | None], ...] = (
        (text("Nom de l'organisme"), acted_for.legal_name),
        (text("Forme juridique"), _LEGAL_FORMS.get(acted_for.legal_form or "")),
        (text("Numéro SIRET"), acted_for.siret),
        (text("Numéro RNA"), acted_for.rna),
        (text("Votre fonction"), _ROLES.get(acted_for.role or "")),
    )
    for rank, (label, value) in enumerate(fact for fact in facts if fact[1]):
        yield FactView(label, value or "", acted_for.verified if rank == 0 else None)


def _one_line(address: Mapping[str, str]) -> str:
    town = " ".join(filter(None, (address.get("postcode"), address.get("city"))))
    return ", ".join(filter(None, (address.get("street"), address.get("complement"), town)))


def _application(application: Application, locale: str) -> ApplicationView:
    used = application.participation
    return ApplicationView(
        client_id=application.client_id,
        name=application.name,
        uri=application.uri,
        last_used=day(used.last_at, locale) if used else "",
        allowed=bool(application.scope),
    )


def _session(session: Session, here: Session, locale: str) -> SessionView:
    return SessionView(
        id=session.id,
        device=devices.describe(session.agent),
        handheld=devices.is_handheld(session.agent),
        address=session.address,
        since=moment(session.created_at, locale),
        last_seen=moment(session.last_seen_at, locale),
        here=session.id == here.id,
    )


def _link(link: Link, person: Person, upstreams: Mapping[str, str], locale: str) -> LinkView:
    return LinkView(
        id=link.id,
        name=upstreams.get(link.provider, link.provider),
        since=day(link.linked_at, locale),
        removable=person.password_hash is not None,
    )
