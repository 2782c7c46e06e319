"""Sending the answer back to the application, in each response mode, always with `iss` (RFC 9207).

OAuth 2.0 Multiple Response Type Encoding Practices section 2.1 (query, fragment); OAuth 2.0 Form Post Response Mode.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from urllib.parse import quote, urlencode

from starlette.responses import Response

from clients.redirects import origin
from idp.foundation.provider import Provider
from idp.interactions.request import AuthorizationRequest
from idp.oidc.errors import OAuthProblem
from idp.web.endpoint import Call
from idp.web.pages import Frame, Page, redirect, render


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on how an answer travels, and what each says (RFC 9207 section 3)."""
    return {"response_modes_supported": list(MODES), "authorization_response_iss_parameter_supported": True}


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """Where an answer goes, proved to belong to the client; how, and the `state` it must carry back untouched."""

    redirect_uri: str
    mode: str
    state: str | None

    @classmethod
    def of(cls, request: AuthorizationRequest) -> Self:
        return cls(request.redirect_uri, request.response_mode, request.state)


@dataclass(frozen=True, slots=True)
class FormPostPage(Page):
    """The answer as a form that a script, or a button, posts to the application."""

    template: ClassVar[str] = "oidc/form_post.html"
    action: str
    parameters: Mapping[str, str]


def respond(call: Call, to: ReturnAddress, parameters: Mapping[str, str]) -> Response:
    """Send the parameters to the application through the browser."""
    answer = {**parameters, "iss": call.provider.settings.issuer}
    if to.state is not None:
        answer["state"] = to.state
    return MODES[to.mode](call, to.redirect_uri, answer)


def _query(_: Call, redirect_uri: str, answer: Mapping[str, str]) -> Response:
    separator = "&" if "?" in redirect_uri else "?"
    return redirect(f"{redirect_uri}{separator}{_encoded(answer)}")


def _fragment(_: Call, redirect_uri: str, answer: Mapping[str, str]) -> Response:
    return redirect(f"{redirect_uri}#{_encoded(answer)}")


def _form_post(call: Call, redirect_uri: str, answer: Mapping[str, str]) -> Response:
    frame = Frame(form_action=(origin(redirect_uri),))
    # `same-origin` would have the form arrive with `Origin: null`, which strict applications refuse
    headers = {"Referrer-Policy": "strict-origin"}
    return render(call, FormPostPage(redirect_uri, answer), frame=frame, headers=headers)


MODES: Mapping[str, Callable[[Call, str, Mapping[str, str]], Response]] = {
    "query": _query,
    "fragment": _fragment,
    "form_post": _form_post,
}
"""How an answer travels to a `redirect_uri`."""


def _encoded(answer: Mapping[str, str]) -> str:
    """A space is %20, which reads the same to those who decode a form and to those who decode an address."""
    return urlencode(answer, quote_via=quote)


def refuse(call: Call, to: ReturnAddress, problem: OAuthProblem, beside: Mapping[str, str]) -> Response:
    """Tell the application, at an address that is proved to be its own, that it is refused, and what is told beside."""
    return respond(call, to, {**problem.document(), **beside})
