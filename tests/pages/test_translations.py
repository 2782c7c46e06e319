"""Whatever French sentence a person may read has its English translation, and nothing else is in the catalogue."""

import string
from functools import cache

from babel.messages.catalog import Message

from tests.pages.catalogue import english, extracted, identity, translations


@cache
def said() -> dict[tuple[str, ...], Message]:
    return {identity(message): message for message in extracted() if message.id}


@cache
def translated() -> dict[tuple[str, ...], Message]:
    return {identity(message): message for message in english() if message.id}


def names(sentence: str) -> set[str]:
    """The placeholders of a sentence."""
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name is not None}


def test_every_sentence_is_translated() -> None:
    missing = [source for source in said() if source not in translated() or not all(translations(translated()[source]))]
    assert not missing, "run `python -m tests.pages.catalogue` and translate what is empty"


def test_no_translation_is_of_a_sentence_nobody_says() -> None:
    stale = translated().keys() - said().keys()
    assert not stale, "run `python -m tests.pages.catalogue`"


def test_translations_are_sure() -> None:
    assert not [source for source, message in translated().items() if message.fuzzy]


def test_translations_fill_in_the_same_values() -> None:
    for source, message in translated().items():
        wanted = names(source[-1])
        for translation in translations(message):
            given = names(translation)
            assert given <= wanted | {"n"}, f"{translation} has a placeholder that {source} has not"
            assert given >= wanted - {"n"}, f"{translation} lost a placeholder of {source}"
