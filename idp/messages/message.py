"""What a message is: its words, why it leaves, to whom, and until when it is worth sending."""

from dataclasses import dataclass
from enum import StrEnum

from idp.messages.gsm import segments

NOTICE_LIFE_SECONDS = 3 * 86_400
"""How long a notice stays worth sending: long enough to outlast a relay that is down for a weekend."""


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"


class Purpose(StrEnum):
    """Why a message leaves. Stored with it, counted, and shown to operators."""

    ACTIVATION = "activation"
    ALREADY_REGISTERED = "already_registered"
    PASSWORD_RESET = "password_reset"
    IDENTIFIERS = "identifiers"
    SIGN_IN_CODE = "sign_in_code"
    CONTACT_PROOF = "contact_proof"
    PASSWORD_CHANGED = "password_changed"
    NEW_SIGN_IN = "new_sign_in"
    ADDRESS_CHANGED = "address_changed"
    MOBILE_CHANGED = "mobile_changed"
    WAY_IN_CHANGED = "way_in_changed"
    DELETION_WARNING = "deletion_warning"
    ACCOUNT_DELETED = "account_deleted"

    @property
    def is_notice(self) -> bool:
        """Whether it tells of something that happened, in place of answering someone who asked for it."""
        return self in _NOTICES


_NOTICES = frozenset(
    {
        Purpose.PASSWORD_CHANGED,
        Purpose.NEW_SIGN_IN,
        Purpose.ADDRESS_CHANGED,
        Purpose.MOBILE_CHANGED,
        Purpose.WAY_IN_CHANGED,
        Purpose.DELETION_WARNING,
        Purpose.ACCOUNT_DELETED,
    }
)


def is_one_line(value: str) -> bool:
    """Whether a header's value is one line, and stays one once it is decoded: the standard library decodes an encoded
    word (RFC 2047) that it is given as text, line breaks included.
    """
    return not (set(value) & _BREAKS) and "=?" not in value


_BREAKS = frozenset("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029\0")


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail's words, the same in plain text and in HTML."""

    subject: str
    text: str
    html: str
    language: str = "fr"

    def __post_init__(self) -> None:
        if not is_one_line(self.subject):
            raise ValueError("an e-mail's subject is one line")


@dataclass(frozen=True, slots=True)
class Sms:
    """A text message: one segment of the GSM alphabet, or it is refused."""

    text: str

    def __post_init__(self) -> None:
        if segments(self.text) != 1:
            raise ValueError("the SMS takes more than one segment; shorten the authority's short name")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a message goes to and why. `expires_at` (seconds UTC) is when its code or link dies: never sent later."""

    purpose: Purpose
    recipient: str
    expires_at: int
    person_id: str | None = None
