"""The rows of links and codes that change how a person is reached. A row is kept after use, so that reuse is seen."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from idp.foundation.database import metadata

contact_changes = Table(
    "contact_changes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("destination", String(320), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("tries", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("used_at", BigInteger),
    Column("closed_at", BigInteger),
)
"""`destination`: the address or number that following the link, or giving the code, makes the person's own."""
