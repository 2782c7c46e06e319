"""The last look at an address before it is used, whatever checked it earlier.

One mailbox or one number, nothing else: no list, group, route, quotation or control character can make a second
recipient or a second command (RFC 5321 section 4.1.2; RFC 5322 section 3.4).
"""

import re

import idna
import phonenumbers

from idp.foundation.errors import BadRequest
from idp.foundation.texts import text

_LOCAL_PART = re.compile(r"(?!.*\.\.)[\w#$&'*+/=?^`{|}~-](?:[\w.#$&'*+/=?^`{|}~-]{0,62}[\w#$&'*+/=?^`{|}~-])?")
_DOMAIN = re.compile(r"(?!.*\.\.)\w(?:[\w.-]{0,251}\w)?")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


def mailbox(address: str) -> tuple[str, str]:
    """The local part and the domain in ASCII (RFC 5891) of one mailbox. Raises `BadRequest`."""
    local, _, domain = address.rpartition("@")
    if len(address.encode()) > 254 or not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise _unusable_address()
    try:
        return local, domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise _unusable_address() from error


def number(phone: str, countries: tuple[str, ...]) -> str:
    """A telephone number in E.164 (ITU-T) under a calling code of the countries we send to (ISO 3166-1 codes).

    Whether it is a mobile of that very country was judged when it was typed. Raises `BadRequest`.
    """
    codes = {phonenumbers.country_code_for_region(country) for country in countries}
    if _NUMBER.fullmatch(phone) and phonenumbers.parse(phone).country_code in codes:
        return phone
    raise BadRequest("recipient_refused", text("Nous n'envoyons pas de SMS à ce numéro."))


def _unusable_address() -> BadRequest:
    return BadRequest("recipient_refused", text("Cette adresse électronique ne peut pas être utilisée."))
