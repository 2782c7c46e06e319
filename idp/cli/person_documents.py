"""How accounts are printed, for people and for programs."""

from datetime import UTC, datetime
from typing import Any

from idp.cli import context
from idp.people.person import Person


def told(person: Person) -> dict[str, Any]:
    """An account as a JSON document; what has no value is left out, and the password never appears."""
    document: dict[str, Any] = {
        "id": person.id,
        "identifier": person.identifier,
        "profile": person.profile,
        "state": person.state.value,
        "given_names": person.given_names,
        "birth_name": person.birth_name,
        "preferred_name": person.preferred_name,
        "birthdate": person.birthdate,
        "email": person.email,
        "email_verified": person.email_verified,
        "mobile": person.mobile,
        "mobile_verified": person.mobile_verified,
        "claims": dict(person.claims),
        "organisation": person.organisation.legal_name if person.organisation else None,
        "created_at": person.created_at,
        "signed_in_at": person.signed_in_at,
    }
    return {name: value for name, value in document.items() if value not in (None, {})}


def print_person(person: Person, *, as_json: bool, **more: Any) -> None:
    """Print an account, in JSON or a fact a line."""
    document: dict[str, Any] = {**told(person), **{name: value for name, value in more.items() if value}}
    if as_json:
        context.show(document)
        return
    dates: dict[str, Any] = {name: day(document[name]) for name in ("created_at", "signed_in_at") if name in document}
    context.facts({**document, **dates})


def day(at: int) -> str:
    """The day (UTC) of a time in seconds."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
