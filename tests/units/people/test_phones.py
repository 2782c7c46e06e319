"""Numbers are kept in E.164, with the codes of the overseas territories, and only real mobiles receive SMS."""

import pytest

from idp.foundation.texts import Text
from idp.people import phones
from idp.people.phones import Phone, any_phone, display_phone, mobile_phone, read_phone, region_of

METROPOLIS = [
    ("01.01.01.01.01", "FR", "+33101010101"),
    ("02.02.02.02.02", "FR", "+33202020202"),
    ("06 39 98 00 01", "FR", "+33639980001"),
    ("+33 (0)6 39 98 00 01", "FR", "+33639980001"),
    ("0033 6 39 98 00 01", "FR", "+33639980001"),
    ("06-12-34-56-78", "FR", "+33612345678"),
    ("(07) 53.98.12.34", "FR", "+33753981234"),
    ("٠٦١٢٣٤٥٦٧٨", "FR", "+33612345678"),
    ("０６１２３４５６７８", "FR", "+33612345678"),
    ("09 70 12 34 56", "FR", "+33970123456"),
    ("06 12 34 56 78", "nowhere", "+33612345678"),
]
OVERSEAS = [
    ("0692 12 34 56", "FR", "+262692123456", "RE"),
    ("+33 692 12 34 56", "FR", "+262692123456", "RE"),
    ("0692 12 34 56", "RE", "+262692123456", "RE"),
    ("0693 12 34 56", "FR", "+262693123456", "RE"),
    ("0639 12 34 56", "FR", "+262639123456", "YT"),
    ("0690 12 34 56", "FR", "+590690123456", "GP"),
    ("0691 40 12 34", "FR", "+590691401234", "GP"),
    ("0694 12 34 56", "GF", "+594694123456", "GF"),
    ("0696 12 34 56", "MQ", "+596696123456", "MQ"),
    ("0697 12 34 56", "FR", "+596697123456", "MQ"),
    ("06 12 34 56 78", "RE", "+33612345678", "FR"),
    ("708 44 55 66", "PM", "+508708445566", "PM"),
    ("55 12 34", "PM", "+508551234", "PM"),
    ("75 12 34", "NC", "+687751234", "NC"),
    ("87 12 34 56", "PF", "+68987123456", "PF"),
    ("82 12 34", "WF", "+681821234", "WF"),
]
OVERSEAS_FIXED = [
    ("0262 12 34 56", "FR", "+262262123456", "RE"),
    ("0269 12 34 56", "FR", "+262269123456", "YT"),
    ("0590 12 34 56", "FR", "+590590123456", "GP"),
    ("0594 12 34 56", "FR", "+594594123456", "GF"),
    ("0596 12 34 56", "FR", "+596596123456", "MQ"),
]


@pytest.mark.parametrize(("typed", "region", "kept"), METROPOLIS)
def test_a_number_is_understood_however_it_is_typed(typed: str, region: str, kept: str) -> None:
    assert any_phone(typed, region) == kept


@pytest.mark.parametrize(("typed", "selected", "kept", "region"), OVERSEAS)
def test_an_overseas_mobile_gets_its_own_code_whatever_is_selected(
    typed: str, selected: str, kept: str, region: str
) -> None:
    assert read_phone(typed, selected) == Phone(kept, region, receives_sms=True)
    assert region_of(kept) == region


@pytest.mark.parametrize(("typed", "selected", "kept", "region"), OVERSEAS_FIXED)
def test_an_overseas_landline_receives_no_sms(typed: str, selected: str, kept: str, region: str) -> None:
    assert read_phone(typed, selected) == Phone(kept, region, receives_sms=False)
    assert mobile_phone(typed, selected) == phones.NOT_A_MOBILE


@pytest.mark.parametrize("typed", ["02.02.02.02.02", "01 99 00 12 34", "09 70 12 34 56"])
def test_a_landline_is_not_a_mobile(typed: str) -> None:
    assert mobile_phone(typed, "FR") == phones.NOT_A_MOBILE


@pytest.mark.parametrize("typed", ["06 12", "abc", "06 39 98 12 34 56"])
def test_a_mobile_that_is_wrong_is_answered_by_an_example_of_a_mobile(typed: str) -> None:
    assert mobile_phone(typed, "FR") == phones.INCOMPLETE_MOBILE


@pytest.mark.parametrize("prefix", ["0162", "0163", "0270", "0271", "0377", "0378", "0424", "0425", "0568", "0569"])
def test_a_number_kept_for_automatic_calls_is_refused(prefix: str) -> None:
    assert any_phone(f"{prefix}123456", "FR") == phones.SPECIAL_NUMBER


@pytest.mark.parametrize("typed", ["0892 12 34 56", "0800 12 34 56", "0820 12 34 56", "0948 12 34 56", "0949 12 34 56"])
def test_a_special_number_is_refused(typed: str) -> None:
    assert any_phone(typed, "FR") == phones.SPECIAL_NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        "3617",
        "15",
        "06 12 34 56",
        "06 12 34 56 78 90",
        "0700 12 34 56",
        "0612345678 poste 12",
        "0612345678;ext=12",
        "0800FLOWER",
        "+881 6 12 34 56 78",
        "+999 123456",
        "06\u200b12345678",
        "06123\r\n45678",
        "+",
        "abc",
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    assert isinstance(any_phone(typed, "FR"), Text)


def test_a_number_abroad_is_kept_with_its_country() -> None:
    assert read_phone("0151 23456789", "DE") == Phone("+4915123456789", "DE", receives_sms=True)
    assert any_phone("+32 470 12 34 56", "FR") == "+32470123456"


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("+33639981234", "06 39 98 12 34"),
        ("+262692123456", "0692 12 34 56"),
        ("+4915123456789", "+49 1512 3456789"),
    ],
)
def test_a_number_is_shown_as_people_write_it(kept: str, shown: str) -> None:
    assert display_phone(kept) == shown
