"""Sending e-mails to a real SMTP server."""

import ssl
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from urllib.parse import urlsplit

import pytest

from idp.foundation.outlets import MailRelay, Tls, mail_relay
from idp.messages.delivery import Parcel, Postponed, Refused
from idp.messages.mail import Mailer, Sender
from idp.messages.message import Email, Purpose, Sms
from tests.support.ports import free_port
from tests.units.messages.conftest import NOW, Certified, Relay

SENDER = Sender("ne-pas-repondre@compte.ville.example", "Mairie de Villeneuve – Grand-Île", "compte.ville.example")
LONG_LINK = "https://compte.ville.example/activation/confirmation?jeton=lpln_" + "x" * 1200
WORDS = Email(
    "Activez votre compte à Évry", f"Bonjour,\n\n{LONG_LINK}\n.\n", f'<p lang="fr"><a href="{LONG_LINK}">é</a>'
)
PARCEL = Parcel("message-1", Purpose.ACTIVATION, "marie.dupont@ville.example", WORDS, NOW)


def mailer(relay: MailRelay, trust: ssl.SSLContext | None = None) -> Mailer:
    return Mailer(relay, SENDER, trust or ssl.create_default_context())


async def send(carrier: Mailer, *parcels: Parcel) -> None:
    async with carrier.open() as hand_over:
        for parcel in parcels:
            await hand_over(parcel)


async def test_a_message_arrives_in_text_and_in_html_with_what_identifies_it(relay: Relay) -> None:
    await send(mailer(mail_relay(relay.url)), PARCEL)

    (letter,) = relay.letters
    assert letter.sender == "ne-pas-repondre@compte.ville.example"
    assert letter.recipients == ("marie.dupont@ville.example",)
    assert letter.subject == WORDS.subject
    assert letter.text.splitlines() == WORDS.text.splitlines()
    assert letter.html.strip() == WORDS.html
    assert letter.message["From"] == "Mairie de Villeneuve – Grand-Île <ne-pas-repondre@compte.ville.example>"
    assert letter.message["To"] == "marie.dupont@ville.example"
    assert letter.message["Message-ID"] == "<message-1@compte.ville.example>"
    assert letter.message["Date"] == "Wed, 18 Nov 2026 11:06:40 +0000"
    assert letter.message["Auto-Submitted"] == "auto-generated"
    assert letter.message["List-Unsubscribe"] is None


async def test_the_bytes_are_ascii_in_lines_that_any_relay_takes(relay: Relay) -> None:
    await send(mailer(mail_relay(relay.url)), PARCEL)

    (raw,) = relay.raw
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


async def test_one_connection_carries_a_batch_even_after_a_refusal(relay: Relay) -> None:
    relay.refusing.add("gone@ville.example")
    async with mailer(mail_relay(relay.url)).open() as hand_over:
        await hand_over(PARCEL)
        with pytest.raises(Refused, match="recipient refused: 550"):
            await hand_over(replace(PARCEL, recipient="gone@ville.example"))
        await hand_over(replace(PARCEL, id="message-3"))

    assert [letter.message["Message-ID"] for letter in relay.letters] == [
        "<message-1@compte.ville.example>",
        "<message-3@compte.ville.example>",
    ]


@pytest.mark.parametrize(
    "recipient",
    ["a@x.example\r\nBcc: b@y.example", "a@x.example>\r\nRCPT TO:<b@y.example", "a@x.example, b@y.example", "a b@x.fr"],
)
async def test_a_recipient_that_is_not_one_mailbox_never_reaches_the_relay(recipient: str, relay: Relay) -> None:
    async with mailer(mail_relay(relay.url)).open() as hand_over:
        with pytest.raises(Refused, match="not one mailbox"):
            await hand_over(replace(PARCEL, recipient=recipient))
        await hand_over(PARCEL)

    assert [letter.recipients for letter in relay.letters] == [("marie.dupont@ville.example",)]


async def test_what_the_words_hold_never_becomes_a_header(relay: Relay) -> None:
    words = Email("Bcc: b@y.example", "x\r\nBcc: b@y.example\r\n.\r\nMAIL FROM:<x>", "<p>x</p>")
    await send(mailer(mail_relay(relay.url)), replace(PARCEL, words=words))

    (letter,) = relay.letters
    assert letter.recipients == ("marie.dupont@ville.example",)
    assert message_from_bytes(relay.raw[0], policy=SMTP)["Bcc"] is None
    assert "MAIL FROM:<x>" in letter.text


async def test_a_sender_s_name_never_becomes_a_header(relay: Relay) -> None:
    named = Sender(SENDER.address, "=?utf-8?q?x=0D=0ABcc=3A_b@y.example?=", SENDER.host)
    carrier = Mailer(mail_relay(relay.url), named, ssl.create_default_context())
    with pytest.raises(ValueError, match=r"line break|invalid"):
        await send(carrier, PARCEL)
    assert relay.letters == []


async def test_an_international_mailbox_is_reached(relay: Relay) -> None:
    await send(mailer(mail_relay(relay.url)), replace(PARCEL, recipient="zoé@mairie-évry.example"))
    assert relay.letters[0].recipients == ("zoé@xn--mairie-vry-h7a.example",)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ("451 4.3.0 Try later", Postponed),
        ("452 4.3.1 Full", Postponed),
        ("550 5.7.1 Not wanted", Refused),
        ("554 5.6.0 No", Refused),
    ],
)
async def test_an_answer_of_class_4_is_for_now_and_of_class_5_for_good(
    answer: str, failure: type[Exception], relay: Relay
) -> None:
    relay.data_answers.append(answer)
    with pytest.raises(failure, match=f"message refused: {answer[:3]}"):
        await send(mailer(mail_relay(relay.url)), PARCEL)


async def test_a_relay_that_does_not_answer_postpones() -> None:
    with pytest.raises(Postponed, match="relay: "):
        await send(mailer(MailRelay("127.0.0.1", free_port(), Tls.NONE)), PARCEL)


async def test_a_relay_lost_in_the_middle_of_a_batch_is_called_again(relay: Relay) -> None:
    async with mailer(mail_relay(relay.url)).open() as hand_over:
        await hand_over(PARCEL)
        relay.stop()
        with pytest.raises(Postponed):
            await hand_over(PARCEL)
        relay.start()
        await hand_over(PARCEL)

    assert len(relay.letters) == 2


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_a_relay_whose_certificate_is_trusted_is_reached_over_tls(scheme: str, certified: Certified) -> None:
    relay = Relay(tls=certified.context, starttls=scheme == "smtp+starttls")
    trust = ssl.create_default_context(cafile=str(certified.authority))
    relay.start()
    try:
        await send(mailer(mail_relay(f"{scheme}://127.0.0.1:{relay.port}"), trust), PARCEL)
    finally:
        relay.stop()

    assert len(relay.letters) == 1


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_a_relay_whose_certificate_is_not_trusted_gets_nothing(scheme: str, certified: Certified) -> None:
    relay = Relay(tls=certified.context, starttls=scheme == "smtp+starttls")
    relay.start()
    try:
        with pytest.raises(Postponed):
            await send(mailer(mail_relay(f"{scheme}://127.0.0.1:{relay.port}")), PARCEL)
    finally:
        relay.stop()

    assert relay.letters == []


async def test_a_relay_that_offers_no_tls_gets_nothing_when_tls_is_asked(relay: Relay) -> None:
    port = urlsplit(relay.url).port
    with pytest.raises(Postponed):
        await send(mailer(mail_relay(f"smtp+starttls://127.0.0.1:{port}")), PARCEL)
    assert relay.letters == []


async def test_a_mailer_carries_nothing_but_e_mails(relay: Relay) -> None:
    with pytest.raises(TypeError):
        await send(mailer(mail_relay(relay.url)), replace(PARCEL, words=Sms("code")))
