"""The rows of what was asked by people who forgot how to sign in. A row is kept after use, so that reuse is seen."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from idp.foundation.database import metadata

recoveries = Table(
    "recoveries",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("browser_digest", String(64), nullable=False),
    Column("wish", String(16), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("contact", Text, nullable=False),  # sealed
    Column("contact_digest", String(64), nullable=False, index=True),
    Column("locale", String(8), nullable=False),
    Column("interaction_id", String(64)),
    Column("secret_digest", String(64), unique=True),
    Column("code_digest", String(64)),
    Column("tries", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, index=True),  # null once answered
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("proved_at", BigInteger),
    Column("used_at", BigInteger),
    Column("superseded_at", BigInteger),
)
"""`secret_digest`: of what proves the request, in a link or in the browser's cookie. Unknown contacts have rows too."""
