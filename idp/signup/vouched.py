"""Someone for whom an identity provider answers: what is kept of it, what is shown locked, what is still asked.

FranceConnect's good practice: no identifier nor password is demanded, the civil status is read-only, and an e-mail
address that is kept as received is not verified again. It stays unproved towards applications all the same.
"""

from collections.abc import Mapping
from datetime import date

from idp.foundation.errors import Forbidden
from idp.foundation.texts import Text, text
from idp.interactions.interaction import Vouched
from idp.people import civil_status
from idp.people.contacts import email
from idp.people.dates import TOO_YOUNG, civil_birthdate, display_date, is_under
from idp.people.names import person_name
from idp.signup.views import FactView

_SHOWN = {
    "birth_name": text("Nom de naissance"),
    "preferred_name": text("Nom d'usage"),
    "given_names": text("Prénom"),
    "birthdate": text("Date de naissance"),
}
_NAMES = frozenset({"birth_name", "preferred_name", "given_names"})


def civil_answers(vouched: Vouched) -> dict[str, str]:
    """The answers about the person that the provider gives, those it gives in no usable form left out."""
    said = civil_status.vouched(vouched.claims)
    other_names = {
        "preferred_name": vouched.claims.get("preferred_username") or "",
        "birth_name": said.get("birth_name") or vouched.claims.get("usual_name") or "",
    }
    kept = {name: str(value) for name, value in {**said, **other_names}.items() if value}
    for name in _NAMES & kept.keys():
        if isinstance(person_name(kept[name]), Text):
            del kept[name]
    if "birthdate" in kept and civil_birthdate(kept["birthdate"]) is None:
        del kept["birthdate"]
    return kept


def facts(known: Mapping[str, str]) -> tuple[FactView, ...]:
    """What is shown of it, locked."""
    return tuple(
        FactView(label, display_date(known[name]) if name == "birthdate" else known[name])
        for name, label in _SHOWN.items()
        if name in known
    )


def given_email(vouched: Vouched) -> str:
    """The e-mail address received, when it can be used; it only fills the form in."""
    received = email(str(vouched.claims.get("email") or ""))
    return received if isinstance(received, str) else ""


def refuse_minors(known: Mapping[str, str], minimum_age: int, today: date) -> None:
    """Raises `Forbidden` for someone certainly below the age at which one opens an account oneself."""
    if "birthdate" in known and is_under(known["birthdate"], minimum_age, today):
        raise Forbidden("too_young", TOO_YOUNG)
