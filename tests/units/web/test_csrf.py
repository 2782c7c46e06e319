"""A form is ours when the browser says so and its token is of this browser."""

import pytest

from idp.foundation.errors import Forbidden
from idp.foundation.secrets import Pepper
from idp.web import csrf

ISSUER = "https://connexion.exemple.fr"
PEPPER = Pepper(b"a key of the tests")
TOKEN = csrf.token(PEPPER, "browser")

OURS = [
    {},
    {"sec-fetch-site": "same-origin"},
    {"origin": ISSUER},
    {"origin": f"{ISSUER}/connexion?i=journey"},
    {"sec-fetch-site": "same-origin", "origin": ISSUER},
]
THEIRS = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": ""},
    {"sec-fetch-site": "Same-Origin"},
    {"sec-fetch-site": "cross-site", "origin": ISSUER},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "https://evil.example"},
    {"origin": f"{ISSUER}.evil.example"},
    {"origin": f"{ISSUER}.evil.example/connexion"},
    {"origin": f"{ISSUER}@evil.example/"},
    {"origin": f"https://evil.example/{ISSUER}/"},
    {"origin": f"{ISSUER}:444"},
    {"origin": f"{ISSUER}:444/connexion"},
    {"origin": "http://connexion.exemple.fr"},
]


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_a_form_of_ours_is_accepted(headers: dict[str, str]) -> None:
    csrf.check(PEPPER, "browser", TOKEN, headers, ISSUER)


@pytest.mark.parametrize("headers", THEIRS, ids=str)
def test_a_form_of_another_site_is_refused_with_the_right_token(headers: dict[str, str]) -> None:
    with pytest.raises(Forbidden) as refused:
        csrf.check(PEPPER, "browser", TOKEN, headers, ISSUER)
    assert refused.value.code == "form_expired"


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "A", TOKEN.swapcase(), "é" * 43])
@pytest.mark.parametrize("headers", OURS, ids=str)
def test_any_other_token_is_refused_whatever_the_browser_says(headers: dict[str, str], token: str) -> None:
    with pytest.raises(Forbidden):
        csrf.check(PEPPER, "browser", token, headers, ISSUER)


def test_a_token_is_of_one_browser_and_of_one_provider() -> None:
    with pytest.raises(Forbidden):
        csrf.check(PEPPER, "another browser", TOKEN, {}, ISSUER)
    assert csrf.token(Pepper(b"another key"), "browser") != TOKEN
