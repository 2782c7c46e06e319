"""The rows of journeys under way, and of what people allowed applications to know."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, String, Table, Text

from idp.foundation.database import metadata

interactions = Table(
    "interactions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("reason", String(16), nullable=False),
    Column("browser_digest", String(64), nullable=False),
    Column("request", JSON),
    Column("target", String(255), nullable=False),
    Column("max_age", BigInteger),
    Column("session_id", String(64)),
    Column("authenticated_at", BigInteger),
    Column("pending_person_id", String(64)),
    Column("vouched", JSON),
    Column("consented_at", BigInteger),
    Column("denied", Boolean, nullable=False),
    Column("links_to", String(64)),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

consents = Table(
    "consents",
    metadata,
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("client_id", String(255), primary_key=True),
    Column("scope", Text, nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
)
