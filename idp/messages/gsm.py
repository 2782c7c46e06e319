"""Making a text fit one SMS: the GSM 7-bit default alphabet (3GPP TS 23.038 section 6.2.1).

One character outside it turns the whole message to 16-bit characters: 70 to a segment in place of 160, and several
segments to pay for.
"""

import unicodedata

SEGMENT_SEPTETS = 160
"""What one SMS holds (3GPP TS 23.040 section 9.2.3.24)."""

_CONCATENATED_SEPTETS = 153
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_TYPOGRAPHY = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe",
     "Œ": "Oe", "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ", "\N{NON-BREAKING HYPHEN}": "-"}
)  # fmt: skip


class OutsideAlphabet(ValueError):
    """A character that the GSM 7-bit alphabet does not have."""


def simplified(written: str) -> str:
    """The same words in the GSM alphabet: an accent it lacks is dropped, and so is a sign it has no form for."""
    kept = []
    for character in unicodedata.normalize("NFC", written).translate(_TYPOGRAPHY):
        if character in _BASIC or character in _EXTENDED:
            kept.append(character)
        else:
            kept.extend(part for part in unicodedata.normalize("NFKD", character) if part in _BASIC)
    return "".join(kept)


def septets(written: str) -> int:
    """The length of a text in 7-bit units. Raises `OutsideAlphabet`."""
    length = 0
    for character in written:
        if character in _BASIC:
            length += 1
        elif character in _EXTENDED:
            length += 2
        else:
            raise OutsideAlphabet(f"U+{ord(character):04X} is not in the GSM 7-bit alphabet")
    return length


def segments(written: str) -> int:
    """How many SMS a text takes. Raises `OutsideAlphabet`."""
    length = septets(written)
    return 1 if length <= SEGMENT_SEPTETS else -(-length // _CONCATENATED_SEPTETS)
