"""The rows of links and codes sent to prove an address or a number. A row is kept after use, so that reuse is seen."""

from sqlalchemy import Column, String, Table

from idp.foundation.database import metadata
from idp.people import proofs

activations = Table(
    "activations",
    metadata,
    *proofs.columns(),
    Column("interaction_id", String(64), nullable=False),
    Column("client_id", String(255)),
    Column("browser_digest", String(64), nullable=False),
)
