"""The OpenID Connect provider, cut by what a visitor does."""
