"""What can go wrong with an upstream. The reasons are for the log: they never quote a token, a code or an identity.

UpstreamFault
 ├── Unreachable   it does not answer, answers too late, too much, or with a failure of its own
 ├── Declined      it answers with a protocol error
 └── Untrusted     it answers something that we have to refuse
"""


class UpstreamFault(Exception):
    """An upstream let us down."""


class Unreachable(UpstreamFault):
    """No usable answer in time."""


class Declined(UpstreamFault):
    """A protocol error: its code (RFC 6749 section 5.2) and the reference that the upstream's support asks for."""

    def __init__(self, error: str, reference: str = "") -> None:
        super().__init__(f"{error} {reference}".strip())
        self.error = error
        self.reference = reference


class Untrusted(UpstreamFault):
    """A metadata document, a token or an identity that fails one of our checks."""
