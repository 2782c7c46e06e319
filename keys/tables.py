"""The rows of the key ring. ``key_ring`` holds one row, whose version every change must move; see ``keys.store``."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

key_ring = sa.Table(
    "key_ring",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
)

provider_keys = sa.Table(
    "provider_keys",
    metadata,
    sa.Column("kid", sa.String(64), primary_key=True),
    sa.Column("use", sa.String(8), nullable=False),
    sa.Column("alg", sa.String(32), nullable=False),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("stage_at", sa.BigInteger, nullable=False),
    sa.Column("public_jwk", sa.JSON, nullable=False),
    sa.Column("sealed_jwk", sa.Text, nullable=True),
    sa.CheckConstraint("(stage = 'withdrawn') = (sealed_jwk IS NULL)", name="withdrawn_destroyed"),
)

sa.Index(
    "uq_provider_keys_active_alg",
    provider_keys.c.alg,
    unique=True,
    sqlite_where=provider_keys.c.stage == "active",
    postgresql_where=provider_keys.c.stage == "active",
)
