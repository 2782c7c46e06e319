"""The outbox: what is to leave, what left, what was given up. A row is kept a while; its words are not."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from idp.foundation.database import metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("channel", String(8), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("person_id", String(64), index=True),
    Column("recipient", Text, nullable=False),  # sealed
    Column("body", Text),  # sealed; erased as soon as the message is sent, abandoned or dropped
    Column("created_at", BigInteger, nullable=False, index=True),
    Column("expires_at", BigInteger, nullable=False),
    Column("next_attempt_at", BigInteger, index=True),  # null when there is nothing more to do
    Column("leased_until_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failure", String(64)),
    Column("sent_at", BigInteger),
    Column("abandoned_at", BigInteger),
    Column("dropped_at", BigInteger),
)
