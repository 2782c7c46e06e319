"""The provider's keys and those of its peers: sign, verify, encrypt, publish, rotate, seal at rest."""
