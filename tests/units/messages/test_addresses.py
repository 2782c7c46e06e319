"""The last look at a recipient: one mailbox or one number, whatever was written."""

import pytest

from idp.foundation.errors import BadRequest
from idp.messages import addresses

FRANCE = ("FR", "GP", "RE")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("Marie.Dupont+test@Ville.fr", ("Marie.Dupont+test", "Ville.fr"), id="kept as typed"),
        pytest.param("o'neil@ville.fr", ("o'neil", "ville.fr"), id="apostrophe"),
        pytest.param("mairie@évry.fr", ("mairie", "xn--vry-9la.fr"), id="international domain"),
        pytest.param("zoé@ville.fr", ("zoé", "ville.fr"), id="international local part"),
    ],
)
def test_one_mailbox_is_accepted(address: str, expected: tuple[str, str]) -> None:
    assert addresses.mailbox(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("v@x.fr\r\nBcc: a@evil.fr", id="line break"),
        pytest.param("v@x.fr\n", id="final line break"),
        pytest.param("v@x.fr\u2028", id="line separator"),
        pytest.param("v\x00@x.fr", id="nul"),
        pytest.param("v@x.fr,a@evil.fr", id="comma"),
        pytest.param("v@x.fr;a@evil.fr", id="semicolon"),
        pytest.param("v:a@x.fr", id="group"),
        pytest.param("v%evil.fr@x.fr", id="percent hack"),
        pytest.param("evil.fr!v@x.fr", id="bang path"),
        pytest.param('"v w"@x.fr', id="quoted local part"),
        pytest.param("<v@x.fr>", id="angle brackets"),
        pytest.param("v(comment)@x.fr", id="comment"),
        pytest.param("v@[127.0.0.1]", id="address literal"),
        pytest.param("v@a@x.fr", id="two at signs"),
        pytest.param("@x.fr", id="no local part"),
        pytest.param("v@", id="no domain"),
        pytest.param("v..w@x.fr", id="two dots"),
        pytest.param(".v@x.fr", id="leading dot"),
        pytest.param("v@x..fr", id="empty label"),
        pytest.param("=?utf-8?q?v?=@x.fr ", id="encoded word and space"),
        pytest.param("v" * 250 + "@x.fr", id="too long"),
        pytest.param("v@xn--é.fr", id="malformed international domain"),
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(BadRequest) as caught:
        addresses.mailbox(address)
    assert caught.value.code == "recipient_refused"


@pytest.mark.parametrize("phone", ["+33639980001", "+590690001234", "+262692123456"])
def test_a_number_of_an_accepted_country_is_accepted(phone: str) -> None:
    assert addresses.number(phone, FRANCE) == phone


@pytest.mark.parametrize(
    "phone",
    [
        pytest.param("0639980001", id="national form"),
        pytest.param("+33639980001\n", id="line break"),
        pytest.param("+３３639980001", id="full-width digits"),
        pytest.param("+447700900123", id="country not accepted"),
        pytest.param("+8816123456789", id="satellite"),
        pytest.param("+33639980001,+33639980002", id="two numbers"),
    ],
)
def test_any_other_number_is_refused(phone: str) -> None:
    with pytest.raises(BadRequest) as caught:
        addresses.number(phone, FRANCE)
    assert caught.value.code == "recipient_refused"
