"""Every table of the provider says in docs/operators/privacy.md what of people it keeps, why and how long."""

import re
from dataclasses import fields
from pathlib import Path

from idp.foundation.database import metadata
from idp.foundation.settings import Lifetimes
from migrations import tables

PRIVACY = (Path(__file__).parents[2] / "docs" / "operators" / "privacy.md").read_text(encoding="utf-8")
KEEPING = {"pending_account", "inactive_account", "address_undo", "agreement_proof", "audit", "exact_address"}
"""The settings that say how long something about people stays."""


def test_every_table_is_in_the_table_of_retention() -> None:
    assert metadata in tables.METADATA
    named = set(re.findall(r"`([a-z_]+)`", PRIVACY))
    assert set(metadata.tables) - named == set()


def test_every_setting_of_retention_is_named() -> None:
    assert {each.name for each in fields(Lifetimes)} >= KEEPING
    assert [name for name in sorted(KEEPING) if f"IDP_LIFETIMES_{name.upper()}" not in PRIVACY] == []
