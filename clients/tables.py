"""The rows of the registry: a document per application, and the digests of its secrets.

The members of a client live in one JSON column, because each new specification adds some and no query looks inside;
what queries, operators and clocks need has a column of its own.
"""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

clients = sa.Table(
    "clients",
    metadata,
    sa.Column("client_id", sa.String(64), primary_key=True),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Column("suspended_at", sa.BigInteger),
    sa.Column("registration_digest", sa.String(64)),
)
"""`registration_digest`: of the token with which an application that registered itself manages this (RFC 7592)."""

client_secrets = sa.Table(
    "client_secrets",
    metadata,
    sa.Column("client_id", sa.String(64), sa.ForeignKey("clients.client_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger),
    sa.Column("sealed", sa.Text),
)
"""`sealed`: the secret itself, under the operator's key, only where HS256 needs it (docs/decisions/0009)."""
