"""E-mail addresses: what is accepted, the one form under which two are the same, and likely slips of the keyboard.

Syntax only (RFC 5321, 5322, 5890), by `email-validator` without any look-up in the DNS: a look-up in the request would
be slow and tell strangers which domains exist. Local parts beyond ASCII are refused: most relays do not carry RFC 6531.
"""

from difflib import get_close_matches

import idna
from email_validator import EmailNotValidError, validate_email

from idp.foundation.texts import Text, text
from idp.people.characters import has_unseen, scripts, tidy

INCOMPLETE = text("Cette adresse électronique semble incomplète. Exemple : prenom.nom@exemple.fr")

_FAMILIAR_DOMAINS = (
    "gmail.com",
    "orange.fr",
    "wanadoo.fr",
    "hotmail.fr",
    "hotmail.com",
    "outlook.fr",
    "outlook.com",
    "yahoo.fr",
    "yahoo.com",
    "free.fr",
    "laposte.net",
    "sfr.fr",
    "icloud.com",
    "live.fr",
    "bbox.fr",
)
_CLOSE = 0.8
_SOURCE_ROUTE = frozenset("%!")
"""Read by old relays as "pass on to somebody else" (RFC 5321 appendix F.2): one address is one mailbox."""


def email(value: str) -> str | Text:
    """The address as typed, in NFC, or what to correct."""
    typed = tidy(value)
    if has_unseen(typed):
        return INCOMPLETE
    try:
        found = validate_email(
            typed,
            check_deliverability=False,
            allow_smtputf8=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
            strict=True,  # 64 bytes at most before the @ (RFC 5321 section 4.5.3.1.1)
            test_environment=True,  # permits .test (RFC 6761), which installations are tried with
        )
    except EmailNotValidError:
        return INCOMPLETE
    if _SOURCE_ROUTE & set(found.local_part):
        return INCOMPLETE
    if any(len(scripts(label)) > 1 for label in found.domain.split(".")):
        return text("Cette adresse mélange plusieurs alphabets. Tapez-la de nouveau.")
    return f"{found.local_part}@{found.domain}"


def deliverable(address: str) -> str:
    """The address that mail servers understand: its domain in A-labels (RFC 5890)."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.isascii() else idna.encode(domain, uts46=True).decode()}"


def email_key(address: str) -> str:
    """The normal form of a valid address: equal for two spellings of one mailbox, unique where uniqueness matters."""
    return deliverable(address).lower()


def likely_typo(address: str) -> str | None:
    """A familiar address this one almost is (gmial.com, orange.f), to be offered and never imposed."""
    local, _, domain = address.lower().rpartition("@")
    if domain in _FAMILIAR_DOMAINS:
        return None
    close = get_close_matches(domain, _FAMILIAR_DOMAINS, n=1, cutoff=_CLOSE)
    return f"{local}@{close[0]}" if close else None


def masked_email(address: str) -> str:
    """The address with its middle hidden: enough to recognise one's own, too little to learn another's."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
