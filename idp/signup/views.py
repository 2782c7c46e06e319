"""What the pages of sign-up and activation show."""

from dataclasses import dataclass
from typing import ClassVar

from idp.foundation.texts import Text
from idp.interactions.upstreams import UpstreamView
from idp.people.drawing import Options, SectionView
from idp.people.proving import SentView
from idp.web.forms import EMPTY, Form
from idp.web.pages import Page


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A kind of account, as a choice."""

    name: str
    title: Text
    audience: Text
    about: Text


@dataclass(frozen=True, slots=True)
class ChoicePage(Page):
    """« Je veux créer mon compte »: through another provider, or as one of three kinds of people."""

    template: ClassVar[str] = "signup/choice.html"
    upstreams: tuple[UpstreamView, ...]
    profiles: tuple[ProfileView, ...]


@dataclass(frozen=True, slots=True)
class FactView:
    """Something an identity provider vouches for: shown, and not to be changed."""

    label: Text
    value: str


@dataclass(frozen=True, slots=True)
class SignUpPage(Page):
    """The form. `vouched_by` names who answers for the civil status; no identifier nor password is then asked."""

    template: ClassVar[str] = "signup/form.html"
    profile: str
    title: Text
    sections: tuple[SectionView, ...]
    facts: tuple[FactView, ...]
    vouched_by: str | None
    password_length: int
    terms_version: str
    privacy_version: str
    inactive_months: int
    form: Form = EMPTY


@dataclass(frozen=True, slots=True)
class CancelPage(Page):
    """Something was typed: is it really to be given up? `typed` goes back to the form if not."""

    template: ClassVar[str] = "signup/cancel.html"
    profile: str
    typed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ActivationPage(Page):
    """The two ways to activate an account, and what was sent already."""

    template: ClassVar[str] = "signup/activation.html"
    identifier: str | None
    mobile: str
    mobile_country: str
    countries: Options
    email: str
    meant_email: str | None
    sms: SentView | None
    mail: SentView | None
    minutes: int
    hours: int
    form: Form = EMPTY


@dataclass(frozen=True, slots=True)
class LinkPage(Page):
    """What a link in an e-mail opens: a button, since mail scanners follow links."""

    template: ClassVar[str] = "signup/link.html"
    token: str


@dataclass(frozen=True, slots=True)
class ActivatedPage(Page):
    """The address is proved, in a browser that did not begin the journey: it is not signed in."""

    template: ClassVar[str] = "signup/activated.html"
    service: str | None
    way_on: str | None
