"""Signing in with another identity provider, FranceConnect first."""
