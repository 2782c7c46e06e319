"""Judging an authorization request at the door (OpenID Connect Core 1.0 section 3.1.2, RFC 6749 4.1.1, RFC 7636).

Two stages, and the order matters: first who asks and where the answer may go (`recipient`; what is wrong there is
shown to the person and never redirected), then everything else (`validate`; what is wrong is told to the application).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from clients.client import Client
from idp.foundation.errors import BadRequest
from idp.foundation.provider import Provider
from idp.foundation.texts import LANGUAGES, text
from idp.interactions import levels
from idp.interactions.request import AuthorizationRequest
from idp.oidc import claims_request, pkce, response_types
from idp.oidc.errors import AuthorizationRefused
from idp.oidc.hints import hinted_subject
from idp.oidc.responses import ReturnAddress
from idp.oidc.scopes import SCOPES, covering
from idp.oidc.subjects import person_named
from idp.oidc.targets import REPEATABLE, interface_scopes, requested
from idp.web.parameters import Parameters

PROMPTS = ("none", "login", "consent", "select_account", "create")
_BASE64URL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_LONGEST_VALUE = 4_096
_LONGEST_MAX_AGE = 18
_LONGEST_LOCALES = 200
NOBODY = "-"
"""Stands for a person that an application names and who is nobody here: whoever comes is someone else."""


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on how a request may steer the sign-in."""
    return {
        "acr_values_supported": list(levels.announced(provider.settings)),
        "prompt_values_supported": list(PROMPTS),
        "display_values_supported": ["page", "popup", "touch", "wap"],
        "ui_locales_supported": list(LANGUAGES),
    }


@dataclass(frozen=True, slots=True)
class Recipient:
    """A proved client and the address it is answered at."""

    client: Client
    address: ReturnAddress


def recipient(sent: Parameters, client: Client | None) -> Recipient:
    """Who asks, and where the answer goes. Raises `BadRequest`, which is shown on a page and never redirected."""
    unambiguous(sent, {"client_id", "redirect_uri"})
    known, redirect_uri = proved(client, sent.get("redirect_uri"))
    state = sent.get("state") if "state" not in sent.doubled() else None
    return Recipient(known, ReturnAddress(redirect_uri, response_types.mode(sent), state))


def unambiguous(sent: Parameters, names: Collection[str]) -> None:
    """Raise `BadRequest`, shown on a page, when one of these names is sent twice: nobody can then be told."""
    if doubled := set(names).intersection(sent.doubled()):
        raise _page("invalid_request", f"doubled {', '.join(sorted(doubled))}")


def proved(client: Client | None, redirect_uri: str | None) -> tuple[Client, str]:
    """The client and its address, when it may be used and be answered there. Raises `BadRequest`, shown on a page.

    Asked again when the answer leaves: the client may have been suspended, or amended, during the journey.
    """
    if client is None or client.suspended:
        raise BadRequest("unknown_client", text("L'application qui vous envoie n'est pas connue de ce service."))
    if redirect_uri is None:
        raise _page("redirect_uri_missing", f"client {client.client_id} sent no redirect_uri")
    if not client.may_return_to(redirect_uri):
        raise BadRequest(
            "redirect_uri_not_registered",
            text("L'adresse de retour de l'application n'est pas enregistrée. Prévenez le service d'où vous venez."),
            cause=f"client {client.client_id}",
        )
    return client, redirect_uri


def _page(code: str, cause: str) -> BadRequest:
    return BadRequest(
        code, text("L'application qui vous envoie a fait une demande incomplète ou ambiguë."), cause=cause
    )


def validate(connection: Connection, sent: Parameters, to: Recipient, provider: Provider) -> AuthorizationRequest:
    """The frozen request. Raises `AuthorizationRefused` with the specification's error for whatever is wrong."""
    _check_form(sent)
    client = to.client
    response_type = response_types.judge(sent, client, provider.settings)
    claims = claims_request.parse(sent.get("claims"))
    prompt = _prompt(sent)
    words = response_type.split(" ")
    own = _scope(sent, client, prompt, with_code="code" in words)
    scope = (*own, *interface_scopes(connection, client.may_ask(sent.get("scope") or "")))
    if not scope:
        raise AuthorizationRefused("invalid_scope", "no scope that this client may ask")
    if "id_token" in words and "openid" not in scope:
        raise AuthorizationRefused("invalid_scope", "an ID token is for those who ask the scope openid")
    request = AuthorizationRequest(
        client_id=client.client_id,
        redirect_uri=to.address.redirect_uri,
        response_type=response_type,
        response_mode=to.address.mode,
        scope=scope,
        state=to.address.state,
        nonce=sent.get("nonce"),
        code_challenge=pkce.challenge(sent, client, with_code="code" in words),
        prompt=prompt,
        max_age=_max_age(sent, client),
        login_hint=(sent.get("login_hint") or "")[:255] or None,
        ui_locales=(sent.get("ui_locales") or "")[:_LONGEST_LOCALES] or None,
        hinted_person=_expected_person(connection, sent, client, provider, claims),
        acr_values=tuple((sent.get("acr_values") or "").split()) or client.default_acr_values,
        claims=claims,
        asks=covering(client, scope, claims),
        resources=requested(connection, sent, client, scope, provider.settings.issuer),
    )
    if request.essential_acr() and levels.attainable(provider.settings).isdisjoint(request.essential_acr()):
        raise AuthorizationRefused("unmet_authentication_requirements", "no sign-in here reaches a level required")
    return request


def _check_form(sent: Parameters) -> None:
    if doubled := sent.doubled(REPEATABLE):
        raise AuthorizationRefused("invalid_request", f"parameter sent twice: {_printable(doubled[0])}")
    if "request_uri" in sent:
        raise AuthorizationRefused(
            "invalid_request_uri", "request_uri is not registered, or what it names was not read"
        )
    if "registration" in sent:
        raise AuthorizationRefused("registration_not_supported", "registration is not supported")
    for name in ("state", "nonce", "scope", "acr_values"):
        if len(sent.get(name) or "") > _LONGEST_VALUE:
            raise AuthorizationRefused("invalid_request", f"{name} is longer than {_LONGEST_VALUE} characters")


def _printable(name: str) -> str:
    return "".join(letter for letter in name[:40] if letter in _BASE64URL)


def _scope(sent: Parameters, client: Client, prompt: tuple[str, ...], *, with_code: bool) -> tuple[str, ...]:
    """What of the asked scope is about the person, and the client may have, in the order of our table.

    `offline_access` needs a code to exchange, and a person's consent (section 11): an application that is not the
    authority's own has to ask for it with `prompt=consent`. Where one is missing it is left out.
    """
    allowed = client.may_ask(sent.get("scope") or "")
    lasts = with_code and client.allows_grant("refresh_token") and (client.first_party or "consent" in prompt)
    if not lasts:
        allowed -= {"offline_access"}
    return tuple(scope for scope in SCOPES if scope in allowed)


def _prompt(sent: Parameters) -> tuple[str, ...]:
    asked = tuple((sent.get("prompt") or "").split())
    if any(value not in PROMPTS for value in asked):
        raise AuthorizationRefused("invalid_request", "unknown prompt value")
    if "none" in asked and len(asked) > 1:
        raise AuthorizationRefused("invalid_request", "prompt none stands alone")
    return asked


def _max_age(sent: Parameters, client: Client) -> int | None:
    asked = sent.get("max_age")
    if asked is None:
        return client.default_max_age
    if not asked.isascii() or not asked.isdigit() or len(asked) > _LONGEST_MAX_AGE:
        raise AuthorizationRefused("invalid_request", "max_age is not a number of seconds")
    return int(asked)


def _expected_person(
    connection: Connection,
    sent: Parameters,
    client: Client,
    provider: Provider,
    claims: Mapping[str, Mapping[str, Any]],
) -> str | None:
    """The one person the application accepts, whether an `id_token_hint` or the `claims` parameter names them."""
    ring, issuer = provider.keys_in_use(), provider.settings.issuer
    hinted = hinted_subject(sent.get("id_token_hint"), client, ring, issuer)
    claimed = claims_request.expected_subject(claims)
    if hinted is not None and claimed is not None and hinted != claimed:
        raise AuthorizationRefused("invalid_request", "id_token_hint and claims name two different people")
    named = hinted or claimed
    return None if named is None else person_named(connection, provider, client, named) or NOBODY
