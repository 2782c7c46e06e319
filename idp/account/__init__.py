"""A person's own space."""
