"""First tables."""

from alembic import op

from migrations.tables import METADATA

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table as it is declared, while nobody runs it yet."""
    for metadata in METADATA:
        metadata.create_all(op.get_bind())
