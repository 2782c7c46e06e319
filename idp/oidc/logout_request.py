"""What an application asks at the end-session endpoint: OpenID Connect RP-Initiated Logout 1.0 sections 2 and 3."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from sqlalchemy import Connection

from clients.client import Client
from idp.foundation.errors import BadRequest
from idp.foundation.texts import text
from idp.oidc import hints
from idp.oidc.hints import Hint
from idp.sessions.session import Session
from idp.web.endpoint import Call

KEPT = ("id_token_hint", "post_logout_redirect_uri", "state", "client_id")
"""The parameters that are asked again, and judged again, once the person has said yes."""
_LONGEST_STATE = 4_096


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A judged request: the hint, the application it proves or that names itself, where that may have the browser.

    `unproved`: it claims to come from an application, and nothing proves from which.
    """

    hint: Hint | None
    client: Client | None
    return_to: str | None
    unproved: bool = False

    @property
    def asking(self) -> str | None:
        """The identifier of the application that sent the person here: it signs them out of itself."""
        return self.client.client_id if self.client else None

    def is_about(self, session: Session) -> bool:
        """Whether the hint proves that the session to end is the one here: nobody is then asked anything."""
        return self.hint is not None and self.hint.session_id == session.id


NOBODY = LogoutRequest(None, None, None)
"""The person came by themselves."""
UNPROVED = LogoutRequest(None, None, None, unproved=True)
"""Somebody sent them, and it is not known who."""


def judge(connection: Connection, call: Call) -> LogoutRequest:
    """The hint may have expired; the address must be registered by the application that asks, to the letter.

    A hint that is not ours, or of an application that is no more, proves nothing, nor does an address that nobody is
    named for: the person is told so and asked, as if they had come by themselves, and goes nowhere afterwards. Raises
    `BadRequest`, shown on a page, for an address that is not registered.
    """
    sent = call.sent
    if doubled := sent.doubled():
        raise BadRequest("invalid_request", text("La demande est mal formée."), cause=f"doubled {doubled[0][:40]}")
    token = sent.get("id_token_hint")
    hint = hints.read(token, call.provider.keys_in_use(), call.provider.settings.issuer) if token else None
    client = _client(connection, call, hint) if hint or not token else None
    if client is not None:
        return LogoutRequest(hint, client, _return_address(call, client))
    return UNPROVED if token or sent.get("post_logout_redirect_uri") else NOBODY


def _client(connection: Connection, call: Call, hint: Hint | None) -> Client | None:
    named = call.sent.get("client_id")
    if hint is not None and named is not None and named != hint.client_id:
        raise BadRequest("invalid_request", text("La demande est mal formée."), cause="client_id is not the hint's")
    client_id = hint.client_id if hint else named
    client = call.provider.clients.client(connection, client_id, call.now) if client_id else None
    return client if client and not client.suspended else None


def _return_address(call: Call, client: Client) -> str | None:
    uri, state = call.sent.get("post_logout_redirect_uri"), call.sent.get("state")
    if uri is None:
        return None
    if not client.may_return_after_logout(uri):
        raise BadRequest(
            "post_logout_redirect_uri_not_registered",
            text("L'adresse de retour après la déconnexion n'est pas enregistrée."),
            cause=f"client {client.client_id}",
        )
    if state is None:
        return uri
    if len(state) > _LONGEST_STATE:
        raise BadRequest("invalid_request", text("La demande est mal formée."), cause="state too long")
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode({'state': state}, quote_via=quote)}"
