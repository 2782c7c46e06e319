"""What Alembic runs for each command: the migrations, on the connection that `migrations.history` hands over."""

from alembic import context

from migrations.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=list(METADATA),
    render_as_batch=True,  # SQLite alters a table by making it anew
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
