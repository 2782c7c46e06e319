"""The rows of initial access tokens: who may register an application while registration is not open to all."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from idp.foundation.database import metadata

initial_tokens = Table(
    "initial_tokens",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("note", String(255), nullable=False),
    Column("uses_left", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("revoked_at", BigInteger),
)
