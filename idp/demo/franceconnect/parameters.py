"""FranceConnect's strict filters, before its engine: an unknown parameter is a dead end, never a redirect."""

import json
import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, urlsplit

Pairs = Sequence[tuple[str, str]]

_AUTHORIZE_REQUIRED = ("client_id", "response_type", "redirect_uri", "scope", "state", "nonce", "acr_values")
_AUTHORIZE_OPTIONAL = ("claims", "prompt", "idp_hint", "ui_locales")
_LOGOUT_ALLOWED = ("id_token_hint", "post_logout_redirect_uri", "state", "client_id", "logout_hint", "ui_locales")
_PROMPTS = frozenset({"login", "consent"})
_NONCE_LENGTH = 22
_ACR_LENGTH = 64
_BODY_LIMIT = 16_384
_URL = re.compile(r"https?://[^\s\\]+")


def pairs(encoded: bytes) -> Pairs:
    """The parameters of a query or of a form, in order, empty ones kept. Raises ValueError beyond 16 KB."""
    if len(encoded) > _BODY_LIMIT:
        raise ValueError("too large")
    return parse_qsl(encoded.decode("utf-8"), keep_blank_values=True)


def refused_authorization(parameters: Pairs) -> str | None:
    """Why FranceConnect answers this authorization request by its page Y030007, or None when it is well formed."""
    return next(_authorization_faults(parameters), None)


def refused_logout(parameters: Pairs) -> str | None:
    """Why FranceConnect answers this logout request by its page Y000400, or None when it is well formed."""
    return next(_logout_faults(parameters), None)


def _authorization_faults(parameters: Pairs) -> Iterator[str]:
    yield from _foreign(parameters, (*_AUTHORIZE_REQUIRED, *_AUTHORIZE_OPTIONAL))
    values = dict(parameters)
    if missing := [name for name in _AUTHORIZE_REQUIRED if not values.get(name)]:
        yield f"missing parameter: {', '.join(missing)}"
    if not is_url(values["redirect_uri"]):
        yield "redirect_uri is not a URL"
    if len(values["nonce"]) < _NONCE_LENGTH:
        yield "nonce is shorter than 22 characters"
    if len(values["acr_values"]) > _ACR_LENGTH:
        yield "acr_values is longer than 64 characters"
    if "prompt" in values and not _PROMPTS.issuperset(values["prompt"].split(" ")):
        yield "prompt is not made of login and consent"


def _logout_faults(parameters: Pairs) -> Iterator[str]:
    yield from _foreign(parameters, _LOGOUT_ALLOWED)
    values = dict(parameters)
    if not values.get("id_token_hint"):
        yield "missing parameter: id_token_hint"
    if "post_logout_redirect_uri" in values and not is_url(values["post_logout_redirect_uri"]):
        yield "post_logout_redirect_uri is not a URL"


def _foreign(parameters: Pairs, allowed: Sequence[str]) -> Iterator[str]:
    names = [name for name, _ in parameters]
    if len(set(names)) != len(names):
        yield "a parameter is given twice"
    if unknown := set(names) - set(allowed):
        yield f"unknown parameter: {', '.join(sorted(unknown))}"


def is_url(value: str) -> bool:
    """Whether this is an absolute web address (the simulation takes a host without a top-level domain)."""
    return bool(_URL.fullmatch(value)) and bool(urlsplit(value).hostname)


def asks_amr(claims: str) -> bool:
    """Whether the `claims` parameter asks for `amr` in the ID token. Raises ValueError when it cannot be read."""
    try:
        return "amr" in (json.loads(claims or "{}").get("id_token") or {})
    except (AttributeError, TypeError) as error:
        raise ValueError("claims is not an object of objects") from error
