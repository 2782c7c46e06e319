"""What a form asks, said once: the same description draws the form, checks what was typed and says where it is kept.

A `Field` belongs to one place: the person, the organisation, an agreement, or nowhere (a box that only changes what is
asked). What a form does not ask is never read, so an extra control sent by a program changes nothing.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from idp.foundation.texts import Text, text

CHECKED = "1"


class Control(StrEnum):
    """How a field is drawn."""

    TEXT = "text"
    TEXTAREA = "textarea"
    EMAIL = "email"
    PHONE = "phone"
    SELECT = "select"
    COUNTRY = "country"
    CHECKBOX = "checkbox"
    URL = "url"


class Place(StrEnum):
    """Where an answer is kept."""

    PERSON = "person"
    ORGANISATION = "organisation"
    AGREEMENT = "agreement"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed, and what the rules need to know besides."""

    values: Mapping[str, str]
    today: date
    minimum_age: int

    def get(self, name: str) -> str:
        return self.values.get(name, "").strip()


Rule = Callable[[str, Filled], str | Text]


class Condition(Protocol):
    """Whether a field is asked, given what was typed."""

    def holds(self, filled: Filled) -> bool: ...


@dataclass(frozen=True, slots=True)
class When:
    """Asked while another field holds one of these answers. A script may show and hide by it."""

    field: str
    among: frozenset[str]

    def holds(self, filled: Filled) -> bool:
        return filled.get(self.field) in self.among


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `name` is its control's name and the key of its answer."""

    name: str
    label: Text
    rule: Rule
    control: Control = Control.TEXT
    place: Place = Place.PERSON
    required: bool = False
    missing: Text | None = None
    lifted_by: str = ""
    """A box that, ticked, makes the answer unnecessary."""
    when: Condition | None = None
    hint: Text | None = None
    autocomplete: str = ""
    inputmode: str = ""
    options: tuple[tuple[str, Text], ...] = ()
    vouched: bool = False
    """Civil status: never asked of someone for whom an identity provider vouches."""

    def is_asked(self, filled: Filled) -> bool:
        return self.when is None or self.when.holds(filled)

    def refusal_when_empty(self, filled: Filled) -> Text | None:
        """What to say when nothing was answered, or None when nothing is a valid answer."""
        if not self.required or (self.lifted_by and filled.get(self.lifted_by)):
            return None
        return self.missing or text("Ce champ est obligatoire.")


@dataclass(frozen=True, slots=True)
class Section:
    """Questions under one legend."""

    legend: Text
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of account and what is asked to open one."""

    name: str
    title: Text
    audience: Text
    sections: tuple[Section, ...]

    def fields(self) -> Iterator[Field]:
        for section in self.sections:
            yield from section.fields

    def asking(self, kept: Callable[[Field], bool]) -> "Profile":
        """The same with these questions only."""
        sections = (Section(each.legend, tuple(filter(kept, each.fields))) for each in self.sections)
        return Profile(self.name, self.title, self.audience, tuple(section for section in sections if section.fields))

    def of_vouched(self, known: Container[str]) -> "Profile":
        """What is still to be asked of someone for whom an identity provider vouches, given what it said."""
        return self.asking(lambda field: not field.vouched or (field.required and field.name not in known))


@dataclass(frozen=True, slots=True)
class Answers:
    """Normalised answers by place, or the refusals by field name, in the order of the form."""

    person: Mapping[str, str]
    organisation: Mapping[str, str]
    agreements: tuple[str, ...]
    refusals: Mapping[str, Text]


def check(fields: Iterable[Field], filled: Filled) -> Answers:
    """Judge every answer; all refusals are told at once."""
    kept: dict[Place, dict[str, str]] = {place: {} for place in Place}
    refusals: dict[str, Text] = {}
    for field in fields:
        if not field.is_asked(filled):
            continue
        answer = _answer(field, filled)
        if isinstance(answer, Text):
            refusals[field.name] = answer
        elif answer:
            kept[field.place][field.name] = answer
    return Answers(kept[Place.PERSON], kept[Place.ORGANISATION], tuple(kept[Place.AGREEMENT]), refusals)


def _answer(field: Field, filled: Filled) -> str | Text:
    typed = filled.get(field.name)
    if not typed:
        return field.refusal_when_empty(filled) or ""
    if field.options and typed not in {value for value, _ in field.options}:
        return field.missing or text("Choisissez une réponse de la liste.")
    return field.rule(typed, filled)
