"""Accepting the terms again once they have changed, or declining them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.foundation.settings import SignUp
from idp.foundation.texts import Text, text
from idp.interactions import store as interactions
from idp.interactions.interaction import Interaction
from idp.people import consents
from idp.people.consents import Given, Kind
from idp.sessions import store as sessions
from idp.sessions.session import Session

ORIGIN = "conditions"
"""Where an agreement comes from when no application waits."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: what it stands for, the setting that names its text, and what is said when it is not ticked."""

    kind: Kind
    name: str
    version: str
    missing: Text


BOXES = (
    Box(
        Kind.TERMS,
        "accept_terms",
        "terms_version",
        text("Pour continuer, acceptez les conditions générales d'utilisation."),
    ),
    Box(
        Kind.PRIVACY,
        "accept_privacy",
        "privacy_version",
        text("Lisez comment vos données personnelles sont utilisées, puis cochez cette case."),
    ),
)
_CHANGED = text("Ce texte a changé pendant que vous remplissiez le formulaire. Relisez-le.")


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers, in which journey, from which address, and when (seconds UTC)."""

    session: Session
    interaction: Interaction
    address: str
    now: int


def due(connection: Connection, person_id: str, signup: SignUp) -> tuple[Box, ...]:
    """The boxes that a person has to tick before going on."""
    outdated = consents.outdated(connection, person_id, signup)
    return tuple(box for box in BOXES if box.kind in outdated)


def refusals(boxes: tuple[Box, ...], typed: Mapping[str, str], signup: SignUp) -> dict[str, Text]:
    """What is wrong with an answer: a box left empty, or one ticked beside a text that is not today's any more."""
    found = {}
    for box in boxes:
        if not typed.get(box.name):
            found[box.name] = box.missing
        elif typed.get(box.version) != getattr(signup, box.version):
            found[box.name] = _CHANGED
    return found


def accept(connection: Connection, provider: Provider, answer: Answer) -> None:
    """Keep the proof of what is accepted now; no session of the person is held back any more."""
    signup, person_id = provider.settings.signup, answer.session.person_id
    boxes = due(connection, person_id, signup)
    for box in boxes:
        given = Given(box.kind, getattr(signup, box.version), answer.interaction.client_id or ORIGIN)
        consents.agree(connection, person_id, given, provider.randomness, answer.now)
    sessions.settle_terms(connection, person_id)
    versions = {box.version: str(getattr(signup, box.version)) for box in boxes}
    audit.record(
        connection,
        Event.TERMS_ACCEPTED,
        at=answer.now,
        person_id=person_id,
        client_id=answer.interaction.client_id,
        session_id=answer.session.id,
        address=answer.address,
        terms=versions.get("terms_version"),
        privacy=versions.get("privacy_version"),
    )


def decline(connection: Connection, answer: Answer) -> None:
    """The person does not accept: the application that waits is told, and their own space stays open to them."""
    interactions.note_denied(connection, answer.interaction.id)
    audit.record(
        connection,
        Event.TERMS_DECLINED,
        at=answer.now,
        person_id=answer.session.person_id,
        client_id=answer.interaction.client_id,
        session_id=answer.session.id,
        address=answer.address,
    )
