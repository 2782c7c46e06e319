"""Authlib's Starlette client as a relying party."""
