"""Signing in with a password: who is meant, how soon they may try, and what a right password opens.

Attempts are counted per resolved account, whatever name was typed, and per address, before the hash is computed. A
browser that signed in before has a count of its own, so that an attack from elsewhere never keeps a person out.
"""

import hmac
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.errors import TooManyAttempts
from idp.foundation.limits import Delay, Limit, clear, reserve, take
from idp.foundation.provider import Provider
from idp.foundation.secrets import Pepper
from idp.foundation.settings import Settings
from idp.foundation.texts import text
from idp.people import store as people
from idp.people.person import Person, State
from idp.sessions.session import Authentication

BY_ACCOUNT = Delay("password", free=5, first_seconds=60, cap_seconds=7_200)
"""Five tries, then one minute, two, four… up to two hours: less than 25 a day (CNIL, délibération 2022-100)."""
LONGEST = 1_024
METHODS = ("pwd",)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a password, counted. `person` is who was meant, if anybody is."""

    throttle_key: str
    person: Person | None

    def stored_hash_for(self, typed: str) -> str | None:
        """What to check a typed password against; None costs the same and never matches."""
        if self.person is None or self.person.state not in {State.ACTIVE, State.PENDING} or len(typed) > LONGEST:
            return None
        return self.person.password_hash


@dataclass(frozen=True, slots=True)
class Caller:
    """Where an attempt comes from: the address to count, and whether this browser signed in before."""

    address: str
    throttled_address: str
    browser: str
    device: str | None


def by_address(settings: Settings) -> Limit:
    """How many passwords may be tried from one address: a whole school or town hall may share it."""
    return Limit("passwords by address", allowed=settings.signin.per_address, per_seconds=600)


def device_mark(pepper: Pepper, person_id: str, browser: str) -> str:
    """What a browser keeps of having signed a person in: bound to that browser, it authenticates nobody."""
    return pepper.digest("device", f"{person_id} {browser}")


def begin(connection: Connection, provider: Provider, typed: str, caller: Caller, now: int) -> Attempt:
    """Find who is meant and count the attempt. Raises `TooManyAttempts`, the same whether or not they exist."""
    pepper = provider.pepper
    person = people.find_by_identifier(connection, typed) if typed else None
    account = person.id if person else f"nobody {typed.casefold()[:255]}"
    if person is not None and caller.device is not None:
        mark = device_mark(pepper, person.id, caller.browser)
        account += " known device" if hmac.compare_digest(mark.encode(), caller.device.encode()) else ""
    key = pepper.digest("account", account)
    wait = take(connection, by_address(provider.settings), pepper.digest("address", caller.throttled_address), now)
    wait = wait or reserve(connection, BY_ACCOUNT, key, now)
    if wait:
        audit.record(
            connection,
            Event.SIGN_IN_DELAYED,
            at=now,
            person_id=person.id if person else None,
            address=caller.address,
            seconds=wait,
        )
        raise TooManyAttempts(
            "too_many_attempts",
            text(
                "Trop d'essais. Réessayez dans {minutes} minutes, ou choisissez un nouveau mot de passe.",
                minutes=-(-wait // 60),
            ),
            retry_after=wait,
        )
    return Attempt(key, person)


def succeed(connection: Connection, attempt: Attempt, rehashed: str | None, now: int) -> Authentication | None:
    """The password was right: forget the failures; None when the account is not activated yet."""
    person = attempt.person
    if person is None:
        raise ValueError("nobody's password cannot be right")
    clear(connection, BY_ACCOUNT, attempt.throttle_key)
    if rehashed is not None and person.password_hash is not None:
        people.rehash(connection, person.id, person.password_hash, rehashed)
    return Authentication(person.id, now, METHODS) if person.is_active else None


def forgive(connection: Connection, pepper: Pepper, person_id: str) -> None:
    """Forget the failures against an account whose holder has just proved otherwise who they are."""
    for account in (person_id, f"{person_id} known device"):
        clear(connection, BY_ACCOUNT, pepper.digest("account", account))


def fail(connection: Connection, attempt: Attempt, address: str, now: int) -> None:
    """Record that the password was wrong. The attempt was counted before it was made."""
    audit.record(
        connection,
        Event.SIGN_IN_FAILED,
        at=now,
        person_id=attempt.person.id if attempt.person else None,
        address=address,
    )
