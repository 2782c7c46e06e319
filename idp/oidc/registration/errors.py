"""What a registration is refused for: RFC 7591 section 3.2.2, RFC 7592 section 2.

OAuthProblem (idp.oidc.errors)
 ├── RegistrationRefused   400  the document, or the statement in it, with everything that is wrong
 └── NotAllowed            403  nobody may do this here, or this application may not
"""

from clients.problems import MetadataRefused, Problem
from idp.oidc.errors import InvalidToken, OAuthProblem


class RegistrationRefused(OAuthProblem):
    """A document that cannot be accepted."""

    @classmethod
    def of(cls, refused: MetadataRefused) -> "RegistrationRefused":
        """The refusal under the code that the specification gives to its faults."""
        return cls(refused.error, refused.description)


class NotAllowed(OAuthProblem):
    """What is asked is understood, and not for this caller."""

    status = 403

    def __init__(self, description: str) -> None:
        super().__init__("access_denied", description)


def refused_for(*problems: Problem) -> RegistrationRefused:
    """The refusal of a document for these faults."""
    return RegistrationRefused.of(MetadataRefused(problems))


def not_authorized(*, presented: bool) -> InvalidToken:
    """No token, or not one that serves here (RFC 6750 section 3.1)."""
    return InvalidToken("the token is unknown, expired or spent", presented=presented, realm="registration")
