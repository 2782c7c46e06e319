"""The sentences that people read, found in templates and rules, and the catalogue of their translations.

`python -m tests.pages.catalogue` brings the catalogue up to date: new sentences come without a translation, to be
written; those no longer said are removed.
"""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import idp

Found = tuple[int, None, str, list[str]]
PACKAGE = Path(idp.__file__).parent
ENGLISH = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "idp.po"
SOME_DAY = datetime(2026, 11, 24, tzinfo=UTC)
"""The date written in the file: were it today's, two people who add a sentence would always conflict."""
KEYWORDS = {"_": None, "ngettext": (1, 2)}
METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("templates/**.txt", "jinja2.ext:babel_extract")]
METHODS += [("**.py", "tests.pages.catalogue:sentences_of_rules")]
OPTIONS = {"templates/**": {"silent": "false", "trimmed": "false"}}


def sentences_of_rules(file: IO[bytes], _keywords: object, _tags: object, options: object) -> Iterator[Found]:
    """The sentences of a Python module: what it gives to `text`, where that name is ours and not SQLAlchemy's."""
    source = file.read()
    if b"idp.foundation.texts import" not in source:
        return
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "text":
            sentence = ast.literal_eval(call.args[0])
            yield call.lineno, None, sentence, []


def extracted() -> Catalog:
    """Every sentence marked for translation, and the files that say it."""
    found = Catalog(
        locale="en",
        header_comment="# English translation of Laissez-passer. French is the source language.",
        project="Laissez-passer",
        version="1",
        last_translator="the Laissez-passer maintainers",
        language_team="English",
        msgid_bugs_address="the Laissez-passer maintainers",
        fuzzy=False,
    )
    for name, _line, message, _comments, _context in extract_from_dir(PACKAGE, METHODS, OPTIONS, KEYWORDS):
        found.add(message, locations=[(f"idp/{Path(name).as_posix()}", 0)])
    return found


def english() -> Catalog:
    """The English translations."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def identity(message: Message) -> tuple[str, ...]:
    """A sentence's source, singular and plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translations(message: Message) -> tuple[str, ...]:
    """A sentence's translation, singular and plural; empty where one is missing."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def main() -> None:
    """Write the catalogue with today's sentences and what is already translated."""
    known = {identity(message): message.string for message in english()} if ENGLISH.exists() else {}
    fresh = extracted()
    for message in fresh:
        if message.id and identity(message) in known:
            message.string = known[identity(message)]
        message.locations = sorted({(path, 0) for path, _line in message.locations})
    fresh.revision_date = fresh.creation_date = SOME_DAY
    with ENGLISH.open("wb") as file:
        write_po(file, fresh, width=110, sort_output=True, include_lineno=False, omit_header=False)


if __name__ == "__main__":
    main()
