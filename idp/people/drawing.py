"""Drawing the questions of a profile in the visitor's language."""

from collections.abc import Callable
from dataclasses import dataclass

from idp.foundation.texts import Text, text
from idp.people import choices
from idp.people.addresses import FRANCE
from idp.people.fields import Control, Field, Filled, Profile, When

Say = Callable[[Text], str]
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FieldView:
    """A question, in the visitor's language. A script shows it while `when` holds one of `among`."""

    name: str
    label: str
    control: Control
    required: bool
    hint: str
    autocomplete: str
    inputmode: str
    options: Options
    value: str
    when: str
    among: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """Questions under one legend."""

    legend: str
    fields: tuple[FieldView, ...]


def draw(profile: Profile, filled: Filled, say: Say, locale: str) -> tuple[SectionView, ...]:
    """The sections of a form. A question that no script can show or hide is drawn only when it is asked."""
    return tuple(
        SectionView(
            say(section.legend),
            tuple(
                _field(field, say, locale)
                for field in section.fields
                if isinstance(field.when, When) or field.is_asked(filled)
            ),
        )
        for section in profile.sections
    )


def _field(field: Field, say: Say, locale: str) -> FieldView:
    when = field.when if isinstance(field.when, When) else None
    return FieldView(
        name=field.name,
        label=say(field.label),
        control=field.control,
        required=field.required and field.when is None,
        hint=say(field.hint) if field.hint else "",
        autocomplete=field.autocomplete,
        inputmode=field.inputmode,
        options=_options(field, say, locale),
        value=FRANCE if field.control is Control.COUNTRY and field.when is None else "",
        when=when.field if when else "",
        among=" ".join(sorted(when.among)) if when else "",
    )


def _options(field: Field, say: Say, locale: str) -> Options:
    if field.control is Control.PHONE:
        return choices.calling_countries(locale)
    if field.control is Control.COUNTRY:
        return (("", say(text("Choisissez"))), *choices.countries(locale))
    if field.control is not Control.SELECT:
        return ()
    nothing = text("Choisissez") if field.required else text("Ne pas répondre")
    return (("", say(nothing)), *((value, say(label)) for value, label in field.options))
