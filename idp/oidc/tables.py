"""The rows of what was granted and issued. A grant is one authorization: its code, and every token that came of it."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, String, Table, Text

from idp.foundation.database import metadata

grants = Table(
    "grants",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("client_id", String(255), nullable=False, index=True),
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("subject", String(64), nullable=False),
    Column("session_id", String(64), index=True),
    Column("scope", Text, nullable=False),
    Column("resources", Text),
    Column("claims", JSON),
    Column("nonce", Text),
    Column("acr", String(255), nullable=False),
    Column("methods", String(255), nullable=False),
    Column("authenticated_at", BigInteger, nullable=False),
    Column("offline", Boolean, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("code_digest", String(64), unique=True),
    Column("code_challenge", String(64)),
    Column("code_expires_at", BigInteger, nullable=False),
    Column("code_used_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("revoked_at", BigInteger),
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("grant_id", String(64), ForeignKey("grants.id", ondelete="CASCADE"), index=True),
    Column("client_id", String(255), nullable=False, index=True),
    Column("scope", Text, nullable=False),
    Column("audience", Text),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("used_at", BigInteger),
    Column("revoked_at", BigInteger),
)

pairwise_subjects = Table(
    "pairwise_subjects",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
)

pushed_requests = Table(
    "pushed_requests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("reference_digest", String(64), nullable=False, unique=True),
    Column("client_id", String(255), nullable=False),
    Column("request", JSON, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("used_at", BigInteger),
)

device_requests = Table(
    "device_requests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("device_code_digest", String(64), nullable=False, unique=True),
    Column("user_code_digest", String(64), nullable=False, unique=True),
    Column("user_code", String(16), nullable=False),
    Column("client_id", String(255), nullable=False),
    Column("scope", Text, nullable=False),
    Column("resources", Text),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("polled_at", BigInteger),
    Column("settled_at", BigInteger),
    Column("granted_id", String(64), ForeignKey("grants.id", ondelete="CASCADE")),
    Column("used_at", BigInteger),
)

assertions = Table(
    "assertions",
    metadata,
    Column("client_id", String(255), primary_key=True),
    Column("jti_digest", String(64), primary_key=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
)
"""The `jti` of client assertions, kept as long as they could be presented again (RFC 7523 section 3)."""

resources = Table(
    "resources",
    metadata,
    Column("identifier", String(255), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("scope", Text, nullable=False),
    Column("token_format", String(16), nullable=False),
    Column("token_lifetime", BigInteger),
    Column("client_id", String(64), index=True),
    Column("created_at", BigInteger, nullable=False),
)
"""The authority's own interfaces (RFC 8707). Rows that name several hold their identifiers with spaces between."""
