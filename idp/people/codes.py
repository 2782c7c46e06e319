"""Codes received by SMS and typed back."""

import re

from idp.people.characters import ascii_digits

LENGTH = 6
MOST_TRIES = 5
"""How many codes may be tried for one that was sent: with five codes a day, less than 1 chance in 10 000 to guess."""


def read_code(typed: str) -> str | None:
    """A code however it was typed: spaces, hyphens, digits of any script; None when it is not one."""
    code = re.sub(r"[\s\-.]", "", ascii_digits(typed))
    return code if re.fullmatch(rf"[0-9]{{{LENGTH}}}", code) else None
