"""Telephone numbers of France and of its overseas territories, in E.164.

Sources: the national numbering plan (Arcep) as kept by the `phonenumbers` library. Two traps are handled here. Overseas
territories have codes of their own, so that 0692… typed beside « France » is +262 692… and not +33 692…; and new blocks
are opened overseas before any library lists them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from idp.foundation.texts import Text, text
from idp.people.characters import ascii_digits, has_unseen, tidy

FRENCH_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF")

NOT_A_NUMBER = text("Ce numéro de téléphone semble incomplet ou faux. Exemple : 02 61 91 45 67")
INCOMPLETE_MOBILE = text("Ce numéro de mobile semble incomplet ou faux. Exemple : 06 39 98 12 34")
NOT_A_MOBILE = text("Ce numéro ne reçoit pas de SMS. Indiquez un numéro de mobile, par exemple 07 53 98 12 34.")
SPECIAL_NUMBER = text("Ce numéro est un numéro spécial ou de démarchage. Indiquez votre numéro habituel.")

_TYPED = re.compile(r"\+?[0-9 .()/\-]+")
_SHARING_THE_TRUNK_ZERO = (33, 262, 590, 594, 596)
_OVERSEAS_FIXED = {"590": "GP", "594": "GF", "596": "MQ", "262": "RE", "263": "RE", "269": "YT"}
_OVERSEAS_MOBILES = {
    "690": "GP",
    "691": "GP",
    "694": "GF",
    "696": "MQ",
    "697": "MQ",
    "692": "RE",
    "693": "RE",
    "639": "YT",
}
_FICTION_MOBILES = "63998"
"""06 39 98 xx xx, which Arcep keeps for films and documentation: the examples of manuals must pass."""
_PLATFORMS = ("162", "163", "270", "271", "377", "378", "424", "425", "568", "569", "948", "949")
"""Ranges kept for automatic calls since 2023 (Arcep, décision 2022-1583)."""

_SPECIAL = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.UAN,
        PhoneNumberType.PAGER,
        PhoneNumberType.VOICEMAIL,
    }
)
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that exists in the numbering plan. `number` is E.164, `region` an ISO 3166-1 code."""

    number: str
    region: str
    receives_sms: bool


def any_phone(value: str, region: str) -> str | Text:
    """A number of any ordinary type in E.164, or what to correct."""
    phone = read_phone(value, region)
    return phone if isinstance(phone, Text) else phone.number


def mobile_phone(value: str, region: str) -> str | Text:
    """A number that receives SMS in E.164, or what to correct."""
    phone = read_phone(value, region)
    if isinstance(phone, Text):
        return INCOMPLETE_MOBILE if phone is NOT_A_NUMBER else phone
    return phone.number if phone.receives_sms else NOT_A_MOBILE


def read_phone(value: str, region: str) -> Phone | Text:
    """Read a number as typed beside a country selector; a prefix (+33, 0033) wins over the selector."""
    typed = ascii_digits(tidy(value))
    if has_unseen(typed) or not _TYPED.fullmatch(typed):
        return NOT_A_NUMBER
    if typed.startswith("00"):
        typed = f"+{typed[2:]}"
    try:
        parsed = phonenumbers.parse(typed, region if region in phonenumbers.SUPPORTED_REGIONS else "FR")
    except phonenumbers.NumberParseException:
        return NOT_A_NUMBER
    if phone := _by_block(parsed):
        return phone
    for candidate in _readings(parsed):
        if phone := _known(candidate):
            return phone if not _is_special(candidate) else SPECIAL_NUMBER
    return NOT_A_NUMBER


def _by_block(parsed: PhoneNumber) -> Phone | None:
    national = str(parsed.national_number)
    if parsed.country_code not in _SHARING_THE_TRUNK_ZERO or len(national) != 9:
        return None
    if national.startswith(_FICTION_MOBILES):
        return Phone(f"+33{national}", "FR", receives_sms=True)
    mobile = _OVERSEAS_MOBILES.get(national[:3])
    region = mobile or _OVERSEAS_FIXED.get(national[:3])
    return Phone(f"+{calling_code(region)}{national}", region, mobile is not None) if region else None


def _readings(parsed: PhoneNumber) -> Iterable[PhoneNumber]:
    """The number under the selector's code, then under those people mistake it for."""
    yield parsed
    if parsed.country_code in _SHARING_THE_TRUNK_ZERO:
        for code in _SHARING_THE_TRUNK_ZERO:
            yield PhoneNumber(country_code=code, national_number=parsed.national_number)


def _known(number: PhoneNumber) -> Phone | None:
    if not phonenumbers.is_valid_number(number):
        return None
    region = phonenumbers.region_code_for_number(number)
    if region is None or region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY:  # satellites and the like
        return None
    return Phone(_e164(number), region, phonenumbers.number_type(number) in _MOBILE)


def _is_special(number: PhoneNumber) -> bool:
    platform = number.country_code == 33 and str(number.national_number).startswith(_PLATFORMS)
    return platform or phonenumbers.number_type(number) in _SPECIAL


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def region_of(number: str) -> str:
    """The ISO 3166-1 code of the territory of a number kept in E.164."""
    parsed = phonenumbers.parse(number, None)
    if phone := _by_block(parsed):
        return phone.region
    known = phonenumbers.region_code_for_number(parsed)
    return known or phonenumbers.region_code_for_country_code(parsed.country_code or 0)


def display_phone(number: str) -> str:
    """A number kept in E.164 as French people write it (06 39 98 12 34), abroad with its prefix."""
    parsed = phonenumbers.parse(number, None)
    french = region_of(number) in FRENCH_REGIONS
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if french else PhoneNumberFormat.INTERNATIONAL)


def masked_phone(number: str) -> str:
    """The number with all but its last two digits hidden."""
    return f"…{number[-2:]}"


def calling_code(region: str) -> int:
    """The international prefix of a territory, without its plus sign."""
    return phonenumbers.country_code_for_region(region)
