"""Promises about the documentation that only a program keeps: every setting is there, every link leads somewhere."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_type_hints

import pytest

from idp.foundation.audit import Event
from idp.foundation.settings import Settings, Upstream

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "docs" / "operators" / "settings.md"
AUDIT = ROOT / "docs" / "operators" / "audit.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def names_of_settings() -> Iterator[str]:
    for top, kind in get_type_hints(Settings).items():
        if is_dataclass(kind):
            yield from (f"IDP_{top}_{inner.name}".upper() for inner in fields(kind))
        elif top != "upstreams":
            yield f"IDP_{top}".upper()
    yield from (f"upstreams.{inner.name}" for inner in fields(Upstream))
    yield from ("IDP_CONFIG", "IDP_SECRET_KEY_FILE", "IDP_SMTP_URL", "IDP_SMS_URL")


@pytest.mark.parametrize("name", sorted(set(names_of_settings())))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in SETTINGS.read_text(encoding="utf-8")


def test_nothing_is_documented_that_is_not_a_setting() -> None:
    documented = set(re.findall(r"^\| `(IDP_\w+|upstreams\.\w+)`", SETTINGS.read_text(encoding="utf-8"), re.MULTILINE))
    assert documented - set(names_of_settings()) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    targets = [target for target in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_every_audit_event_is_documented_and_nothing_else_is() -> None:
    documented = re.findall(r"^\| `([a-z_.]+)` \|", AUDIT.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(documented) == sorted(event.value for event in Event)
