"""Why a browser is here, and what it has shown so far. Every journey of a visitor is one of these."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from idp.interactions.request import AuthorizationRequest


class Reason(StrEnum):
    """What brought the browser: an application's request, or the person's own space."""

    AUTHORIZE = "authorize"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Vouched:
    """What another identity provider said of a person whom we do not know yet. `at` in seconds UTC.

    `candidate_id`: the only account that declares the same civil status. It may be linked once its holder signs in.
    """

    provider: str
    issuer: str
    subject: str
    acr: str
    methods: tuple[str, ...]
    claims: Mapping[str, Any]
    sealed_id_token: str
    at: int
    candidate_id: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts that slices have written.

    `session_id` and `authenticated_at`: a sign-in that happened within this journey. `pending_person_id`: a person
    whose password was proved (or chosen) in this browser and whose account is not activated. `denied`: they declined.
    """

    session_id: str | None = None
    authenticated_at: int | None = None
    pending_person_id: str | None = None
    vouched: Vouched | None = None
    consented_at: int | None = None
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Interaction:
    """One journey of one browser. `request` is there when an application asked, `target` a page of ours otherwise.

    `links_to`: the person who asked, freshly signed in, that an account elsewhere be linked to theirs.
    """

    id: str
    reason: Reason
    browser_digest: str
    request: AuthorizationRequest | None
    target: str
    max_age: int | None
    evidence: Evidence
    created_at: int
    expires_at: int
    links_to: str | None = None

    @property
    def client_id(self) -> str | None:
        """The application that waits, if any."""
        return self.request.client_id if self.request else None
