"""Which account an attested identity is. Pure; the key is the issuer and the subject, never an e-mail address.

known      this issuer and subject open an account here
claimed    unknown, but exactly one account declares the same civil status: its holder may prove it and link them
unknown    anyone else: a new account
"""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.people.civil_status import Declared, may_be
from idp.people.person import Person
from idp.upstream.attestation import Attestation
from idp.upstream.registration import Registration


@dataclass(frozen=True, slots=True)
class Known:
    """The account that this identity opens."""

    person: Person


@dataclass(frozen=True, slots=True)
class Claimed:
    """An account that may be the same person's. Nothing is linked before its password is proved in this browser."""

    person_id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody here."""


Decision = Known | Claimed | Unknown


def vouches_civil_status(registration: Registration) -> bool:
    """Whether what this upstream says of a person is their civil status: FranceConnect alone checks the register."""
    return registration.kind == "franceconnect"


def decide(
    owner: Person | None, born_that_day: Sequence[Declared], attestation: Attestation, registration: Registration
) -> Decision:
    """`owner` is the account tied to this issuer and subject; `born_that_day` are the active accounts with a password
    whose holder declares the same birth date and that no identity of this issuer opens."""
    if owner is not None:
        return Known(owner)
    if not vouches_civil_status(registration):
        return Unknown()
    same = [declared for declared in born_that_day if may_be(declared, attestation.claims)]
    return Claimed(same[0].person_id) if len(same) == 1 else Unknown()
