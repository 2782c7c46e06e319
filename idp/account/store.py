"""Changes of contacts, as they are kept."""

from dataclasses import dataclass
from enum import StrEnum

from idp.account.tables import contact_changes
from idp.foundation.secrets import Randomness, new_id
from idp.people.proofs import Ledger, Proof


class Kind(StrEnum):
    """What a link or a code does once it is followed or given.

    `EMAIL` and `MOBILE` put a new contact in force; `RESTORE` puts the former e-mail address back.
    """

    EMAIL = "email"
    MOBILE = "mobile"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Proof):
    """A link or a code that was sent."""

    kind: Kind


changes = Ledger(contact_changes, Change, Kind)


def asked(person_id: str, kind: Kind, destination: str, randomness: Randomness, *, at: int, life: int) -> Change:
    """A change asked for `at` (seconds UTC), which waits for `life` seconds."""
    return Change(
        id=new_id(randomness),
        person_id=person_id,
        kind=kind,
        destination=destination,
        created_at=at,
        expires_at=at + life,
    )
