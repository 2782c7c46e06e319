"""What the pages of a person's own space show."""

from dataclasses import dataclass
from typing import ClassVar

from idp.foundation.texts import Text
from idp.interactions.upstreams import UpstreamView
from idp.people.drawing import SectionView
from idp.web.forms import Form
from idp.web.pages import Page


@dataclass(frozen=True, slots=True)
class FactView:
    """One thing known of the person. `verified` is None where nothing is to be proved."""

    label: Text
    value: Text | str
    verified: bool | None = None


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application the person uses. `allowed`: what they agreed to let it know, where it had to ask."""

    client_id: str
    name: str
    uri: str | None
    last_used: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class SessionView:
    """A signed-in browser of the person."""

    id: str
    device: Text
    handheld: bool
    address: str
    since: str
    last_seen: str
    here: bool


@dataclass(frozen=True, slots=True)
class LinkView:
    """An account elsewhere that opens this one."""

    id: str
    name: str
    since: str
    removable: bool


@dataclass(frozen=True, slots=True)
class AccountPage(Page):
    """Who I am, what I use, where I am signed in, what I agreed to. `vouched_by`: who answers for the civil status.

    `pending` are contacts that wait to be proved; `represents`: whether the profile is that of an organisation;
    `linkable`: whether another account elsewhere may be linked.
    """

    template: ClassVar[str] = "account/home.html"
    given_names: str
    identity: tuple[FactView, ...]
    vouched_by: str | None
    contacts: tuple[FactView, ...]
    pending: tuple[FactView, ...]
    represents: bool
    organisation: tuple[FactView, ...]
    applications: tuple[ApplicationView, ...]
    sessions: tuple[SessionView, ...]
    links: tuple[LinkView, ...]
    linkable: bool
    identifier: str | None
    password_since: str | None
    form: Form
    done: Text | None


@dataclass(frozen=True, slots=True)
class QuestionsPage(Page):
    """Questions of one's profile, asked again. `locked` is what somebody vouches for: shown, and not to be changed."""

    template: ClassVar[str] = "account/questions.html"
    title: Text
    action: str
    sections: tuple[SectionView, ...]
    locked: tuple[FactView, ...]
    vouched_by: str | None
    form: Form


@dataclass(frozen=True, slots=True)
class ConnectPage(Page):
    """The providers that may be linked to the account, each with its button."""

    template: ClassVar[str] = "account/connect.html"
    upstreams: tuple[UpstreamView, ...]


@dataclass(frozen=True, slots=True)
class PasswordPage(Page):
    """Changing one's password, or adding one to an account that has none. Without an identifier, one is chosen too."""

    template: ClassVar[str] = "account/password.html"
    form: Form
    has_password: bool
    identifier: str | None
    password_length: int


@dataclass(frozen=True, slots=True)
class TermsRenewalPage(Page):
    """The terms, or the information on personal data, changed: the boxes `asked` are to be ticked again."""

    template: ClassVar[str] = "account/terms.html"
    terms_version: str
    privacy_version: str
    asked: tuple[str, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class DeletionPage(Page):
    """What deleting the account means, before it is done."""

    template: ClassVar[str] = "account/deletion.html"
    form: Form
    applications: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FarewellPage(Page):
    """The account is deleted, and the person signed out of everything."""

    template: ClassVar[str] = "account/farewell.html"
