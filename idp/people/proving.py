"""Proving an address or a number: how often it may be asked, what is sent, and what a code that is typed comes to.

Attempts are counted before they are compared, five at most, so that with five codes a day somebody who guesses has
less than one chance in ten thousand.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

from sqlalchemy import Connection

from idp.foundation.limits import Limit, take
from idp.foundation.secrets import Kind, Pepper, Randomness, digest, digits, is_of, issue
from idp.foundation.texts import Text, text
from idp.people import codes
from idp.people.contacts import email_key
from idp.people.proofs import Ledger, Proof
from idp.web.addresses import throttle_key

AGAIN_SECONDS = 60
"""Another message may be asked for the same address or number after that long."""

CODE_UNREADABLE = text("Le code compte 6 chiffres.")
CODE_DEAD = text("Ce code n'est plus valable. Demandez-en un nouveau.")

P = TypeVar("P", bound=Proof)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often proofs are sent: to one contact of a person, to a person by kind, by SMS to those at one address."""

    again: Limit
    by_person: Mapping[StrEnum, Limit]
    sms_by_address: Limit

    def wait_for_link(self, connection: Connection, pepper: Pepper, proof: Proof) -> int:
        """Count a link that is to be sent: 0, or the seconds to wait."""
        return self._wait(connection, pepper, proof, email_key(proof.destination))

    def wait_for_code(self, connection: Connection, pepper: Pepper, proof: Proof, address: str) -> int:
        """Count a code that is to be sent, asked for from an address of the network: 0, or the seconds to wait."""
        if wait := self._wait(connection, pepper, proof, proof.destination):
            return wait
        key = pepper.digest(self.sms_by_address.name, throttle_key(address))
        return take(connection, self.sms_by_address, key, proof.created_at)

    def _wait(self, connection: Connection, pepper: Pepper, proof: Proof, contact: str) -> int:
        again = pepper.digest(self.again.name, f"{proof.person_id} {proof.kind.value} {contact}")
        limit = self.by_person[proof.kind]
        by_person = pepper.digest(limit.name, proof.person_id)
        return take(connection, self.again, again, proof.created_at) or take(
            connection, limit, by_person, proof.created_at
        )


def with_link(proof: P, randomness: Randomness) -> tuple[P, str]:
    """The proof by a link, and the secret to put in it."""
    secret = issue(Kind.LINK, randomness)
    return replace(proof, digest=digest(secret)), secret


def with_code(proof: P, randomness: Randomness, pepper: Pepper) -> tuple[P, str]:
    """The proof by a code, and the code."""
    code = digits(randomness, codes.LENGTH)
    return replace(proof, digest=_kept(pepper, proof.id, code)), code


def look(connection: Connection, ledger: Ledger[P], token: str, now: int) -> P | None:
    """What a link stands for while it may be followed; looking uses nothing up."""
    return ledger.look(connection, digest(token), now) if is_of(Kind.LINK, token) else None


class Outcome(StrEnum):
    """What a try at a code came to."""

    RIGHT = "right"
    WRONG = "wrong"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Tried(Generic[P]):
    """A try at a code; `proof` as it was counted when wrong, as it was taken when right."""

    outcome: Outcome
    proof: P | None = None

    @property
    def left(self) -> int:
        """How many tries are left."""
        return self.proof.tries_left if self.proof is not None and self.outcome is Outcome.WRONG else 0


def try_code(
    connection: Connection, ledger: Ledger[P], sent: P | None, typed: str, pepper: Pepper, now: int
) -> Tried[P]:
    """Compare a code with the one that was `sent`, after counting the try; a right one is used up."""
    counted = ledger.count_try(connection, sent.id, now) if sent else None
    if counted is None:
        return Tried(Outcome.DEAD)
    if not hmac.compare_digest(_kept(pepper, counted.id, typed).encode(), counted.digest.encode()):
        return Tried(Outcome.WRONG, counted)
    taken = ledger.take(connection, counted.digest, now)
    return Tried(Outcome.RIGHT, taken) if taken else Tried(Outcome.DEAD)


def refusal(left: int) -> Text:
    """What to tell about a code that was not accepted."""
    if not left:
        return CODE_DEAD
    if left == 1:
        return text("Ce code n'est pas le bon. Il vous reste un essai.")
    return text("Ce code n'est pas le bon. Il vous reste {left} essais.", left=left)


@dataclass(frozen=True, slots=True)
class SentView:
    """A code or a link that was sent and may still be used; another may be asked in `again_in` seconds."""

    destination: str
    again_in: int


def sent_view(proof: Proof | None, shown: Callable[[str], str], now: int) -> SentView | None:
    """What pages tell of a proof, its destination as `shown`."""
    if proof is None:
        return None
    return SentView(shown(proof.destination), max(0, proof.created_at + AGAIN_SECONDS - now))


def _kept(pepper: Pepper, proof_id: str, code: str) -> str:
    return pepper.digest("code of a proof", f"{proof_id} {code}")
