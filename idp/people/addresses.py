"""Postal addresses and places of birth: postcodes, INSEE codes, web addresses.

Sources: La Poste for postcodes (01000 to 98999, Corsica 20xxx, overseas and Monaco 97xxx and 98xxx); INSEE, code
officiel géographique, for communes and countries.
"""

import re
from urllib.parse import urlsplit

import idna

from idp.foundation.texts import Text, text
from idp.people.characters import ascii_digits, free_text, tidy

FRANCE = "FR"
LONGEST_LINE = 100
LONGEST_WEB_ADDRESS = 200
_COG = re.compile(r"(?:2[AB]|[0-9]{2})[0-9]{3}")
_HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")


def postcode(value: str, country: str = FRANCE) -> str | Text:
    """A French postcode, or any short text when the address is abroad; or what to correct."""
    if country != FRANCE:
        return free_text(value, longest=16)
    code = ascii_digits(tidy(value)).replace(" ", "")
    if not re.fullmatch(r"[0-9]{5}", code) or not 1000 <= int(code) <= 98999:
        return text("Le code postal compte 5 chiffres, par exemple 20200.")
    return code


def cog_code(value: str) -> str | Text:
    """The INSEE code of a commune or a country (99xxx), or what to correct."""
    code = ascii_digits(tidy(value)).upper()
    return code if _COG.fullmatch(code) else text("Le code INSEE compte 5 caractères, par exemple 75056 ou 2A004.")


def line(value: str) -> str | Text:
    """A line of a postal address, or what to correct."""
    return free_text(value, longest=LONGEST_LINE)


def town(value: str) -> str | Text:
    """The name of a town, however short (there is one named Y), or what to correct."""
    typed = line(value)
    if isinstance(typed, str) and not any(letter.isalpha() for letter in typed):
        return text("Indiquez le nom de la commune, en lettres.")
    return typed


def web_address(value: str) -> str | Text:
    """An http or https address, `https://` being added when it is missing; or what to correct."""
    refused = text("Cette adresse de site semble fausse. Exemple : https://www.exemple.fr")
    typed = free_text(value, longest=LONGEST_WEB_ADDRESS)
    if isinstance(typed, Text):
        return typed
    address = typed if "://" in typed else f"https://{typed}"
    try:
        parts = urlsplit(address)
        host = idna.encode(parts.hostname or "", uts46=True).decode()
    except (ValueError, idna.IDNAError):
        return refused
    if parts.scheme not in {"http", "https"} or parts.username or " " in address or not _HOST.fullmatch(host):
        return refused
    return address
