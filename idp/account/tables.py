"""The rows of links and codes that change how a person is reached. A row is kept after use, so that reuse is seen."""

from sqlalchemy import Table

from idp.foundation.database import metadata
from idp.people import proofs

contact_changes = Table("contact_changes", metadata, *proofs.columns())
"""`destination`: the address or number that following the link, or giving the code, makes the person's own."""
