"""What the pages of recovery show."""

from dataclasses import dataclass
from typing import ClassVar

from idp.foundation.texts import Text
from idp.web.forms import EMPTY, Form
from idp.web.pages import Page


@dataclass(frozen=True, slots=True)
class ForgottenPage(Page):
    """What was forgotten, and where to write. `notice` says why the visitor is here again."""

    template: ClassVar[str] = "signin/forgotten.html"
    form: Form = EMPTY
    notice: Text | None = None


@dataclass(frozen=True, slots=True)
class SentPage(Page):
    """The same words for everybody, and the code's field when a number was given. `contact` is what was typed."""

    template: ClassVar[str] = "signin/forgotten_sent.html"
    recovery_id: str
    contact: str
    by_sms: bool
    minutes: int
    form: Form = EMPTY


@dataclass(frozen=True, slots=True)
class OtherWayView:
    """Something else tied to an account, as a box named `field` that takes it away."""

    field: str
    label: Text


@dataclass(frozen=True, slots=True)
class ResetPage(Page):
    """The new password; which account (id and name) it is for, when several share the contact; what else is tied."""

    template: ClassVar[str] = "signin/reset.html"
    accounts: tuple[tuple[str, str], ...]
    password_length: int
    ways: tuple[OtherWayView, ...]
    form: Form = EMPTY


@dataclass(frozen=True, slots=True)
class RecoveredPage(Page):
    """The end: the password was changed, or here are the identifiers."""

    template: ClassVar[str] = "signin/reset_done.html"
    identifiers: tuple[str, ...] = ()
