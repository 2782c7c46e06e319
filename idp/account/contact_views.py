"""What the pages show where a person changes how they are reached."""

from dataclasses import dataclass
from typing import ClassVar

from idp.people.drawing import Options
from idp.people.proving import SentView
from idp.web.forms import Form
from idp.web.pages import Page


@dataclass(frozen=True, slots=True)
class EmailPage(Page):
    """The address in force, the one that waits, and the form for another. A link lives `hours`."""

    template: ClassVar[str] = "account/email.html"
    address: str | None
    verified: bool
    pending: SentView | None
    meant: str | None
    hours: int
    form: Form


@dataclass(frozen=True, slots=True)
class MobilePage(Page):
    """The number in force, the one that waits for its code, and the form for another. A code lives `minutes`."""

    template: ClassVar[str] = "account/mobile.html"
    number: str | None
    verified: bool
    pending: SentView | None
    country: str
    countries: Options
    minutes: int
    form: Form


@dataclass(frozen=True, slots=True)
class ProofPage(Page):
    """What the link sent to a new address opens: a button, since mail scanners follow links."""

    template: ClassVar[str] = "account/proof.html"
    action: str
    address: str


@dataclass(frozen=True, slots=True)
class ProvedPage(Page):
    """The new address is in force."""

    template: ClassVar[str] = "account/proved.html"


@dataclass(frozen=True, slots=True)
class RestorePage(Page):
    """What the link sent to a former address opens: what putting it back does, and the button."""

    template: ClassVar[str] = "account/restore.html"
    action: str
    address: str


@dataclass(frozen=True, slots=True)
class RestoredPage(Page):
    """The former address is the account's again; a password is to be chosen."""

    template: ClassVar[str] = "account/restored.html"
