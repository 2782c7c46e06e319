"""From the environment and a TOML file to `Settings`, or the list of everything wrong with them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints
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
    SignUp,
    Upstream,
)
from keys.ring import SIGNING_HELD

S = TypeVar("S")

PREFIX = "IDP_"
SECRET_LENGTH = 32
SHORTEST_CLIENT_SECRET = 16
SHORTEST_PASSWORD = 8
_ALIASES = {"IDP_SMTP_URL": ("mail", "url"), "IDP_SMS_URL": ("sms", "url")}
_UPSTREAM_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_NOT_SETTINGS = frozenset({"IDP_CONFIG", "IDP_SECRET_KEY_FILE"})
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class SettingsError(Exception):
    """The settings cannot be used. `problems` are sentences that each begin with the key."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Read and check every setting. Raises `SettingsError` naming all that is wrong at once."""
    if file is None and environ.get("IDP_CONFIG"):
        file = Path(environ["IDP_CONFIG"])
    document = _read_file(file) if file else {}
    merged, problems = _merge(document, environ)
    settings = _build(Settings, merged, "", problems)
    if settings is not None:
        problems += list(_contradictions(settings))
    if problems or settings is None:
        raise SettingsError(problems)
    return settings


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError([f"IDP_CONFIG: {file} cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise SettingsError([f"IDP_CONFIG: {file} is not a text in UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([f"IDP_CONFIG: {file} is not TOML ({error})"]) from error


def _merge(document: dict[str, Any], environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    merged = {key: dict(value) if isinstance(value, dict) else value for key, value in document.items()}
    problems: list[str] = []
    names = dict(_environment_names())
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable in _NOT_SETTINGS:
            continue
        path = names.get(variable)
        if path is None:
            problems.append(f"{variable}: unknown setting")
        elif len(path) == 1:
            merged[path[0]] = value
        elif isinstance(section := merged.setdefault(path[0], {}), dict):
            section[path[1]] = value
    if secret_file := environ.get("IDP_SECRET_KEY_FILE"):
        if "secret_key" in merged:
            problems.append("IDP_SECRET_KEY_FILE: set beside IDP_SECRET_KEY; keep one of them")
        try:
            merged["secret_key"] = Path(secret_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            problems.append(f"IDP_SECRET_KEY_FILE: {secret_file} cannot be read ({error.strerror})")
    return merged, problems


def _environment_names() -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from _ALIASES.items()
    for top, kind in get_type_hints(Settings).items():
        if is_dataclass(kind):
            for inner in fields(kind):
                yield f"{PREFIX}{top}_{inner.name}".upper(), (top, inner.name)
        elif top != "upstreams":
            yield f"{PREFIX}{top}".upper(), (top,)


def _build(kind: type[S], given: Mapping[str, Any], where: str, problems: list[str]) -> S | None:
    hints = get_type_hints(kind)
    known = {each.name: each for each in fields(cast(Any, kind))}
    before = len(problems)
    problems += [f"{where}{key}: unknown setting" for key in given if key not in known]
    values: dict[str, Any] = {}
    for name, spec in known.items():
        if name in given:
            values[name] = _convert(hints[name], given[name], f"{where}{name}", problems)
        elif spec.default is MISSING and spec.default_factory is MISSING:
            problems.append(f"{where}{name}: missing" + ("" if where else f"; set {PREFIX}{name.upper()}"))
    return kind(**values) if len(problems) == before else None


def _convert(kind: Any, value: Any, key: str, problems: list[str]) -> Any:
    if kind == tuple[Upstream, ...]:
        return _upstream_list(value, key, problems)
    if is_dataclass(kind) and isinstance(value, Mapping):
        return _build(cast(type[Any], kind), value, f"{key}.", problems)
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            problems.append(f"{key}: must be one of {', '.join(get_args(kind))}")
        return value
    converted = _words(value) if get_origin(kind) is tuple else _scalar(kind, value)
    if converted is None:
        problems.append(f"{key}: not a valid {_name(kind)}")
    return converted


def _words(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    return None


def _scalar(kind: type, value: Any) -> str | int | float | bool | None:
    if kind is bool:
        return value if isinstance(value, bool) else _WORDS.get(str(value).lower())
    if kind is str:
        return value if isinstance(value, str) else None
    if isinstance(value, bool) or kind not in {int, float}:
        return None
    try:
        return int(value) if kind is int else float(value)
    except (TypeError, ValueError):
        return None


def _name(kind: Any) -> str:
    return {str: "text", int: "whole number", float: "number", bool: "yes or no"}.get(kind, "list or section")


def _upstream_list(value: Any, key: str, problems: list[str]) -> tuple[Upstream, ...]:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        problems.append(f"{key}: write one [[upstreams]] section for each provider")
        return ()
    built = [_build(Upstream, each, f"{key}[{index}].", problems) for index, each in enumerate(value)]
    return tuple(each for each in built if each is not None)


def _contradictions(settings: Settings) -> Iterator[str]:
    yield from _issuer(settings)
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
    if settings.signin.per_address <= 0:
        yield "signin.per_address: must be positive"
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
    if lifetimes.exact_address > lifetimes.audit:
        yield "lifetimes.exact_address: longer than lifetimes.audit"


def _registration(registration: Registration) -> Iterator[str]:
    if registration.per_hour <= 0:
        yield "registration.per_hour: must be positive; applications are kept from registering by registration.mode"
    if unknown := sorted(set(registration.scopes) - set(SCOPES)):
        yield f"registration.scopes: not scopes of this provider: {', '.join(unknown)}"
    if registration.scopes and "openid" not in registration.scopes:
        yield "registration.scopes: must contain openid"
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
    if not _is_issuer(upstream.issuer):
        yield f"{key}.issuer: must be an https:// address without query nor final slash"
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


def _is_issuer(address: str) -> bool:
    """Whether this may be an issuer (OpenID Connect Discovery 1.0 section 3); http is for this machine alone."""
    parts = _split(address)
    local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    plain = not (parts.query or parts.fragment or parts.username or address.endswith("/"))
    return (parts.scheme == "https" or local) and bool(parts.hostname) and plain


def _issuer(settings: Settings) -> Iterator[str]:
    """OpenID Connect Discovery 1.0 section 3; http is for this machine alone."""
    parts = _split(settings.issuer)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        yield "issuer: must be an https:// address"
    elif parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        yield "issuer: http is accepted on this machine only; use https"
    if parts.query or parts.fragment or parts.username or settings.issuer.endswith("/"):
        yield "issuer: no query, fragment, user or final slash"
    if parts.path:
        yield "issuer: no path; give the provider a host name of its own"
