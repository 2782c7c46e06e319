"""Every SMS the provider sends.

Each carries no word that a visitor chose and fits one segment. The last line of a code binds it to our origin, so that
browsers offer to fill it in on our pages alone (WICG, Origin-bound one-time codes delivered via SMS).
"""

from urllib.parse import urlsplit

from idp.foundation.texts import Text, text
from idp.messages.gsm import simplified
from idp.messages.letterhead import Letterhead
from idp.messages.message import Sms


def activation_code(head: Letterhead, code: str, *, minutes: int) -> Sms:
    """The code that activates a new account."""
    words = text(
        "votre code d'activation est {code}. Il est valable {minutes} minutes. Ne le donnez à personne.",
        code=code,
        minutes=minutes,
    )
    return _code(head, code, words)


def password_code(head: Letterhead, code: str, *, minutes: int) -> Sms:
    """The code that allows a new password."""
    words = text(
        "votre code pour changer de mot de passe est {code}. Valable {minutes} minutes. Ne le donnez à personne.",
        code=code,
        minutes=minutes,
    )
    return _code(head, code, words)


def identifier_code(head: Letterhead, code: str, *, minutes: int) -> Sms:
    """The code that shows the account's identifier."""
    words = text(
        "votre code pour retrouver votre identifiant est {code}. Valable {minutes} minutes. Ne le donnez à personne.",
        code=code,
        minutes=minutes,
    )
    return _code(head, code, words)


def contact_code(head: Letterhead, code: str, *, minutes: int) -> Sms:
    """The code that proves a number."""
    words = text(
        "votre code pour confirmer ce numéro est {code}. Valable {minutes} minutes. Ne le donnez à personne.",
        code=code,
        minutes=minutes,
    )
    return _code(head, code, words)


def sign_in_code(head: Letterhead, code: str, *, minutes: int) -> Sms:
    """The code asked at sign-in."""
    words = text(
        "votre code de connexion est {code}. Valable {minutes} minutes. Ne le donnez à personne.",
        code=code,
        minutes=minutes,
    )
    return _code(head, code, words)


def password_changed(head: Letterhead) -> Sms:
    """Tells that the password was changed, and whom to call."""
    words = text("le mot de passe de votre compte vient de changer.")
    if head.brand.contact_phone:
        words = text(
            "le mot de passe de votre compte vient de changer. Ce n'est pas vous ? Appelez le {phone}.",
            phone=head.brand.contact_phone,
        )
    return Sms(_signed(head, words))


def mobile_changed(head: Letterhead) -> Sms:
    """Tells the former number that it was replaced, and whom to call."""
    words = text("le mobile de votre compte vient de changer.")
    if head.brand.contact_phone:
        words = text(
            "le mobile de votre compte vient de changer. Ce n'est pas vous ? Appelez le {phone}.",
            phone=head.brand.contact_phone,
        )
    return Sms(_signed(head, words))


def problems(head: Letterhead) -> list[str]:
    """The messages that this authority's names and host make longer than one SMS, for the check at start."""
    found = []
    for write in (activation_code, password_code, identifier_code, contact_code, sign_in_code):
        try:
            write(head, "000000", minutes=15)
        except ValueError as error:
            found.append(f"{write.__name__}: {error}")
    return found


def _signed(head: Letterhead, words: Text) -> str:
    authority = head.brand.sms_name or head.brand.name
    return simplified(head.say(text("{authority} : {words}", authority=authority, words=words)))


def _code(head: Letterhead, code: str, words: Text) -> Sms:
    return Sms(f"{_signed(head, words)}\n\n@{urlsplit(head.issuer).hostname} #{code}")
