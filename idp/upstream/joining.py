"""The end of a return that a person began from their own space, to link an account elsewhere to theirs.

They proved their account by signing in a moment before, and the identity is attested now, in one browser and one
journey; what remains is their confirmation. An identity that opens another account stays where it is, and one whose
civil status contradicts what the account declares is not linked: it may be somebody else's.
"""

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.interactions import store as interactions
from idp.interactions.interaction import Interaction
from idp.people import civil_status, identity
from idp.people import store as people
from idp.people.person import Person
from idp.sessions import store as sessions
from idp.sessions.session import Session
from idp.upstream import setbacks
from idp.upstream.conclusion import Arrival, Conclusion, vouched_by
from idp.upstream.linking import vouches_civil_status
from idp.upstream.setbacks import Setback


def join(connection: Connection, arrival: Arrival) -> Conclusion:
    """Write what the attestation means for the account of the person who asked. A step of a transaction."""
    said, interaction = arrival.attestation, arrival.interaction
    person = _asking(connection, arrival)
    if person is None:
        return Conclusion(said.provider, setback=setbacks.signed_out_meanwhile())
    if setback := _refusal(connection, arrival, person):
        return Conclusion(said.provider, setback=setback)
    interactions.note_vouched(connection, interaction.id, vouched_by(arrival, person.id))
    return Conclusion(said.provider, claimed=True)


def asked_for(interaction: Interaction, session: Session) -> bool:
    """Whether this session's person asked for the link, in this journey, by this very session."""
    return interaction.links_to == session.person_id and interaction.evidence.session_id == session.id


def _asking(connection: Connection, arrival: Arrival) -> Person | None:
    idle = arrival.provider.settings.lifetimes.session_idle
    session = sessions.find(connection, arrival.former_secret, arrival.attestation.at, idle)
    if session is None or not asked_for(arrival.interaction, session):
        return None
    return people.find(connection, session.person_id)


def _refusal(connection: Connection, arrival: Arrival, person: Person) -> Setback | None:
    said, registration = arrival.attestation, arrival.registration
    owner = identity.owner(connection, said.issuer, said.subject)
    if owner == person.id or any(link.issuer == said.issuer for link in identity.links_of(connection, person.id)):
        return setbacks.linked_already(registration)
    if owner is not None:
        for concerned in (person.id, owner):
            _note_refused(connection, arrival, concerned)
        return setbacks.not_linkable(registration)
    if vouches_civil_status(registration) and civil_status.contradicts(person, said.claims):
        _note_refused(connection, arrival, person.id)
        return setbacks.somebody_else(registration)
    return None


def _note_refused(connection: Connection, arrival: Arrival, person_id: str) -> None:
    audit.record(
        connection,
        Event.IDENTITY_REFUSED,
        at=arrival.attestation.at,
        person_id=person_id,
        address=arrival.origin.address,
        upstream=arrival.attestation.provider,
    )
