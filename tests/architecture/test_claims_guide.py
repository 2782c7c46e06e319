"""The integrators' guide names every scope and every claim, and none that nobody is told."""

import re
from pathlib import Path

from idp.oidc.scopes import CLAIMS, SCOPES
from idp.oidc.verified_claims_request import CLAIMS as VERIFIED
from idp.sessions.session import LOCAL_ACR, UPSTREAM_ACR

GUIDE = (Path(__file__).parents[2] / "docs" / "integrators" / "claims.md").read_text(encoding="utf-8")
ASKING, _, ANSWERS = GUIDE.partition("## Each claim")
EACH, _, REST = ANSWERS.partition("In the ID token, beside")


def named(text: str, column: int) -> set[str]:
    """What the rows of a table name in a column."""
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([a-z_]+)`", row[column])}


def test_every_scope_is_there_and_every_claim_that_it_gives() -> None:
    assert named(ASKING, 1) == set(SCOPES)
    given = {claim for scope, claims in SCOPES.items() for claim in claims if claims != (scope,)}
    assert given <= named(ASKING, 2) <= set(CLAIMS)


def test_every_claim_is_explained_and_no_other() -> None:
    assert named(EACH, 1) == set(CLAIMS)


def test_what_may_be_verified_is_said() -> None:
    for claim in VERIFIED:
        assert f"`{claim}`" in REST.partition("## Verified claims")[2]


def test_every_level_is_explained() -> None:
    for level in (LOCAL_ACR, UPSTREAM_ACR, "eidas1", "eidas2", "eidas3"):
        assert f"`{level}`" in REST
