"""The addresses messages leave by, read from settings."""

import pytest

from idp.foundation.configuration import SettingsError, load
from idp.foundation.outlets import MailRelay, SmsGateway, Tls, mail_relay, sms_gateway, sms_sender

SECRET = "s3cr3t-pass"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtps://mail.ville.fr", MailRelay("mail.ville.fr", 465, Tls.IMPLICIT)),
        ("smtp+starttls://u:p%40ss@mail.ville.fr", MailRelay("mail.ville.fr", 587, Tls.STARTTLS, "u", "p@ss")),
        ("smtp://127.0.0.1:1025", MailRelay("127.0.0.1", 1025, Tls.NONE)),
        ("smtp://localhost/", MailRelay("localhost", 25, Tls.NONE)),
        ("smtp://[::1]:2525", MailRelay("::1", 2525, Tls.NONE)),
    ],
)
def test_a_relay_is_read_from_its_url(url: str, expected: MailRelay) -> None:
    assert mail_relay(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"smtp://u:{SECRET}@mail.ville.fr", id="plain to another machine"),
        pytest.param(f"http://u:{SECRET}@mail.ville.fr", id="another protocol"),
        pytest.param(f"smtps://u:{SECRET}@", id="no host"),
        pytest.param(f"smtps://u:{SECRET}@mail.ville.fr/path", id="a path"),
        pytest.param(f"smtps://u:{SECRET}@mail.ville.fr:port", id="a port in letters"),
        pytest.param("smtps://user@mail.ville.fr", id="a user without password"),
    ],
)
def test_a_relay_that_cannot_be_used_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        mail_relay(url)
    assert SECRET not in str(caught.value)


def test_a_plain_relay_elsewhere_takes_an_explicit_setting() -> None:
    assert mail_relay("smtp://relay:25", plain_allowed=True) == MailRelay("relay", 25, Tls.NONE)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://sms.example/v1?x=1", SmsGateway("https://sms.example/v1?x=1")),
        ("https://t0k%2Fen@sms.example/v1", SmsGateway("https://sms.example/v1", token="t0k/en")),
        ("https://:token@sms.example:8443", SmsGateway("https://sms.example:8443/", token="token")),
        ("https://u:p@sms.example/v1", SmsGateway("https://sms.example/v1", "u", "p")),
        ("http://127.0.0.1:9000/sms", SmsGateway("http://127.0.0.1:9000/sms")),
        ("http://[::1]:9000/sms", SmsGateway("http://[::1]:9000/sms")),
    ],
)
def test_a_gateway_and_its_credentials_are_read_from_its_url(url: str, expected: SmsGateway) -> None:
    assert sms_gateway(url) == expected


@pytest.mark.parametrize("url", ["http://sms.example/", "ftp://sms.example/", "https://", "https://sms.example/#x"])
def test_a_gateway_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"https|http"):
        sms_gateway(url)


@pytest.mark.parametrize("name", ["VILLENEUVE", "Mairie78", "Abc"])
def test_a_sender_is_a_short_name(name: str) -> None:
    assert sms_sender(name) == name


@pytest.mark.parametrize("name", ["VI", "VILLENEUVE12", "38656", "Ville neuve", "Évry", "Ville!"])
def test_another_sender_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="3 to 11"):
        sms_sender(name)


def test_the_settings_name_every_outlet_that_cannot_be_used() -> None:
    environ = {
        "IDP_ISSUER": "https://compte.ville.example",
        "IDP_DATABASE_URL": "sqlite:///idp.db",
        "IDP_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
        "IDP_SMTP_URL": f"smtp://u:{SECRET}@mail.ville.example",
        "IDP_SMS_URL": f"http://u:{SECRET}@sms.example",
        "IDP_SMS_SENDER": "38656",
    }
    with pytest.raises(SettingsError) as caught:
        load(environ)

    assert [problem.split(":")[0] for problem in caught.value.problems] == ["mail.url", "sms.url", "sms.sender"]
    assert SECRET not in str(caught.value)
