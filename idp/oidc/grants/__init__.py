"""One module per grant of the token endpoint."""
