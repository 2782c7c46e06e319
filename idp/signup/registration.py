"""Opening an account: judging what the form says, then writing all of it at once.

The account, what was agreed to, the audit line and the memory that this browser opened it commit together. Two people
who want one identifier at the same instant are told apart by the database: `people.store.IdentifierTaken`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.errors import TooManyAttempts
from idp.foundation.limits import Limit, take
from idp.foundation.provider import Provider
from idp.foundation.settings import Settings, SignUp
from idp.foundation.texts import Text, text
from idp.interactions.interaction import Interaction
from idp.people import consents, organisations, passwords, store
from idp.people.consents import Given
from idp.people.dates import read_date
from idp.people.fields import Answers, Filled, Profile, check
from idp.people.identifiers import identifier
from idp.people.questions import REGULATION
from idp.people.store import NewPerson

ORIGIN = "inscription"
"""Where an agreement comes from when no application waits."""
BY_ADDRESS = Limit("sign-ups by address", allowed=200, per_seconds=3600)
"""A town hall, a library or a telephone operator may hide behind one address."""

_VERSIONS = {
    "accept_terms": "terms_version",
    "accept_privacy": "privacy_version",
    "list_email": "privacy_version",
    "list_sms": "privacy_version",
    "represents": "terms_version",
}
"""The setting that names the text behind each box."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The password typed twice, and what is to be said of the identifier when somebody has it."""

    password: str = field(repr=False)
    again: str = field(repr=False)
    taken: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """An account to open, for whom and from where. `person` are the answers that belong to the person."""

    interaction: Interaction
    profile: str
    person: Mapping[str, str]
    organisation: Mapping[str, str]
    agreements: tuple[str, ...]
    locale: str
    address: str
    throttle_key: str
    identifier: str | None = None
    password_hash: str | None = None


def judge(profile: Profile, filled: Filled, settings: Settings, chosen: Credentials) -> Answers:
    """Everything wrong with a form, at once, in the order of the page."""
    typed = filled.get("identifier")
    name = identifier(typed) if typed else text("Choisissez votre identifiant de connexion.")
    refusal = name if isinstance(name, Text) else chosen.taken
    credentials = {"identifier": refusal} if refusal else {}
    credentials |= _password_refusals(filled, settings, chosen)
    return _whole(profile, filled, settings.signup, credentials)


def judge_vouched(profile: Profile, filled: Filled, signup: SignUp) -> Answers:
    """The same for someone who needs neither identifier nor password."""
    return _whole(profile, filled, signup, {})


def _whole(profile: Profile, filled: Filled, signup: SignUp, credentials: Mapping[str, Text]) -> Answers:
    asked, regulation = check(profile.fields(), filled), check(REGULATION, filled)
    refusals = {**asked.refusals, **credentials, **_regulation_refusals(regulation, filled, signup)}
    return Answers(asked.person, asked.organisation, (*asked.agreements, *regulation.agreements), refusals)


def personal_words(filled: Filled, authority: str) -> tuple[str, ...]:
    """What a password must not be made of."""
    born = read_date(filled.get("birthdate"))
    return (
        filled.get("given_names"),
        filled.get("birth_name"),
        filled.get("preferred_name"),
        filled.get("legal_name"),
        filled.get("identifier"),
        filled.get("email").partition("@")[0],
        born.isoformat() if born else "",
        authority,
    )


def _password_refusals(filled: Filled, settings: Settings, chosen: Credentials) -> dict[str, Text]:
    if not chosen.password:
        return {"password": text("Choisissez votre mot de passe.")}
    words = personal_words(filled, settings.brand.name)
    judged = passwords.assess(chosen.password, words, minimum_length=settings.signup.password_length)
    refusals = {"password": judged.refusal} if judged.refusal else {}
    return refusals if chosen.password == chosen.again else {**refusals, "password_again": passwords.NOT_THE_SAME}


def _regulation_refusals(regulation: Answers, filled: Filled, signup: SignUp) -> dict[str, Text]:
    refusals = dict(regulation.refusals)
    for box in REGULATION:
        version = _VERSIONS[box.name]
        read = filled.get(version)
        if box.name not in refusals and read and read != getattr(signup, version):
            refusals[box.name] = text("Ce texte a changé pendant que vous remplissiez le formulaire. Relisez-le.")
    return refusals


def open_account(connection: Connection, provider: Provider, opening: Opening, now: int) -> str:
    """Write the account; its id. Raises `IdentifierTaken`, or `TooManyAttempts` for an address that opens too many."""
    key = provider.pepper.digest("address", opening.throttle_key)
    if wait := take(connection, BY_ADDRESS, key, now):
        raise TooManyAttempts(
            "too_many_sign_ups",
            text("Trop de comptes viennent d'être créés depuis votre connexion. Réessayez plus tard."),
            retry_after=wait,
        )
    new = NewPerson(
        profile=opening.profile,
        answers=opening.person,
        locale=opening.locale,
        identifier=opening.identifier,
        password_hash=opening.password_hash,
    )
    person_id = store.create(connection, new, provider.randomness, now)
    if opening.organisation:
        organisations.declare(connection, person_id, opening.profile, opening.organisation, provider.randomness, now)
    _agree(connection, provider, opening, person_id, now)
    audit.record(
        connection,
        Event.ACCOUNT_CREATED,
        at=now,
        person_id=person_id,
        client_id=opening.interaction.client_id,
        address=opening.address,
        profile=opening.profile,
    )
    return person_id


def _agree(connection: Connection, provider: Provider, opening: Opening, person_id: str, now: int) -> None:
    signup = provider.settings.signup
    origin = opening.interaction.client_id or ORIGIN
    for box in opening.agreements:
        given = Given(consents.BY_CONTROL[box], getattr(signup, _VERSIONS[box]), origin)
        consents.agree(connection, person_id, given, provider.randomness, now)
