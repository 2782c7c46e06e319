"""A person who holds an account, and the organisation they act for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from idp.people.choices import INSEE_LEGAL_FORMS


class State(StrEnum):
    """What an account may do: only an active one signs in."""

    PENDING = "pending"
    ACTIVE = "active"
    LOCKED = "locked"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Organisation:
    """What a person declared of a company or an association. `verified` is the authority's word, never the person's."""

    id: str
    kind: str
    legal_name: str
    siret: str | None
    rna: str | None
    legal_form: str | None
    role: str | None
    verified: bool
    shared: bool
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def siren(self) -> str | None:
        """The company a SIRET belongs to: its first nine digits."""
        return self.siret[:9] if self.siret else None

    @property
    def insee_legal_form(self) -> str | None:
        """INSEE's code of the legal form, where the declared one stands for exactly one."""
        return INSEE_LEGAL_FORMS.get(self.legal_form or self.details.get("situation", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account and its holder. Times in seconds UTC.

    `birthdate` is text (AAAA-MM-JJ) whose parts may be 00; `gender`, `birthplace` and `birthcountry` come from an
    identity provider and are never deduced. `claims` holds standard claims that no form asks.
    """

    id: str
    state: State
    profile: str
    given_names: str
    birth_name: str
    identifier: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    password_changed_at: int | None = None
    title: str | None = None
    preferred_name: str | None = None
    gender: str | None = None
    birthdate: str | None = None
    birthplace: str | None = None
    birthcountry: str | None = None
    email: str | None = None
    email_verified_at: int | None = None
    mobile: str | None = None
    mobile_verified_at: int | None = None
    landline: str | None = None
    address: Mapping[str, str] = field(default_factory=dict)
    locale: str = "fr"
    claims: Mapping[str, Any] = field(default_factory=dict)
    created_at: int = 0
    updated_at: int = 0
    activated_at: int | None = None
    signed_in_at: int | None = None
    cutoff_at: int = 0
    organisation: Organisation | None = None

    @property
    def family_name(self) -> str:
        """The name used in daily life, the birth name when there is no other."""
        return self.preferred_name or self.birth_name

    @property
    def full_name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def email_verified(self) -> bool:
        return self.email_verified_at is not None

    @property
    def mobile_verified(self) -> bool:
        return self.mobile_verified_at is not None

    @property
    def is_active(self) -> bool:
        return self.state is State.ACTIVE
