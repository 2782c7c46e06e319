"""What is said to people: French sentences, translated where they are shown.

French is the source language of the catalogue: a rule returns `text("Indiquez votre nom de naissance.")` and knows
nothing of the visitor's language. Catalogues are read from their `.po` sources at start.
"""

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "fr"
LANGUAGES = ("fr", "en")
_LOCALES = Path(__file__).parent.parent / "locale"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence and the values of its `{placeholders}`."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def text(msgid: str, /, **params: object) -> Text:
    """Mark a French sentence for translation; `text("Encore {n} essais.", n=3)`."""
    return Text(msgid, MappingProxyType(params))


class Catalogue:
    """Every translation, in memory."""

    def __init__(self, translations: Mapping[str, gettext.NullTranslations]) -> None:
        self._translations = translations

    def in_language(self, locale: str) -> gettext.NullTranslations:
        """The translations of a language, the French source where there are none."""
        return self._translations.get(locale) or self._translations[SOURCE_LANGUAGE]

    def translate(self, message: Text | str, locale: str) -> str:
        """The sentence in the visitor's language with its values filled in."""
        if isinstance(message, str):
            return self.in_language(locale).gettext(message)
        params = {
            name: self.translate(value, locale) if isinstance(value, Text) else value
            for name, value in message.params.items()
        }
        sentence = self.in_language(locale).gettext(message.msgid)
        return sentence.format(**params) if params else sentence


@cache
def load_catalogue() -> Catalogue:
    """Read the `.po` files that ship with the package, once in a process."""
    translations: dict[str, gettext.NullTranslations] = {SOURCE_LANGUAGE: gettext.NullTranslations()}
    for source in sorted(_LOCALES.glob("*/LC_MESSAGES/idp.po")):
        compiled = io.BytesIO()
        with source.open("rb") as file:
            write_mo(compiled, read_po(file, locale=source.parent.parent.name))
        compiled.seek(0)
        translations[source.parent.parent.name] = gettext.GNUTranslations(compiled)
    return Catalogue(translations)
