"""The rows of sign-ins under way at an upstream provider."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from idp.foundation.database import metadata

attempts = Table(
    "upstream_attempts",
    metadata,
    Column("state_digest", String(64), primary_key=True),
    Column("provider", String(64), nullable=False),
    Column("interaction_id", String(64), nullable=False),
    Column("browser_digest", String(64), nullable=False),
    Column("nonce_digest", String(64), nullable=False),
    Column("sealed_verifier", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("used_at", BigInteger),
    Index("ix_upstream_attempts_browser", "browser_digest", "created_at"),
)
"""One row for each press of an upstream's button, so that two tabs do not disturb each other; kept after its use, so
that a second return is recognised."""
