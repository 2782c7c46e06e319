"""A form shown again: nothing typed is lost, nothing secret is kept."""

from idp.foundation.texts import text
from idp.web.forms import EMPTY, Form, again
from idp.web.parameters import parse

REFUSED = text("Indiquez votre mot de passe.")


def test_what_was_typed_is_shown_again_but_for_secrets() -> None:
    sent = parse(b"identifier=camille&password=x&password_again=x&current_password=x&new_password=x&code=1&csrf=t&i=j")
    form = again(sent, {"password": REFUSED})
    assert dict(form.values) == {"identifier": "camille", "i": "j"}
    assert (form.value("identifier"), form.value("password"), form.value("rien")) == ("camille", "", "")
    assert (form.error("password"), form.error("identifier")) == (REFUSED, None)


def test_an_empty_form_is_empty() -> None:
    assert (dict(EMPTY.values), dict(EMPTY.errors)) == ({}, {})
    assert Form({"a": "b"}).value("a") == "b"
