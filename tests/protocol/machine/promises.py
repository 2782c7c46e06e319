"""What the specifications promise, given the facts. Pure: it changes the facts as an act does, and asks nobody.

The sentences come from RFC 6749, 7009, 7636, 8628, 9126 and 9700, OpenID Connect Core 1.0 and its logout
specifications; what they leave to a provider is what docs/ says ours does. A second is the smallest time there is: of
two acts within one, whatever is in doubt is dead.
"""

from enum import StrEnum

from tests.protocol.machine.facts import (
    Access,
    Application,
    Asked,
    Browser,
    Consent,
    Device,
    Grant,
    Journey,
    Person,
    Refresh,
    Session,
    World,
)

CODE_LIFE = 60
ACCESS_LIFE = 600
IDENTITY_LIFE = 600
REFRESH_LIFE = 30 * 86_400
GRACE = 10
PUSHED_LIFE = 60
JOURNEY_LIFE = 86_400
DEVICE_LIFE = 600
DEVICE_INTERVAL = 5
SESSION_LIFE = 12 * 3_600
SESSION_IDLE = 2 * 3_600
SEEN_EVERY = 60
RECENT = 600


class Step(StrEnum):
    """What a browser is shown next."""

    SIGN_IN = "sign in"
    CONSENT = "consent"
    DENIED = "access_denied"
    FINISH = "finish"


# Sessions


def session_of(world: World, browser: Browser) -> Session | None:
    """The living session of a browser that calls, noted as seen."""
    session = browser.session
    if session is None or session.ended or session.person.locked:
        return None
    if world.now >= session.expires_at or world.now >= session.seen_at + SESSION_IDLE:
        return None
    if world.now - session.seen_at >= SEEN_EVERY:
        session.seen_at = world.now
    return session


def signs_in(world: World, browser: Browser, person: Person) -> Session:
    """The same person keeps their session, whose sign-in is renewed; somebody else's ends."""
    session = session_of(world, browser)
    if session is not None and session.person is not person:
        session.ended = True
        session = None
    if session is None:
        session = Session(person, world.now, world.now, world.now, world.now + SESSION_LIFE)
        world.sessions.append(session)
    session.authenticated_at = session.seen_at = world.now
    session.expires_at = world.now + SESSION_LIFE
    browser.session = session
    return session


def held_session(world: World, browser: Browser) -> Session | None:
    """What a browser may sign out of: its session, even when it was away for too long to be let in by it."""
    session = browser.session
    if session is None or session.ended or world.now >= session.expires_at:
        return None
    return session


def leaves(world: World, browser: Browser) -> None:
    """The browser signs out."""
    session = held_session(world, browser)
    if session is not None:
        session.ended = True
    browser.session = None


def is_cut_off(world: World, person: Person) -> None:
    """All that was open in the name of a person ends, in every browser and every application."""
    person.cutoff_at = world.now
    for session in world.sessions:
        session.ended = session.ended or session.person is person
    for grant in world.grants:
        grant.revoked = grant.revoked or grant.person is person


# What was granted


def session_lives(world: World, grant: Grant) -> bool:
    session = grant.session
    return session is not None and not session.ended and world.now < session.expires_at


def counts(world: World, grant: Grant) -> bool:
    """Whether what a person granted still counts.

    It ends when it is revoked, with the account, when the consent is withdrawn, and with the session unless the
    application holds offline access (OpenID Connect Core 1.0 section 11).
    """
    if grant.revoked or grant.person.locked or not grant.application.usable:
        return False
    consent = world.consents.get((grant.person.id, grant.application.id))
    if consent is not None and consent.withdrawn_at is not None and consent.withdrawn_at >= grant.created_at:
        return False
    in_doubt = grant.created_at == grant.person.cutoff_at
    return (grant.offline and not in_doubt) or session_lives(world, grant)


def access_works(world: World, token: Access) -> bool:
    if token.revoked or world.now >= token.expires_at or not token.application.usable:
        return False
    return token.grant is None or counts(world, token.grant)


def refresh_counts(world: World, token: Refresh) -> bool:
    """Whether a refresh token is good, used or not."""
    return world.now < token.expires_at and counts(world, token.grant)


def refresh_works(world: World, token: Refresh) -> bool:
    return token.used_at is None and refresh_counts(world, token)


def within_grace(world: World, token: Refresh) -> bool:
    """Whether an answer may have been lost: it is asked again at once, and what it gave was not used."""
    given = token.successor
    if token.used_at is None or given is None or not refresh_counts(world, token):
        return False
    return world.now - token.used_at <= GRACE and refresh_works(world, given)


def code_error(world: World, grant: Grant, by: Application, *, proved: bool) -> str | None:
    """Why a code is not exchanged; None when it is. One that comes back takes all that it gave along.

    RFC 6749 sections 4.1.2 and 4.1.3. `proved`: verifier and redirect URI are the right ones.
    """
    if not by.usable:
        return "invalid_client"
    if grant.redeemed:
        grant.revoked = True
        return "invalid_grant"
    good = by is grant.application and world.now < grant.code_expires_at and counts(world, grant)
    return None if good and proved else "invalid_grant"


def refresh_error(world: World, token: Refresh, by: Application) -> str | None:
    """Why a refresh token gives nothing; None when it does. A stolen one takes its family along (RFC 9700, 4.14.2)."""
    if not by.usable:
        return "invalid_client"
    owner = by is token.grant.application
    if owner and (refresh_works(world, token) or within_grace(world, token)):
        return None
    if token.used_at is not None or not owner:
        token.grant.revoked = True
    return "invalid_grant"


def device_error(world: World, device: Device, by: Application) -> str | None:
    """What a device is answered that asks (RFC 8628 section 3.5); None when it is let in."""
    if not by.usable:
        return "invalid_client"
    if by is not device.application:
        return "unauthorized_client"
    if device.used:
        return "invalid_grant"
    if device.decided is False:
        return "access_denied"
    if world.now >= device.expires_at:
        return "expired_token"
    if device.decided is None:
        too_soon = device.polled_at is not None and world.now - device.polled_at < DEVICE_INTERVAL
        device.polled_at = world.now
        return "slow_down" if too_soon else "authorization_pending"
    return None if device.grant is not None and counts(world, device.grant) else "invalid_grant"


# Consent


def allows(world: World, person: Person, application: Application, scope: frozenset[str]) -> None:
    """The person lets the application know, beside what they allowed before."""
    former = world.consents.get((person.id, application.id))
    if former is None:
        world.consents[person.id, application.id] = Consent(scope, world.now)
        return
    former.scope = scope | (former.scope if former.stands else frozenset())
    withdrawn_at = former.withdrawn_at
    after = withdrawn_at is not None and withdrawn_at >= world.now
    former.given_at = withdrawn_at + 1 if after and withdrawn_at is not None else world.now


def takes_back(consent: Consent, now: int) -> None:
    """The person withdraws what they allowed."""
    consent.withdrawn_at = max(now, consent.given_at)


# Journeys


def next_step(world: World, asked: Asked, session: Session | None, journey: Journey | None = None) -> Step:
    """What is still missing (OpenID Connect Core 1.0 sections 3.1.2.1, 3.1.2.3 and 3.1.2.4)."""
    if journey is not None and journey.denied:
        return Step.DENIED
    if session is None:
        return Step.SIGN_IN
    here = journey is not None and journey.signed_in is session
    too_old = asked.max_age is not None and (asked.max_age == 0 or world.now - session.authenticated_at > asked.max_age)
    someone_else = asked.hinted is not None and asked.hinted is not session.person
    if not here and (asked.prompt & {"login", "select_account"} or too_old or someone_else):
        return Step.SIGN_IN
    if someone_else:
        return Step.DENIED
    return Step.CONSENT if _consent_missing(world, asked, session.person, journey) else Step.FINISH


def _consent_missing(world: World, asked: Asked, person: Person, journey: Journey | None) -> bool:
    demanded = "consent" in asked.prompt
    if not asked.application.asks_consent and not demanded:
        return False
    if demanded and (journey is None or not journey.consented):
        return True
    consent = world.consents.get((person.id, asked.application.id))
    return consent is None or not consent.stands or not asked.scope <= consent.scope


def silent_error(world: World, asked: Asked, session: Session | None) -> str | None:
    """What an application that allows no page is told (OpenID Connect Core 1.0 section 3.1.2.6)."""
    return {Step.SIGN_IN: "login_required", Step.CONSENT: "consent_required", Step.FINISH: None}.get(
        next_step(world, asked, session), "login_required"
    )


def granted_scope(application: Application, asked: str, response_type: str, prompt: frozenset[str]) -> frozenset[str]:
    """What an application may obtain of the scope it asks.

    Offline access needs a code, the refresh grant, and that the person is asked unless the application is the
    authority's own (OpenID Connect Core 1.0 section 11).
    """
    scope = frozenset(asked.split()) & frozenset(application.party.client.scope.split())
    consented = not application.asks_consent or "consent" in prompt
    lasting = consented and "code" in response_type.split(" ") and application.has("refresh_token")
    return scope if lasting else scope - {"offline_access"}
