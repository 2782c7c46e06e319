"""The organisations people act for, as they declared them."""

from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from idp.foundation.secrets import Randomness, new_id
from idp.people.person import Organisation
from idp.people.tables import organisations

_OWN_COLUMNS = ("legal_name", "siret", "rna", "legal_form", "role")
_COLUMNS = tuple(organisations.c[each.name] for each in fields(Organisation))
_DECLARE = insert(organisations)
_OF = select(*_COLUMNS).where(organisations.c.person_id == bindparam("person")).order_by(organisations.c.declared_at)
_DECLARED_BEFORE = select(organisations.c.id).where(
    or_(organisations.c.siret == bindparam("siret_is"), organisations.c.rna == bindparam("rna_is")),
    organisations.c.id != bindparam("own"),
)
_AMEND = (
    update(organisations)
    .where(organisations.c.id == bindparam("own"), organisations.c.person_id == bindparam("person"))
    .values(
        **{name: bindparam(f"new_{name}") for name in (*_OWN_COLUMNS, "shared", "declared_at")},
        details=bindparam("new_details", type_=organisations.c.details.type),
        verified=False,
    )
)
_HAS_ONE = select(organisations.c.id).where(organisations.c.person_id == bindparam("person"))


def declare(
    connection: Connection, person_id: str, kind: str, answers: Mapping[str, str], randomness: Randomness, now: int
) -> None:
    """Keep what a person declares of an organisation; their first one is their main one.

    A number declared by somebody else before neither blocks nor shows who: the row is marked for the authority.
    """
    organisation_id = new_id(randomness)
    row = {name: answers.get(name) for name in _OWN_COLUMNS} | {
        "id": organisation_id,
        "person_id": person_id,
        "kind": kind,
        "main": connection.execute(_HAS_ONE, {"person": person_id}).first() is None,
        "details": _details(answers),
        "verified": False,
        "shared": _is_shared(connection, organisation_id, answers),
        "declared_at": now,
    }
    connection.execute(_DECLARE, row)


def amend(
    connection: Connection, person_id: str, organisation: Organisation, answers: Mapping[str, str], now: int
) -> tuple[str, ...]:
    """Replace what a person declares of their organisation; what changed, by name.

    Whatever the authority had verified is only declared again, unless nothing changed.
    """
    before = declared(organisation)
    changed = tuple(sorted(name for name in {*answers, *before} if answers.get(name) != before.get(name)))
    if changed:
        row = {f"new_{name}": answers.get(name) for name in _OWN_COLUMNS} | {
            "own": organisation.id,
            "person": person_id,
            "new_details": _details(answers),
            "new_shared": _is_shared(connection, organisation.id, answers),
            "new_declared_at": now,
        }
        connection.execute(_AMEND, row)
    return changed


def declared(organisation: Organisation) -> dict[str, str]:
    """What was declared, as the answers of the form."""
    own = {name: getattr(organisation, name) for name in _OWN_COLUMNS}
    return {name: value for name, value in own.items() if value} | dict(organisation.details)


def organisations_of(connection: Connection, person_id: str) -> tuple[Organisation, ...]:
    """Every organisation a person acts for, the first declared first."""
    return tuple(Organisation(**row) for row in connection.execute(_OF, {"person": person_id}).mappings())


def _details(answers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in answers.items() if name not in _OWN_COLUMNS}


def _is_shared(connection: Connection, own: str, answers: Mapping[str, str]) -> bool:
    numbers = {"siret_is": answers.get("siret"), "rna_is": answers.get("rna"), "own": own}
    return connection.execute(_DECLARED_BEFORE, numbers).first() is not None
