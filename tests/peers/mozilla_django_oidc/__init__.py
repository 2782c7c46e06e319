"""mozilla-django-oidc in a small Django project."""
