"""What the sign-in page shows."""

from dataclasses import dataclass
from typing import ClassVar

from idp.foundation.texts import Text
from idp.interactions.upstreams import UpstreamView
from idp.web.forms import EMPTY, Form
from idp.web.pages import Page


@dataclass(frozen=True, slots=True)
class SignInPage(Page):
    """The two ways in, and the way to an account."""

    template: ClassVar[str] = "signin/sign_in.html"
    upstreams: tuple[UpstreamView, ...]
    form: Form = EMPTY
    notice: Text | None = None
