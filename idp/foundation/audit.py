"""What happened, who did it, when and from where. Written in the transaction of the act itself.

Kept 12 months by default (CNIL, délibération 2021-122). No token, code, password or message ever goes in a line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Insert,
    Integer,
    String,
    Table,
    Update,
    bindparam,
    insert,
    select,
)

from idp.foundation.database import metadata

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("event", String(64), nullable=False),
    Column("person_id", String(64), index=True),
    Column("client_id", String(255)),
    Column("session_id", String(64)),
    Column("address", String(64)),
    Column("detail", JSON),
)


class Event(StrEnum):
    """The events, by name; each is documented in docs/operators/audit.md."""

    ACCOUNT_ACTIVATED = "account.activated"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_ERASED = "account.erased"
    ACCOUNT_LOCKED = "account.locked"
    ACCOUNT_REPLACED = "account.replaced"
    ACCOUNT_UNLOCKED = "account.unlocked"
    ACTIVATION_FAILED = "activation.failed"
    ACTIVATION_SENT = "activation.sent"
    ADDRESS_RESTORED = "address.restored"
    CIVIL_STATUS_CHANGED = "civil_status.changed"
    CLIENT_AMENDED = "client.amended"
    CLIENT_REGISTERED = "client.registered"
    CLIENT_REMOVED = "client.removed"
    CLIENT_RESUMED = "client.resumed"
    CLIENT_SECRET_ROTATED = "client.secret_rotated"
    CLIENT_SUSPENDED = "client.suspended"
    CODE_ISSUED = "code.issued"
    CODE_REPLAYED = "code.replayed"
    CONSENT_GIVEN = "consent.given"
    CONSENT_REFUSED = "consent.refused"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONTACT_CHANGED = "contact.changed"
    CONTACT_CHANGE_ASKED = "contact.change_asked"
    CONTACT_CODE_REFUSED = "contact.code_refused"
    CONTACT_PROVED = "contact.proved"
    CONTACT_REMOVED = "contact.removed"
    DATA_EXPORTED = "data.exported"
    DELETION_ANNOUNCED = "deletion.announced"
    DELETION_REMINDED = "deletion.reminded"
    DEVICE_ACCEPTED = "device.accepted"
    DEVICE_REFUSED = "device.refused"
    EVERYTHING_ENDED = "everything.ended"
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_REFUSED = "identity.refused"
    IDENTITY_UNLINKED = "identity.unlinked"
    INITIAL_TOKEN_MADE = "initial_token.made"
    INITIAL_TOKEN_REVOKED = "initial_token.revoked"
    KEY_STAGE_REACHED = "key.stage_reached"
    LIST_JOINED = "list.joined"
    LIST_LEFT = "list.left"
    LOGOUT_ABANDONED = "logout.abandoned"
    LOGOUT_DELIVERED = "logout.delivered"
    LOGOUT_REFUSED = "logout.refused"
    MESSAGE_ABANDONED = "message.abandoned"
    MESSAGE_CAPPED = "message.capped"
    MESSAGE_DROPPED = "message.dropped"
    ORGANISATION_AMENDED = "organisation.amended"
    PASSWORD_CHANGED = "password.changed"
    PASSWORD_RESET = "password.reset"
    PROFILE_AMENDED = "profile.amended"
    RECOVERY_ANSWERED = "recovery.answered"
    RECOVERY_CODE_REFUSED = "recovery.code_refused"
    REFRESH_REPLAYED = "refresh.replayed"
    RESOURCE_DECLARED = "resource.declared"
    RESOURCE_REMOVED = "resource.removed"
    ROLE_GRANTED = "role.granted"
    SESSIONS_ENDED = "sessions.ended"
    SESSION_ENDED = "session.ended"
    SIGNED_IN = "signed_in"
    SIGN_IN_DELAYED = "sign_in.delayed"
    SIGN_IN_FAILED = "sign_in.failed"
    TERMS_ACCEPTED = "terms.accepted"
    TERMS_DECLINED = "terms.declined"
    TOKEN_ISSUED = "token.issued"
    TOKEN_REVOKED = "token.revoked"


_RECORD = insert(audit).inline()
_COLUMNS = tuple(column for column in audit.c if column.name != "id")


@dataclass(frozen=True, slots=True)
class Line:
    """One line to write. `at` is in seconds UTC; `detail` holds a few plain values, never a secret."""

    event: Event
    at: int
    person_id: str | None = None
    client_id: str | None = None
    session_id: str | None = None
    address: str | None = None
    detail: Mapping[str, str | int | bool | None] | None = None


class Audited:
    """A change and the line that tells of it: on PostgreSQL one statement, which saves an exchange with it."""

    def __init__(self, statement: Insert | Update) -> None:
        # written as a selection, so that no parameter of the change is taken for a column of the line
        told = select(*(bindparam(f"audit_{column.name}", type_=column.type) for column in _COLUMNS))
        self._alone = statement
        self._together = statement.add_cte(insert(audit).from_select(_COLUMNS, told).cte("line"))

    def execute(self, connection: Connection, values: Mapping[str, Any], line: Line | None) -> None:
        """Make the change, and write the line if there is one."""
        if line is None:
            connection.execute(self._alone, values)
        elif connection.dialect.name == "postgresql":
            told = {f"audit_{column.name}": getattr(line, column.name) for column in _COLUMNS}
            connection.execute(self._together, {**values, **told})
        else:
            connection.execute(self._alone, values)
            write(connection, line)


def write(connection: Connection, line: Line) -> None:
    """Write one line."""
    connection.execute(_RECORD, {column.name: getattr(line, column.name) for column in _COLUMNS})


def record(
    connection: Connection,
    event: Event,
    *,
    at: int,
    person_id: str | None = None,
    client_id: str | None = None,
    session_id: str | None = None,
    address: str | None = None,
    **detail: str | int | bool | None,
) -> None:
    """Write one line. `at` is in seconds UTC; `detail` holds a few plain values, never a secret."""
    write(connection, Line(event, at, person_id, client_id, session_id, address, detail or None))
