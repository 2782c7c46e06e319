"""Which characters a typed field may hold, and their one normal form.

Everything a person types is brought to NFC with single spaces. What cannot be seen (control, bidirectional and other
format characters, Unicode TR 36 section 3) is refused in every field: it forges headers, reverses what a clerk reads in
a list, and makes two names that look the same.
"""

import re
import unicodedata

from idp.foundation.texts import Text, text

INVISIBLE = text("Ce champ contient un caractère invisible. Effacez-le et tapez-le de nouveau.")

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SPACES = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_ENDS = re.compile(r"\r\n?|\n")


def tidy(value: str) -> str:
    """NFC, one space between words, none around."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", value)).strip()


def one_line(value: str) -> str:
    """A text typed over several lines, on one."""
    return tidy(_LINE_ENDS.sub(" ", value))


def has_unseen(value: str) -> bool:
    """Whether a character of the value shows nothing on a screen."""
    return any(unicodedata.category(character) in _UNSEEN for character in value)


def free_text(value: str, *, longest: int) -> str | Text:
    """A text of at most `longest` characters, or what to correct."""
    cleaned = one_line(value)
    if has_unseen(cleaned):
        return INVISIBLE
    if len(cleaned) > longest:
        return text("Ce texte est trop long : {longest} caractères au plus.", longest=longest)
    return cleaned


def ascii_digits(value: str) -> str:
    """Decimal digits of any script (full-width, Arabic-Indic…) as 0 to 9; the rest unchanged."""
    return "".join(_as_digit(character) for character in value)


def _as_digit(character: str) -> str:
    decimal = unicodedata.decimal(character, None)
    return character if decimal is None else str(decimal)


def folded(value: str) -> str:
    """Lower case without accents: to compare words as a person would, never to store them."""
    decomposed = unicodedata.normalize("NFKD", value.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def scripts(value: str) -> frozenset[str]:
    """The scripts of the letters, by the first word of their Unicode names (LATIN, CYRILLIC, GREEK…)."""
    return frozenset(unicodedata.name(letter, "UNNAMED").split()[0] for letter in value if letter.isalpha())
