"""A form as it is shown again: what was typed, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from idp.foundation.texts import Text
from idp.web.parameters import Parameters

_SECRET_FIELDS = frozenset({"password", "password_again", "current_password", "new_password", "code", "csrf"})
WHOLE = "form"
"""The key of a message about the form as a whole."""


@dataclass(frozen=True, slots=True)
class Form:
    """Values by field, and one message by refused field, in the order of the page."""

    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    errors: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str) -> Text | None:
        return self.errors.get(name)


EMPTY = Form()


def again(sent: Parameters, errors: Mapping[str, Text]) -> Form:
    """The form to show again: nothing typed is lost, but for what is secret."""
    return Form({name: value for name, value in sent.values().items() if name not in _SECRET_FIELDS}, errors)
