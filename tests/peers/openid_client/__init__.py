"""npm openid-client as a relying party."""
