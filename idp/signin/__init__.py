"""Signing in with a local account, and recovering it."""
