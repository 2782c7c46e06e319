"""Laying a message out, once in plain text and once in HTML, under the authority's name.

A letter is a few sentences, perhaps a list and one link. Only our own addresses are ever links, and a name that a mail
program could take for an address is left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from idp.foundation.settings import Brand, Settings
from idp.foundation.texts import Catalogue, Text, text
from idp.messages.message import Email
from idp.web.typography import typeset

_LAYOUTS = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates" / "messages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_NAME = re.compile(r"(?!.*\.\w)[^\W\d_](?:[^\W\d_]|[ .'’ʼ\-\u0300-\u036f]){0,79}")
"""Letters, and no letter just after a dot: no mail program makes a link of it."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every message carries: the authority, our address and the reader's language."""

    brand: Brand
    issuer: str
    catalogue: Catalogue
    locale: str = "fr"

    def say(self, sentence: Text) -> str:
        """The sentence in the reader's language."""
        return typeset(self.catalogue.translate(sentence, self.locale), self.locale)

    def own(self, link: str) -> str:
        """The link itself, once known to be ours. Raises `ValueError`: a message never leads elsewhere."""
        if not link.startswith(f"{self.issuer}/"):
            raise ValueError("a message links to the provider only")
        return link


def letterhead(settings: Settings, catalogue: Catalogue, locale: str) -> Letterhead:
    """The letterhead for a reader of that language."""
    return Letterhead(brand=settings.brand, issuer=settings.issuer, catalogue=catalogue, locale=locale)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message before it is laid out."""

    subject: Text
    paragraphs: Sequence[Text]
    given_name: str | None = None
    items: Sequence[str] = ()
    actions: Sequence[tuple[Text, str]] = ()
    afterwards: Sequence[Text] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    """A letter in the reader's language."""

    subject: str
    greeting: str
    paragraphs: Sequence[str]
    items: Sequence[str]
    actions: Sequence[tuple[str, str]]
    afterwards: Sequence[str]
    footer: Sequence[str]


def lay_out(head: Letterhead, letter: Letter) -> Email:
    """The letter in both forms."""
    greeting = text("Bonjour,")
    if letter.given_name and _NAME.fullmatch(letter.given_name):
        greeting = text("Bonjour {given_name},", given_name=letter.given_name)
    words = _Words(
        subject=head.say(letter.subject),
        greeting=head.say(greeting),
        paragraphs=[head.say(each) for each in letter.paragraphs],
        items=list(letter.items),
        actions=[(head.say(label), head.own(link)) for label, link in letter.actions],
        afterwards=[head.say(each) for each in letter.afterwards],
        footer=_footer(head),
    )
    copy_hint = head.say(text("Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :"))
    html = _LAYOUTS.get_template("letter.html").render(
        words=words, brand=head.brand, locale=head.locale, copy_hint=copy_hint
    )
    return Email(subject=words.subject, text=_plain(head, words), html=html, language=head.locale)


def _footer(head: Letterhead) -> list[str]:
    contact = " · ".join(filter(None, (head.brand.contact_phone, head.brand.contact_email)))
    lines = [text("{authority} ne vous demandera jamais votre mot de passe.", authority=head.brand.name)]
    if contact:
        lines.append(text("Une question ? {contact}", contact=contact))
    lines.append(text("Ce message est automatique : n'y répondez pas."))
    return [head.say(line) for line in lines]


def _plain(head: Letterhead, words: _Words) -> str:
    items = ["\n".join(f"- {item}" for item in words.items)] if words.items else []
    actions = [f"{head.say(text('{label} :', label=label))}\n{link}" for label, link in words.actions]
    signature = "\n".join(("-- ", head.brand.name, *words.footer))
    blocks = [words.greeting, *words.paragraphs, *items, *actions, *words.afterwards, signature]
    return "\n\n".join(blocks) + "\n"
