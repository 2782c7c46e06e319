"""Sentences: French in the source, translated where they are shown."""

import gettext

from idp.foundation.texts import LANGUAGES, Catalogue, Text, load_catalogue, text


class Known(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return {"Bonjour {name}": "Hello {name}", "monde": "world"}.get(message, message)


CATALOGUE = Catalogue({"fr": gettext.NullTranslations(), "en": Known()})


def test_a_sentence_is_said_in_the_language_of_whoever_reads_it() -> None:
    greeting = text("Bonjour {name}", name="Camille")
    assert CATALOGUE.translate(greeting, "fr") == "Bonjour Camille"
    assert CATALOGUE.translate(greeting, "en") == "Hello Camille"


def test_a_value_that_is_a_sentence_is_translated_too() -> None:
    assert CATALOGUE.translate(text("Bonjour {name}", name=text("monde")), "en") == "Hello world"


def test_what_has_no_translation_stays_french() -> None:
    assert CATALOGUE.translate(text("Inconnu"), "en") == "Inconnu"
    assert CATALOGUE.translate("monde", "de") == "monde"


def test_a_value_is_never_read_as_a_sentence() -> None:
    assert CATALOGUE.translate(text("Bonjour {name}", name="{secret} %s {0}"), "en") == "Hello {secret} %s {0}"


def test_braces_of_a_sentence_without_values_stay() -> None:
    assert CATALOGUE.translate(Text("{accolades}"), "fr") == "{accolades}"


def test_every_language_announced_has_a_catalogue() -> None:
    catalogue = load_catalogue()
    for language in LANGUAGES:
        assert catalogue.in_language(language) is not None
    assert catalogue.in_language("en") is not catalogue.in_language("fr")
    assert catalogue.translate("Se connecter", "en") == "Sign in"
