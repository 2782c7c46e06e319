"""The rows of signed-in browsers, of the applications each one entered, and of what follows the end of a session."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from idp.foundation.database import metadata

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("authenticated_at", BigInteger, nullable=False),
    Column("methods", String(255), nullable=False),
    Column("acr", String(255), nullable=False),
    Column("terms_due", Boolean, nullable=False),
    Column("upstream", String(64)),
    Column("sealed_id_token", Text),
    Column("address", String(64), nullable=False),
    Column("agent", String(255), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("ended_at", BigInteger),
)

participations = Table(
    "participations",
    metadata,
    Column("session_id", String(64), ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("client_id", String(255), primary_key=True),
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)

known_browsers = Table(
    "known_browsers",
    metadata,
    Column("person_id", String(64), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("mark", String(64), primary_key=True),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False, index=True),
)
"""The browsers that opened an account, each as a mark that says nothing by itself and authenticates nobody."""

departures = Table(
    "departures",
    metadata,
    Column("ticket_digest", String(64), primary_key=True),
    Column("provider", String(64), nullable=False),
    Column("browser_digest", String(64), nullable=False),
    Column("sealed_id_token", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("state_digest", String(64), unique=True),
    Column("created_at", BigInteger, nullable=False, index=True),
    Column("left_at", BigInteger),
    Column("returned_at", BigInteger),
)

signouts = Table(
    "signouts",
    metadata,
    Column("ticket_digest", String(64), primary_key=True),
    Column("browser_digest", String(64), nullable=False),
    Column("session_id", String(64), ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("client_id", String(255)),
    Column("return_to", Text),
    Column("onward", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False, index=True),
)
"""A sign-out that its browser is still being shown: whose session it ended, who asked for it, where it leads."""

logout_notices = Table(
    "logout_notices",
    metadata,
    Column("session_id", String(64), ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("client_id", String(255), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("ended_at", BigInteger, nullable=False, index=True),
    Column("next_attempt_at", BigInteger, index=True),  # null when there is nothing more to do
    Column("leased_until_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failure", String(64)),  # of the last attempt
    Column("outcome", String(16)),
    Column("settled_at", BigInteger),
    Index("ix_logout_notices_waiting", "client_id", "next_attempt_at"),
)
"""An application to be told that a session it took part in has ended. Written in the transaction that ends it."""
