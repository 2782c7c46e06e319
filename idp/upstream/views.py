"""What the pages of the slice show."""

from dataclasses import dataclass
from typing import ClassVar

from idp.foundation.texts import Text
from idp.web.pages import Page


@dataclass(frozen=True, slots=True)
class SetbackPage(Page):
    """A sign-in through an upstream that did not succeed, and the ways on in the same journey.

    `abandon` is there when an application waits for an answer.
    """

    template: ClassVar[str] = "upstream/setback.html"
    code: str
    message: Text
    way_on: str
    way_on_label: Text
    abandon: str | None
    reference: str


@dataclass(frozen=True, slots=True)
class ClaimedPage(Page):
    """An account with the same civil status exists: prove it, or open another."""

    template: ClassVar[str] = "upstream/claimed.html"
    provider: str
    sign_in: str
    sign_up: str


@dataclass(frozen=True, slots=True)
class LinkPage(Page):
    """The holder of that account has signed in: link it or not."""

    template: ClassVar[str] = "upstream/link.html"
    provider: str
    action: str
    names: str
