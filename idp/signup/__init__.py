"""Creating a local account and activating it."""
