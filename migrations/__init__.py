"""The history of the schema, and the only place that knows every table. `migrations.history` runs it."""
