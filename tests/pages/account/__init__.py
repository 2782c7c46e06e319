"""A person's own space, page by page."""
