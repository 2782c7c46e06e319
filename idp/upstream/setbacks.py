"""What a person is told when a sign-in through an upstream does not succeed, and how loudly the log is told."""

import logging
from dataclasses import dataclass

from idp.foundation.texts import Text, text
from idp.upstream.faults import Declined, Unreachable, UpstreamFault
from idp.upstream.registration import Registration

USED = "upstream_return_used"


@dataclass(frozen=True, slots=True)
class Setback:
    """`code` is public and stable; `cause` goes to the log only. `retry_after` in seconds, 0 when it says nothing."""

    code: str
    status: int
    message: Text
    cause: str = ""
    level: int = logging.INFO
    retry_after: int = 0

    @property
    def done_already(self) -> bool:
        """Whether nothing is wrong: the step was made before, and the journey goes on."""
        return self.code == USED


def unknown_return(cause: str) -> Setback:
    """The return belongs to no attempt of this browser: forged, too late, or begun elsewhere."""
    message = text("Nous n'avons pas pu relier ce retour à une connexion commencée dans ce navigateur. Recommencez.")
    return Setback("upstream_return_unknown", 400, message, cause)


def already_used() -> Setback:
    """The same return a second time: the page was reloaded, or the address opened again."""
    return Setback(USED, 400, text("Cette étape a déjà été faite."))


def wrong_issuer(registration: Registration) -> Setback:
    """The answer does not come from the upstream that was asked (RFC 9207)."""
    return _broken(registration, "iss is missing or of another issuer")


def answered_nothing(registration: Registration) -> Setback:
    """Neither a code nor an error."""
    return _broken(registration, "neither code nor error in the return")


def answered_error(registration: Registration, error: str, authority: str) -> Setback:
    """An error of the authorization response (RFC 6749 section 4.1.2.1, and FranceConnect's own two)."""
    code = error if error.isascii() and error.replace("_", "").isalpha() else "unreadable"
    cause = f"{registration.name}: {code[:64]}"
    if error == "access_denied":
        message = text(
            "Vous avez quitté {provider}. Vous pouvez réessayer ou utiliser un compte {authority}.",
            provider=registration.label,
            authority=authority,
        )
        return Setback("upstream_declined", 403, message, cause)
    if error == "temporarily_unavailable":
        return _silent(registration, cause)
    level = logging.WARNING if error == "server_error" else logging.ERROR
    return Setback("upstream_failed", 502, _failed(registration), cause, level)


def of_fault(registration: Registration, fault: UpstreamFault) -> Setback:
    """What went wrong between the upstream and us."""
    cause = f"{registration.name}: {fault}"
    if isinstance(fault, Unreachable):
        return _silent(registration, cause)
    level = logging.WARNING if isinstance(fault, Declined) and fault.error == "invalid_grant" else logging.ERROR
    return Setback("upstream_failed", 502, _failed(registration), cause, level)


def account_closed() -> Setback:
    """The account that this identity opens may not sign in."""
    message = text("Ce compte ne peut pas servir à se connecter. Adressez-vous à votre collectivité.")
    return Setback("account_locked", 403, message)


def signed_out_meanwhile() -> Setback:
    """Nobody is signed in any more to whose account the identity could be linked."""
    message = text("Vous n'êtes plus connecté à votre compte. Reconnectez-vous, puis recommencez.")
    return Setback("signed_out_meanwhile", 403, message)


def linked_already(registration: Registration) -> Setback:
    """The account has such a link."""
    message = text("Votre compte est déjà relié à {provider}.", provider=registration.label)
    return Setback("linked_already", 409, message)


def not_linkable(registration: Registration) -> Setback:
    """The identity opens another account, of which nothing is said."""
    message = text("Cette identité de {provider} ne peut pas être reliée à votre compte.", provider=registration.label)
    return Setback("identity_not_linkable", 409, message)


def somebody_else(registration: Registration) -> Setback:
    """The civil status attested is not the one that the account declares."""
    message = text(
        "L'identité transmise par {provider} n'est pas celle de votre compte. "
        "Corrigez votre identité dans votre compte, ou demandez de l'aide.",
        provider=registration.label,
    )
    return Setback("civil_status_differs", 409, message)


def _silent(registration: Registration, cause: str) -> Setback:
    message = text("{provider} ne répond pas pour le moment.", provider=registration.label)
    return Setback("upstream_unavailable", 503, message, cause, logging.WARNING, retry_after=30)


def _broken(registration: Registration, cause: str) -> Setback:
    return Setback("upstream_failed", 502, _failed(registration), f"{registration.name}: {cause}", logging.ERROR)


def _failed(registration: Registration) -> Text:
    return text("La connexion avec {provider} n'a pas abouti. Ce n'est pas de votre fait.", provider=registration.label)
