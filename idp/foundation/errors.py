"""Everything that can be refused, and how it is told.

    Problem                       any refusal a visitor or a program may meet
     ├── BadRequest          400  what was sent cannot be understood or accepted
     ├── Forbidden           403  understood, and not allowed
     ├── NotFound            404
     ├── MethodNotAllowed    405
     ├── Expired             410  it was true once
     ├── TooLarge            413
     ├── TooLong             414
     ├── UnsupportedMedia    415
     ├── TooManyAttempts     429  says how many seconds to wait
     └── Unavailable         503  says how many seconds to wait
    (idp.oidc.errors adds the errors of OAuth 2.0, which may be answered to a client)

A problem carries a public code, a public text, a private cause, a log level, and whether what the transaction wrote is
kept. One function, `idp.web.problems.answer`, turns it into a page or JSON.
"""

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from idp.foundation.texts import Text, text


class Problem(Exception):
    """A refusal. `code` is stable and public; `cause` goes to the log only and never holds a secret."""

    status: ClassVar[int] = 500
    log_level: ClassVar[int] = logging.INFO
    keeps_writes: ClassVar[bool] = False
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, code: str, message: Text, *, cause: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.cause = cause

    def document(self) -> Mapping[str, str]:
        """What a program is told, in OAuth's form (RFC 6749 section 5.2)."""
        return {"error": _OAUTH_CODES.get(self.status, "invalid_request"), "error_description": self.code}


_OAUTH_CODES: Mapping[int, str] = MappingProxyType(
    {429: "temporarily_unavailable", 500: "server_error", 503: "temporarily_unavailable"}
)


class BadRequest(Problem):
    """What was sent cannot be understood or accepted (RFC 9110 section 15.5.1)."""

    status = 400


class Forbidden(Problem):
    """Understood, and not allowed (RFC 9110 section 15.5.4)."""

    status = 403


class NotFound(Problem):
    """There is nothing at this address (RFC 9110 section 15.5.5)."""

    status = 404

    def __init__(self, code: str = "not_found", message: Text | None = None, *, cause: str = "") -> None:
        super().__init__(code, message or text("Cette page n'existe pas, ou n'existe plus."), cause=cause)


class MethodNotAllowed(Problem):
    """The address exists and does not take this method (RFC 9110 section 15.5.6)."""

    status = 405

    def __init__(self, allowed: str) -> None:
        super().__init__("method_not_allowed", text("Cette adresse ne s'utilise pas ainsi."), cause=allowed)
        self.headers = {"Allow": allowed}


class Expired(Problem):
    """It was true once and is no longer (RFC 9110 section 15.5.11)."""

    status = 410


class TooLarge(Problem):
    """More was sent than any honest use needs (RFC 9110 section 15.5.14)."""

    status = 413


class TooLong(Problem):
    """The address is longer than any honest one (RFC 9110 section 15.5.15)."""

    status = 414


class UnsupportedMedia(Problem):
    """The body is not of a type this address reads (RFC 9110 section 15.5.16)."""

    status = 415


class _Later(Problem):
    """A refusal that says after how many seconds to try again (RFC 9110 section 10.2.3)."""

    def __init__(self, code: str, message: Text, *, retry_after: int, cause: str = "") -> None:
        super().__init__(code, message, cause=cause)
        self.retry_after = retry_after
        self.headers = {"Retry-After": str(retry_after)}


class TooManyAttempts(_Later):
    """Asked too often (RFC 6585 section 4). What counted the attempts is kept."""

    status = 429
    keeps_writes = True


class Unavailable(_Later):
    """A part we depend on does not answer (RFC 9110 section 15.6.4)."""

    status = 503
    log_level = logging.WARNING
