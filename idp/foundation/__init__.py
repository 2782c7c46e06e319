"""What everything stands on: clock, secrets, database, errors, audit, limits, settings."""
