"""What an authorization answer holds, and how it travels: OAuth 2.0 Multiple Response Type Encoding Practices.

Tokens in the front channel (implicit and hybrid flows) are refused unless the client registered them and the
authority's settings allow them (RFC 9700 section 2.1.2).
"""

from collections.abc import Mapping
from typing import Any

from clients.client import Client
from idp.foundation.provider import Provider
from idp.foundation.settings import Settings
from idp.oidc.errors import AuthorizationRefused
from idp.oidc.responses import MODES
from idp.web.parameters import Parameters

CODE_ALONE = ("code",)
FRONT_CHANNEL = ("id_token", "id_token token", "code id_token", "code token", "code id_token token")


def announced(provider: Provider) -> Mapping[str, Any]:
    """The member of the metadata document on what an answer may hold."""
    return {"response_types_supported": list(supported(provider.settings))}


def supported(settings: Settings) -> tuple[str, ...]:
    """The response types served."""
    return (*CODE_ALONE, *FRONT_CHANNEL) if settings.front_channel else CODE_ALONE


def default_mode(response_type: str | None) -> str:
    """How an answer travels unless asked otherwise: what holds a token never goes in a query (section 2.1)."""
    return "fragment" if {"token", "id_token"}.intersection((response_type or "").split(" ")) else "query"


def mode(sent: Parameters) -> str:
    """How the answer to this request travels, an error included, even when what was asked is not possible."""
    asked, default = sent.get("response_mode"), default_mode(sent.get("response_type"))
    if asked is None or asked not in MODES or (asked == "query" and default == "fragment"):
        return default
    return asked


def judge(sent: Parameters, client: Client, settings: Settings) -> str:
    """The response type, its words in our order. Raises `AuthorizationRefused`."""
    asked = sent.get("response_type")
    if asked is None:
        raise AuthorizationRefused("invalid_request", "response_type is missing")
    known = {frozenset(each.split(" ")): each for each in supported(settings)}
    words = asked.split(" ")
    found = known.get(frozenset(words)) if len(set(words)) == len(words) else None
    if found is None:
        raise AuthorizationRefused("unsupported_response_type", "response_type is not supported")
    if not client.allows_response_type(found) or not _allows_grants(client, found):
        raise AuthorizationRefused("unauthorized_client", "this client is not registered for this response_type")
    _judge_mode(sent, found)
    if "id_token" in found.split(" ") and sent.get("nonce") is None:
        raise AuthorizationRefused("invalid_request", "nonce is missing")
    return found


def _allows_grants(client: Client, response_type: str) -> bool:
    words = response_type.split(" ")
    by_code = "code" not in words or client.allows_grant("authorization_code")
    return by_code and (words == ["code"] or client.allows_grant("implicit"))


def _judge_mode(sent: Parameters, response_type: str) -> None:
    asked = sent.get("response_mode")
    if asked is None:
        return
    if asked not in MODES:
        raise AuthorizationRefused("invalid_request", "unknown response_mode")
    if asked == "query" and default_mode(response_type) == "fragment":
        raise AuthorizationRefused("invalid_request", "response_mode query does not carry tokens")
