"""The rows of links and codes sent to prove an address or a number. A row is kept after use, so that reuse is seen."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from idp.foundation.database import metadata

activations = Table(
    "activations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", String(8), nullable=False),
    Column("destination", String(320), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("interaction_id", String(64), nullable=False),
    Column("client_id", String(255)),
    Column("browser_digest", String(64), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("used_at", BigInteger),
    Column("closed_at", BigInteger),
)
