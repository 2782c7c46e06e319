"""What happened, who did it, when and from where. Written in the transaction of the act itself.

Kept 12 months by default (CNIL, délibération 2021-122). No token, code, password or message ever goes in a line.
"""

from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Column, Connection, Integer, String, Table, insert

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
    connection.execute(
        _RECORD,
        {
            "at": at,
            "event": event.value,
            "person_id": person_id,
            "client_id": client_id,
            "session_id": session_id,
            "address": address,
            "detail": detail or None,
        },
    )
