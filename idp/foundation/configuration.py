"""From the environment and a TOML file to `Settings`, or the list of everything wrong with them."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from idp.foundation.coherence import contradictions
from idp.foundation.settings import Settings, Upstream

S = TypeVar("S")

PREFIX = "IDP_"
_ALIASES = {"IDP_SMTP_URL": ("mail", "url"), "IDP_SMS_URL": ("sms", "url")}
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
        problems += list(contradictions(settings))
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
