"""Roles in the administration."""

from sqlalchemy import Connection

from idp.people import roles
from idp.people.roles import Role
from tests.units.people.conftest import NOW, NewAccount


def test_a_role_is_granted_once(connection: Connection, active: NewAccount) -> None:
    person_id = active()
    assert roles.roles_of(connection, person_id) == frozenset()
    roles.grant(connection, person_id, Role.ADMINISTRATOR, NOW)
    roles.grant(connection, person_id, Role.ADMINISTRATOR, NOW + 1)
    assert roles.roles_of(connection, person_id) == {Role.ADMINISTRATOR}
