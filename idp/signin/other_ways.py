"""What else is tied to an account that is being recovered, and taking away what its holder does not recognise.

Whoever prepared or took an account may have left a door of their own: an account elsewhere, a number. A new password
closes none of them, so the page of the new password shows them all and asks.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.interactions.upstreams import name_of
from idp.messages import notices
from idp.messages.message import Channel
from idp.people import consents, identity
from idp.people import store as people
from idp.people.identity import Link
from idp.people.person import Person
from idp.signin.recovery import Proof

MOBILE = "mobile"


@dataclass(frozen=True, slots=True)
class OtherWay:
    """An account elsewhere that is linked to `person`'s, or their number when `link` is None."""

    person: Person
    link: Link | None

    @property
    def id(self) -> str:
        """What names it in a form."""
        return self.link.id if self.link else f"{MOBILE}-{self.person.id}"


def of(connection: Connection, proof: Proof) -> tuple[OtherWay, ...]:
    """What else is tied to the accounts of a proof. A number that is itself the proof is not asked about."""
    ways = [OtherWay(each, link) for each in proof.people for link in identity.links_of(connection, each.id)]
    if proof.recovery.channel is Channel.EMAIL:
        ways += [OtherWay(each, None) for each in proof.people if each.mobile]
    return tuple(ways)


def take_away(connection: Connection, provider: Provider, ways: Collection[OtherWay], address: str, now: int) -> None:
    """Untie these, tell their holder, and write the audit lines of the browser at `address`."""
    for way in ways:
        if way.link is None:
            _remove_mobile(connection, provider, way.person, address, now)
        elif identity.unlink(connection, way.person.id, way.link.id):
            audit.record(
                connection,
                Event.IDENTITY_UNLINKED,
                at=now,
                person_id=way.person.id,
                address=address,
                link=way.link.id,
                upstream=way.link.provider,
            )
            name = name_of(provider.settings, way.link.provider)
            notices.way_in_changed(connection, provider, way.person, name, now, added=False)


def _remove_mobile(connection: Connection, provider: Provider, person: Person, address: str, now: int) -> None:
    people.amend(connection, person.id, {"mobile": None}, now)
    consents.withdraw(connection, person.id, consents.Kind.LIST_SMS, now)
    audit.record(connection, Event.CONTACT_REMOVED, at=now, person_id=person.id, address=address, kind=MOBILE)
    notices.mobile_changed(connection, provider, person, "", now)
