"""Roles in the administration of the provider. Most people hold none."""

from collections.abc import Callable
from enum import StrEnum

from sqlalchemy import Connection, Executable, Table, bindparam, select

from idp.foundation.database import Insert, PerDialect
from idp.people.tables import roles

_OF = select(roles.c.role).where(roles.c.person_id == bindparam("person")).order_by(roles.c.role)


def _insert(insert: Callable[[Table], Insert]) -> Executable:
    return insert(roles).on_conflict_do_nothing(index_elements=[roles.c.person_id, roles.c.role])


_GRANT = PerDialect(_insert)


class Role(StrEnum):
    """What someone may do besides using their own account."""

    ADMINISTRATOR = "administrator"


def grant(connection: Connection, person_id: str, role: Role, now: int) -> None:
    """Give a person a role; giving it twice changes nothing."""
    connection.execute(_GRANT.on(connection), {"person_id": person_id, "role": role.value, "granted_at": now})


def roles_of(connection: Connection, person_id: str) -> frozenset[Role]:
    """The roles a person holds here."""
    return frozenset(Role(role) for role in connection.execute(_OF, {"person": person_id}).scalars())
