"""HTTP: endpoints, pages, forms, cookies, headers."""
