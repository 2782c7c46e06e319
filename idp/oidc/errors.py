"""The errors of OAuth 2.0 and OpenID Connect.

Problem (idp.foundation.errors)
 └── OAuthProblem                an error code of the specifications, with an English ASCII description
      ├── InvalidClient     401  the client did not prove who it is (RFC 6749 section 5.2)
      ├── Replayed          400  a one-time thing was presented again: what was revoked stays revoked
      ├── BearerRefused          a request to a protected resource (RFC 6750 section 3.1)
      │    ├── InvalidToken      401  the token is missing or not good
      │    └── InsufficientScope 403  it is good, and not for this
      └── AuthorizationRefused   told to the application by redirect: client and redirect URI are proved
"""

from collections.abc import Mapping

from idp.foundation.errors import Problem
from idp.foundation.texts import text


class OAuthProblem(Problem):
    """An error a client is told. `description` is ASCII without quotes or backslashes (RFC 6749 section 5.2)."""

    status = 400

    def __init__(self, error: str, description: str, *, cause: str = "") -> None:
        super().__init__(
            error,
            text("L'application qui vous envoie a fait une demande qui ne peut pas être acceptée."),
            cause=cause or description,
        )
        self.description = description

    def document(self) -> Mapping[str, str]:
        return {"error": self.code, "error_description": self.description}


class InvalidClient(OAuthProblem):
    """Client authentication failed. Attempts are counted, so what was written is kept."""

    status = 401
    keeps_writes = True

    def __init__(self, description: str, *, cause: str = "") -> None:
        super().__init__("invalid_client", description, cause=cause)
        self.headers = {"WWW-Authenticate": 'Basic realm="clients", charset="UTF-8"'}


class Replayed(OAuthProblem):
    """A code or refresh token was used twice: refused, and what came of it is revoked (RFC 9700 section 4.14)."""

    keeps_writes = True

    def __init__(self, description: str) -> None:
        super().__init__("invalid_grant", description)


class BearerRefused(OAuthProblem):
    """A request to a protected resource is refused, which its header says too (RFC 6750 section 3)."""

    def __init__(
        self,
        error: str,
        description: str,
        *,
        presented: bool = True,
        scope: str | None = None,
        realm: str = "userinfo",
    ) -> None:
        super().__init__(error, description)
        said = {"realm": realm}
        if presented:
            said.update(error=error, error_description=description)
        if scope is not None:
            said.update(scope=scope)
        self.headers = {"WWW-Authenticate": "Bearer " + ", ".join(f'{name}="{value}"' for name, value in said.items())}


class InvalidToken(BearerRefused):
    """A bearer token is missing (`presented` is False: no error code), expired, revoked or not one of ours."""

    status = 401

    def __init__(self, description: str, *, presented: bool = True, realm: str = "userinfo") -> None:
        super().__init__("invalid_token", description, presented=presented, realm=realm)


class InsufficientScope(BearerRefused):
    """The token is good, and not for this."""

    status = 403

    def __init__(self, description: str, scope: str) -> None:
        super().__init__("insufficient_scope", description, scope=scope)


class AuthorizationRefused(OAuthProblem):
    """The authorization endpoint refuses, and the application may be told (OpenID Connect Core 3.1.2.6)."""


def invalid_request(description: str) -> OAuthProblem:
    """The request is malformed (RFC 6749 section 5.2)."""
    return OAuthProblem("invalid_request", description)


def invalid_grant(description: str) -> OAuthProblem:
    """The code, refresh token or verifier is not good for this client (RFC 6749 section 5.2)."""
    return OAuthProblem("invalid_grant", description)
