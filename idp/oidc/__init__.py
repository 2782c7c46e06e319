"""OpenID Connect and OAuth 2.0: one module per endpoint or specification."""
