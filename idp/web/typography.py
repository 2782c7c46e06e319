"""How a sentence is set on a page: in French no line breaks before « : », « ; », « ! », « ? » or inside guillemets."""

import re
from functools import lru_cache

_BREAKS = re.compile(r" (?=[:;!?»])|(?<=«) ")


@lru_cache(maxsize=4096)
def set_in_french(sentence: str) -> str:
    """Hold these signs to the word they belong to, by a space that does not break."""
    return _BREAKS.sub("\N{NO-BREAK SPACE}", sentence)


def typeset(sentence: str, locale: str) -> str:
    """The sentence as its language sets it."""
    return set_in_french(sentence) if locale == "fr" else sentence
