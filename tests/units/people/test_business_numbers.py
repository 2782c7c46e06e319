"""SIREN, SIRET, RNA, VAT numbers and APE codes."""

import pytest

from idp.foundation.texts import Text
from idp.people.business_numbers import Siret, ape, rna, siren, siret, vat


@pytest.mark.parametrize("number", ["732829320", "130025265", "356000000", "732 829 320"])
def test_a_siren_with_its_key_is_accepted(number: str) -> None:
    assert siren(number) == number.replace(" ", "")


@pytest.mark.parametrize("number", ["732829321", "000000000", "73282932", "7328293200", "73282932A"])
def test_a_wrong_siren_is_refused(number: str) -> None:
    assert isinstance(siren(number), Text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("732 829 320 00074", "73282932000074"),
        ("833-057-201-000-18", "83305720100018"),
        ("833.057.201_00018", "83305720100018"),
        ("35600000000048", "35600000000048"),
        ("35600000009075", "35600000009075"),
        ("７３２８２９３２００００７４", "73282932000074"),
    ],
)
def test_a_siret_with_its_key_is_sure(typed: str, kept: str) -> None:
    assert siret(typed) == Siret(kept, doubtful=False)


@pytest.mark.parametrize("number", ["73282932000075", "35600000009076", "88974287600009"])
def test_a_siret_whose_key_is_wrong_is_doubtful_and_not_refused(number: str) -> None:
    assert siret(number) == Siret(number, doubtful=True)


@pytest.mark.parametrize("typed", ["", "00000000000000", "7328293200007", "732829320000744", "7328293200007A"])
def test_what_has_not_the_form_of_a_siret_is_refused(typed: str) -> None:
    assert isinstance(siret(typed), Text)


@pytest.mark.parametrize("number", ["W751515517", "W9R1011072", "W9G2000687", "W9N3001202", "W9M1001776", "W2A1234567"])
def test_an_rna_is_accepted_overseas_and_in_corsica_too(number: str) -> None:
    assert rna(number) == number
    assert rna(f" {number.lower()} ") == number


@pytest.mark.parametrize("typed", ["W42300367", "W9G20006878", "X751515517", "W75151551A", "W", ""])
def test_a_wrong_rna_is_refused(typed: str) -> None:
    assert isinstance(rna(typed), Text)


@pytest.mark.parametrize("number", ["FR44732829320", "FR72217500016", "FR39356000000", "FRK7399859412"])
def test_a_vat_number_is_accepted(number: str) -> None:
    assert vat(f"{number[:4]} {number[4:]}") == number


@pytest.mark.parametrize("typed", ["FR45732829320", "DE123456789", "FR4473282932", "FRO4732829320", ""])
def test_a_wrong_vat_number_is_refused(typed: str) -> None:
    assert isinstance(vat(typed), Text)


@pytest.mark.parametrize("typed", ["62.01Z", "6201Z", "6201z"])
def test_an_activity_code_is_kept_with_its_dot(typed: str) -> None:
    assert ape(typed) == "62.01Z"


def test_a_wrong_activity_code_is_refused() -> None:
    assert isinstance(ape("62011"), Text)
