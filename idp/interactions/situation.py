"""Gathering the facts that the policy judges, in one step of a transaction."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from clients.cache import CachedRegistry
from idp.interactions import store
from idp.interactions.interaction import Evidence, Interaction, Reason
from idp.interactions.policy import Situation
from idp.interactions.request import AuthorizationRequest
from idp.sessions import store as sessions
from idp.sessions.session import Session
from idp.web import cookies
from idp.web.endpoint import Call


@dataclass(frozen=True, slots=True)
class Here:
    """The browser that calls: the secret of its session if it has one, and the time (seconds UTC)."""

    session_secret: str | None
    session_idle: int
    clients: CachedRegistry
    now: int

    @classmethod
    def of(cls, call: Call) -> Self:
        provider = call.provider
        idle = provider.settings.lifetimes.session_idle
        return cls(call.cookie(cookies.SESSION), idle, provider.clients, call.now)


def situate(
    connection: Connection,
    here: Here,
    *,
    interaction: Interaction | None = None,
    request: AuthorizationRequest | None = None,
) -> Situation:
    """The situation of a journey under way, or of a request that may need no journey at all."""
    request = interaction.request if interaction else request
    evidence = interaction.evidence if interaction else Evidence()
    session = sessions.find(connection, here.session_secret, here.now, here.session_idle)
    pending = evidence.pending_person_id
    return Situation(
        reason=interaction.reason if interaction else Reason.AUTHORIZE,
        request=request,
        max_age=interaction.max_age if interaction else _max_age(request),
        evidence=evidence,
        session=session,
        pending=pending is not None and store.is_pending(connection, pending),
        consented=_consented(connection, here, request, session, evidence),
        now=here.now,
    )


def _max_age(request: AuthorizationRequest | None) -> int | None:
    return request.max_age if request else None


def _consented(
    connection: Connection,
    here: Here,
    request: AuthorizationRequest | None,
    session: Session | None,
    evidence: Evidence,
) -> frozenset[str] | None:
    """What was allowed; None where nobody is asked, because the application is the authority's own."""
    if request is None or session is None:
        return None
    client = here.clients.client(connection, request.client_id, here.now)
    acted = evidence.consented_at is not None or evidence.session_id == session.id
    if client is not None and not acted and client.may_be_imitated_at(request.redirect_uri):
        return frozenset()
    if client is not None and client.first_party and "consent" not in request.prompt:
        return None
    return store.consented(connection, session.person_id, request.client_id)
