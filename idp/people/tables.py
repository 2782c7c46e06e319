"""The rows of people, of the organisations they act for, of what they agreed to and of the providers they come from."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, String, Table, UniqueConstraint

from idp.foundation.database import metadata

people = Table(
    "people",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("profile", String(16), nullable=False),
    Column("identifier", String(64)),
    Column("identifier_key", String(64), unique=True),
    Column("password_hash", String(255)),
    Column("password_changed_at", BigInteger),
    Column("title", String(16)),
    Column("given_names", String(256), nullable=False),
    Column("birth_name", String(256), nullable=False),
    Column("preferred_name", String(256)),
    Column("gender", String(16)),
    Column("birthdate", String(10), index=True),
    Column("birthplace", String(16)),
    Column("birthcountry", String(16)),
    Column("email", String(320)),
    Column("email_key", String(320), index=True),
    Column("email_verified_at", BigInteger),
    Column("mobile", String(20), index=True),
    Column("mobile_verified_at", BigInteger),
    Column("landline", String(20)),
    Column("address", JSON),
    Column("locale", String(8), nullable=False),
    Column("claims", JSON),
    Column("created_at", BigInteger, nullable=False, index=True),
    Column("updated_at", BigInteger, nullable=False),
    Column("activated_at", BigInteger),
    Column("signed_in_at", BigInteger),
    Column("deletion_due_at", BigInteger, index=True),
    Column("deletion_reminded_at", BigInteger),
    Column("locked_at", BigInteger),
    Column("erased_at", BigInteger),
    Column("cutoff_at", BigInteger, nullable=False),
)

email_aliases = Table(
    "email_aliases",
    metadata,
    Column("email_key", String(320), primary_key=True),
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("since_at", BigInteger, nullable=False),
)
"""Who may sign in with an e-mail address: the first account that proved it, since a couple may share a mailbox."""

organisations = Table(
    "organisations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("main", Boolean, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("legal_name", String(256), nullable=False),
    Column("siret", String(14), index=True),
    Column("rna", String(10), index=True),
    Column("legal_form", String(32)),
    Column("role", String(32)),
    Column("details", JSON, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("declared_at", BigInteger, nullable=False),
)
"""What a person declared of an organisation. One row for each declaration: whoever declares the same number next sees
and changes nothing of the first; `shared` tells the authority that others declared it before."""

agreements = Table(
    "agreements",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("version", String(64), nullable=False),
    Column("origin", String(255), nullable=False),
    Column("agreed_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
)

identities = Table(
    "identities",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("provider", String(64), nullable=False),
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("linked_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False),
    UniqueConstraint("issuer", "subject"),
)

attestations = Table(
    "attestations",
    metadata,
    Column("identity_id", String(64), ForeignKey("identities.id", ondelete="CASCADE"), primary_key=True),
    Column("trust_framework", String(32), primary_key=True),
    Column("assurance_level", String(32), primary_key=True),
    Column("claims", JSON, nullable=False),
    Column("attested_at", BigInteger, nullable=False),
)
"""What a provider vouched for of a person, the last time at each level. It goes with the link to the account there."""

roles = Table(
    "roles",
    metadata,
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(32), primary_key=True),
    Column("granted_at", BigInteger, nullable=False),
)
