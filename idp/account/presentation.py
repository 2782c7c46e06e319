"""From what is known of a person to what their page says, in their language. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from idp.account.overview import Application, Overview
from idp.account.profile import vouching
from idp.account.store import Kind as ChangeKind
from idp.account.views import AccountPage, ApplicationView, FactView, LinkView, SessionView
from idp.account.ways_in import removable
from idp.foundation.settings import Settings
from idp.foundation.texts import Text, text
from idp.interactions.upstreams import offered
from idp.people import choices
from idp.people.consents import Kind
from idp.people.identity import Link
from idp.people.person import Organisation, Person
from idp.people.phones import display_phone
from idp.people.profiles import CITOYEN
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


def account_page(overview: Overview, here: Session, locale: str, settings: Settings, done: Text | None) -> AccountPage:
    """The person's page."""
    person = overview.person
    upstreams = {each.provider: each.name for each in offered(settings)}
    vouched_by = vouching(overview.links, settings.upstreams)
    by_email = overview.signs_in_by_email
    loose = removable(person, overview.links, settings.upstreams, signs_in_by_email=by_email)
    return AccountPage(
        given_names=person.given_names,
        identity=tuple(identity(person, locale)),
        vouched_by=upstreams[vouched_by] if vouched_by else None,
        contacts=tuple(contacts(person)),
        pending=tuple(pending(overview)),
        represents=person.profile != CITOYEN,
        organisation=tuple(organisation(person.organisation)) if person.organisation else (),
        applications=tuple(_application(each, locale) for each in overview.applications),
        sessions=tuple(_session(each, here, locale) for each in overview.sessions),
        links=tuple(_link(each, loose, upstreams, locale) for each in overview.links),
        linkable=bool(upstreams.keys() - {each.provider for each in overview.links}),
        identifier=person.identifier,
        password_since=day(person.password_changed_at or person.created_at, locale) if person.password_hash else None,
        form=Form({name: "1" for name, kind in LISTS.items() if overview.subscribed(kind)}),
        done=done,
    )


def identity(person: Person, locale: str) -> Iterator[FactView]:
    """Who the person is, as far as it is known."""
    names = ("title", "birth_name", "preferred_name", "given_names", "birthdate", "gender")
    return _facts(person, names, locale)


def locked_identity(person: Person, locale: str) -> Iterator[FactView]:
    """The part of it that an identity provider vouches for."""
    return _facts(person, ("birth_name", "given_names", "birthdate", "gender"), locale)


def _facts(person: Person, names: Sequence[str], locale: str) -> Iterator[FactView]:
    known: Mapping[str, tuple[Text, Text | str | None]] = {
        "title": (text("Civilité"), _TITLES.get(person.title or "")),
        "birth_name": (text("Nom de naissance"), person.birth_name),
        "preferred_name": (text("Nom d'usage"), person.preferred_name),
        "given_names": (text("Prénom"), person.given_names),
        "birthdate": (text("Date de naissance"), birthdate(person.birthdate, locale) if person.birthdate else None),
        "gender": (text("Sexe"), _GENDERS.get(person.gender or "")),
    }
    return (FactView(label, value) for label, value in (known[name] for name in names) if value)


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


def pending(overview: Overview) -> Iterator[FactView]:
    """New contacts that wait for their link or code."""
    for change in overview.pending:
        if change.kind is ChangeKind.EMAIL:
            yield FactView(text("Nouvelle adresse, à confirmer"), change.destination)
        else:
            yield FactView(text("Nouveau mobile, à confirmer"), display_phone(change.destination))


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


def _link(link: Link, loose: frozenset[str], upstreams: Mapping[str, str], locale: str) -> LinkView:
    return LinkView(
        id=link.id,
        name=upstreams.get(link.provider, link.provider),
        since=day(link.linked_at, locale),
        removable=link.id in loose,
    )
