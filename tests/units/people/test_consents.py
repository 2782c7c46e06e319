"""Agreements are kept with their version and their time, and withdrawn without a trace being lost."""

from sqlalchemy import Connection

from idp.foundation.secrets import Randomness
from idp.people import consents
from idp.people.consents import BY_CONTROL, Given, Kind
from tests.units.people.conftest import NOW, NewAccount


def test_an_agreement_is_kept_with_its_version_time_and_origin(
    connection: Connection, pending: NewAccount, randomness: Randomness
) -> None:
    person_id = pending()
    consents.agree(connection, person_id, Given(Kind.LIST_SMS, "2026-11", "demarches"), randomness, NOW)
    (agreement,) = consents.agreements_of(connection, person_id)
    assert (agreement.kind, agreement.version, agreement.origin) == (Kind.LIST_SMS, "2026-11", "demarches")
    assert (agreement.agreed_at, agreement.stands) == (NOW, True)


def test_withdrawing_keeps_the_proof_of_both(
    connection: Connection, pending: NewAccount, randomness: Randomness
) -> None:
    person_id = pending()
    consents.agree(connection, person_id, Given(Kind.LIST_EMAIL, "2026-11", "inscription"), randomness, NOW)
    assert consents.withdraw(connection, person_id, Kind.LIST_EMAIL, NOW + 5)
    assert not consents.withdraw(connection, person_id, Kind.LIST_EMAIL, NOW + 6)
    (agreement,) = consents.agreements_of(connection, person_id)
    assert (agreement.agreed_at, agreement.withdrawn_at, agreement.stands) == (NOW, NOW + 5, False)


def test_a_new_version_takes_the_place_of_the_former(
    connection: Connection, pending: NewAccount, randomness: Randomness
) -> None:
    person_id = pending()
    consents.agree(connection, person_id, Given(Kind.TERMS, "2026-11", "inscription"), randomness, NOW)
    consents.agree(connection, person_id, Given(Kind.TERMS, "2027-01", "mon-compte"), randomness, NOW + 5)
    assert [(each.version, each.stands) for each in consents.agreements_of(connection, person_id)] == [
        ("2026-11", False),
        ("2027-01", True),
    ]


def test_every_kind_of_agreement_has_its_box() -> None:
    assert set(BY_CONTROL.values()) == set(Kind)
