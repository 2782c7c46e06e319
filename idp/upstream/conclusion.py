"""The last beat of a return, in one transaction: a session for someone we know, else a memory of what was attested."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.interactions import store as interactions
from idp.interactions.interaction import Interaction, Vouched
from idp.people import attestations, civil_status, identity
from idp.people import store as people
from idp.people.person import Person, State
from idp.sessions.browser import origin
from idp.sessions.entering import enter
from idp.sessions.session import Authentication, Origin
from idp.upstream import setbacks, store
from idp.upstream.attestation import Attestation
from idp.upstream.linking import Claimed, Known, decide, vouches_civil_status
from idp.upstream.registration import Registration
from idp.upstream.setbacks import Setback
from idp.web import cookies
from idp.web.endpoint import Call

ID_TOKEN = "upstream-id-token"
"""The purpose under which upstreams' ID tokens are sealed: they are the hint of the sign-out, and nothing else."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Someone attested, in a browser, in the course of a journey."""

    provider: Provider
    interaction: Interaction
    attestation: Attestation
    registration: Registration
    origin: Origin
    former_secret: str | None

    @classmethod
    def of(cls, call: Call, interaction: Interaction, attestation: Attestation, registration: Registration) -> Self:
        """The arrival of the browser that calls."""
        return cls(call.provider, interaction, attestation, registration, origin(call), call.cookie(cookies.SESSION))


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What to answer: a new session's secret for the cookie, an account to prove, or a refusal."""

    provider: str
    session_secret: str | None = None
    claimed: bool = False
    setback: Setback | None = None


def conclude(connection: Connection, arrival: Arrival) -> Conclusion:
    """Write what the attestation means here. A step of a transaction."""
    said = arrival.attestation
    owner_id = identity.use(connection, said.issuer, said.subject, said.at)
    owner = people.find(connection, owner_id) if owner_id else None
    born_that_day = () if owner else store.born_on(connection, said.claims.get("birthdate"), said.issuer)
    decision = decide(owner, born_that_day, said, arrival.registration)
    if isinstance(decision, Known):
        return _known(connection, arrival, decision.person)
    candidate = decision.person_id if isinstance(decision, Claimed) else None
    interactions.note_vouched(connection, arrival.interaction.id, vouched_by(arrival, candidate))
    return Conclusion(said.provider, claimed=candidate is not None)


def _known(connection: Connection, arrival: Arrival, person: Person) -> Conclusion:
    said = arrival.attestation
    if person.state is State.PENDING:
        interactions.note_vouched(connection, arrival.interaction.id, None)
        interactions.note_pending(connection, arrival.interaction.id, person.id)
        return Conclusion(said.provider)
    if not person.is_active:
        audit.record(
            connection,
            Event.SIGN_IN_FAILED,
            at=said.at,
            person_id=person.id,
            address=arrival.origin.address,
            upstream=said.provider,
            reason="account not active",
        )
        return Conclusion(said.provider, setback=setbacks.account_closed())
    update_civil_status(connection, person, said, arrival.registration)
    attestations.record(connection, arrival.provider.settings, said)
    return Conclusion(said.provider, session_secret=_enter(connection, arrival, person))


def _enter(connection: Connection, arrival: Arrival, person: Person) -> str:
    """Sign the browser in at the level attested; the secret of its session."""
    said = arrival.attestation
    authentication = Authentication(
        person_id=person.id,
        at=said.at,
        methods=said.methods,
        acr=said.acr,
        upstream=said.provider,
        sealed_id_token=_sealed(arrival),
    )
    session, secret = enter(connection, arrival.provider, authentication, arrival.origin, arrival.former_secret)
    interactions.note_vouched(connection, arrival.interaction.id, None)
    interactions.note_authentication(connection, arrival.interaction.id, session.id, said.at)
    return secret


def update_civil_status(
    connection: Connection, person: Person, said: Attestation | Vouched, registration: Registration
) -> None:
    """Follow the civil register: a corrected name or birth place replaces the former one, and the audit says so."""
    if not vouches_civil_status(registration):
        return
    changes = civil_status.differences(person, said.claims)
    if not changes:
        return
    people.amend(connection, person.id, changes, said.at)
    audit.record(
        connection,
        Event.CIVIL_STATUS_CHANGED,
        at=said.at,
        person_id=person.id,
        upstream=said.provider,
        fields=" ".join(sorted(changes)),
    )


def vouched_by(arrival: Arrival, candidate_id: str | None) -> Vouched:
    """What is remembered of the attestation while the journey goes on, and whose account may be linked to it."""
    said = arrival.attestation
    return Vouched(
        provider=said.provider,
        issuer=said.issuer,
        subject=said.subject,
        acr=said.acr,
        methods=said.methods,
        claims=said.claims,
        sealed_id_token=_sealed(arrival),
        at=said.at,
        candidate_id=candidate_id,
    )


def _sealed(arrival: Arrival) -> str:
    return arrival.provider.seal.seal(ID_TOKEN, arrival.attestation.id_token.encode())
