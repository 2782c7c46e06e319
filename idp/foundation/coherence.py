"""What settings that are each well formed cannot be, or not together: judged at start, before the first visitor."""

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import partial
from urllib.parse import SplitResult, urlsplit

from clients.policy import SCOPES
from idp.foundation import capacity
from idp.foundation.outlets import mail_relay, sms_gateway, sms_sender
from idp.foundation.settings import (
    DELETION_WARNINGS,
    PROFILES,
    Keys,
    Lifetimes,
    Registration,
    Settings,
    SignIn,
    SignUp,
    Upstream,
)
from keys.ring import SIGNING_HELD

SECRET_LENGTH = 32
SHORTEST_CLIENT_SECRET = 16
SHORTEST_PASSWORD = 8
_UPSTREAM_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


def contradictions(settings: Settings) -> Iterator[str]:
    """What cannot be, or not together: sentences that each begin with the key, and never repeat a secret."""
    yield from (f"issuer: {fault}" for fault in _issuer_faults(settings.issuer))
    if _split(settings.issuer).path.strip("/"):
        yield "issuer: no path; give the provider a host name of its own"
    yield from capacity.refusals(settings)
    if len(settings.secret_key) < SECRET_LENGTH:
        yield f"secret_key: at least {SECRET_LENGTH} characters are needed; `openssl rand -base64 48` makes a good one"
    elif len(set(settings.secret_key)) < 10:
        yield "secret_key: too regular to be a secret"
    for lifetime in fields(settings.lifetimes):
        least = 0 if lifetime.name == "refresh_grace" else 1
        if getattr(settings.lifetimes, lifetime.name) < least:
            yield f"lifetimes.{lifetime.name}: must be positive"
    if settings.lifetimes.session_idle > settings.lifetimes.session:
        yield "lifetimes.session_idle: longer than lifetimes.session"
    yield from _retention(settings.lifetimes)
    yield from _keys(settings.keys)
    yield from _signin(settings.signin)
    yield from _signup(settings.signup)
    yield from _outlets(settings)
    yield from _registration(settings.registration)
    names = [each.name for each in settings.upstreams]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"upstreams: two are named {name}"
    for each in settings.upstreams:
        yield from _upstream(each)


def _keys(keys: Keys) -> Iterator[str]:
    if unknown := sorted(set(keys.signing) - set(SIGNING_HELD)):
        yield f"keys.signing: not among {', '.join(SIGNING_HELD)}: {', '.join(unknown)}"
    if "RS256" not in keys.signing:
        yield "keys.signing: must contain RS256, which every application may count on (OpenID Connect Core 15.1)"


def _signin(signin: SignIn) -> Iterator[str]:
    for limit in fields(signin):
        if getattr(signin, limit.name) <= 0:
            yield f"signin.{limit.name}: must be positive"


def _signup(signup: SignUp) -> Iterator[str]:
    if not signup.profiles or not set(signup.profiles) <= set(PROFILES):
        yield f"signup.profiles: one or more of {', '.join(PROFILES)}"
    if signup.password_length < SHORTEST_PASSWORD:
        yield f"signup.password_length: at least {SHORTEST_PASSWORD} (CNIL, délibération 2022-100)"
    if not 0 <= signup.minimum_age <= 18:
        yield "signup.minimum_age: between 0 and 18"


def _retention(lifetimes: Lifetimes) -> Iterator[str]:
    if lifetimes.inactive_account <= max(DELETION_WARNINGS):
        yield "lifetimes.inactive_account: the first warning leaves 60 days before the end"


def _registration(registration: Registration) -> Iterator[str]:
    if registration.per_hour <= 0:
        yield "registration.per_hour: must be positive; applications are kept from registering by registration.mode"
    if unknown := sorted(set(registration.scopes) - set(SCOPES)):
        yield f"registration.scopes: not scopes of this provider: {', '.join(unknown)}"
    if registration.scopes and "openid" not in registration.scopes:
        yield "registration.scopes: must contain openid"
    if registration.require_pkce and not registration.require_pkce_of_public:
        yield "registration.require_pkce_of_public: not before registration.require_pkce spares those that authenticate"
    if registration.statement_required and not registration.statement_keys_file:
        yield "registration.statement_required: without registration.statement_keys_file nobody's is accepted"


def _outlets(settings: Settings) -> Iterator[str]:
    """Where messages leave by. The reasons never repeat the address, which may hold a password."""
    checks = (
        ("mail.url", settings.mail.url, partial(mail_relay, plain_allowed=settings.mail.plain_allowed)),
        ("sms.url", settings.sms.url, sms_gateway),
        ("sms.sender", settings.sms.sender, sms_sender),
    )
    for key, value, check in checks:
        try:
            if value:
                check(value)
        except ValueError as error:
            yield f"{key}: {error}"


def _upstream(upstream: Upstream) -> Iterator[str]:
    """What would make an upstream fail at the first person, told at start instead."""
    key = f"upstreams.{upstream.name}"
    if not _UPSTREAM_NAME.fullmatch(upstream.name):
        yield f"{key}.name: lower-case letters, digits and hyphens only, since it stands in addresses"
    yield from (f"{key}.issuer: {fault}" for fault in _issuer_faults(upstream.issuer))
    if not upstream.client_id or len(upstream.client_secret) < SHORTEST_CLIENT_SECRET:
        yield f"{key}.client_secret: missing or shorter than {SHORTEST_CLIENT_SECRET} characters"
    if "openid" not in upstream.scopes:
        yield f"{key}.scopes: must contain openid"
    if upstream.kind == "franceconnect" and len(" ".join(upstream.acr_values)) > 64:
        yield f"{key}.acr_values: FranceConnect takes 64 characters at most"


def _split(address: str) -> SplitResult:
    """The parts of an address, none of them when it cannot be read."""
    try:
        parts = urlsplit(address)
        return parts if parts.port != 0 else urlsplit("")
    except ValueError:
        return urlsplit("")


def _issuer_faults(address: str) -> Iterator[str]:
    """OpenID Connect Discovery 1.0 section 3; http is for this machine alone."""
    parts = _split(address)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        yield "must be an https:// address"
    elif parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        yield "http is accepted on this machine only; use https"
    if parts.query or parts.fragment or parts.username or address.endswith("/"):
        yield "no query, fragment, user or final slash"
