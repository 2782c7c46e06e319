"""The organisations people act for, as they declared them."""

from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import Connection, bindparam, insert, or_, select

from idp.foundation.secrets import Randomness, new_id
from idp.people.person import Organisation
from idp.people.tables import organisations

_OWN_COLUMNS = ("legal_name", "siret", "rna", "legal_form", "role")
_COLUMNS = tuple(organisations.c[each.name] for each in fields(Organisation))
_DECLARE = insert(organisations)
_OF = select(*_COLUMNS).where(organisations.c.person_id == bindparam("person")).order_by(organisations.c.declared_at)
_DECLARED_BEFORE = select(organisations.c.id).where(
    or_(organisations.c.siret == bindparam("siret_is"), organisations.c.rna == bindparam("rna_is"))
)
_HAS_ONE = select(organisations.c.id).where(organisations.c.person_id == bindparam("person"))


def declare(
    connection: Connection, person_id: str, kind: str, answers: Mapping[str, str], randomness: Randomness, now: int
) -> None:
    """Keep what a person declares of an organisation; their first one is their main one.

    A number declared by somebody else before neither blocks nor shows who: the row is marked for the authority.
    """
    numbers = {"siret_is": answers.get("siret"), "rna_is": answers.get("rna")}
    row = {name: answers.get(name) for name in _OWN_COLUMNS} | {
        "id": new_id(randomness),
        "person_id": person_id,
        "kind": kind,
        "main": connection.execute(_HAS_ONE, {"person": person_id}).first() is None,
        "details": {name: value for name, value in answers.items() if name not in _OWN_COLUMNS},
        "verified": False,
        "shared": connection.execute(_DECLARED_BEFORE, numbers).first() is not None,
        "declared_at": now,
    }
    connection.execute(_DECLARE, row)


def organisations_of(connection: Connection, person_id: str) -> tuple[Organisation, ...]:
    """Every organisation a person acts for, the first declared first."""
    return tuple(Organisation(**row) for row in connection.execute(_OF, {"person": person_id}).mappings())
