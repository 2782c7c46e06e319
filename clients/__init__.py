"""The registry of client applications: who they are, what they may ask, where they may be sent."""
