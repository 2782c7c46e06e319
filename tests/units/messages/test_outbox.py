"""Writing messages to send in the transaction of the act that causes them."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from idp.foundation.audit import audit
from idp.foundation.errors import BadRequest
from idp.messages import outbox
from idp.messages.message import Email, Envelope, Purpose, Sms
from idp.messages.tables import outbox as table
from tests.units.messages.conftest import NOW, Means

EMAIL = Email("Activez votre compte", "Ouvrez https://compte.example/activation?jeton=lpln_secret", "<p>…</p>")
SMS = Sms("Mairie : votre code est 123456")
TO_MARIE = Envelope(Purpose.ACTIVATION, "marie@ville.example", NOW + 900, "person-1")
TO_HER_MOBILE = Envelope(Purpose.ACTIVATION, "+33639980001", NOW + 900, "person-1")


def test_a_message_is_written_to_be_sent_at_once(connection: Connection, means: Means) -> None:
    assert outbox.enqueue_email(connection, means, TO_MARIE, EMAIL, NOW) == 0

    row = connection.execute(select(table)).one()
    assert (row.channel, row.purpose, row.person_id) == ("email", "activation", "person-1")
    assert (row.created_at, row.next_attempt_at, row.expires_at) == (NOW, NOW, NOW + 900)
    assert (row.attempts, row.sent_at, row.abandoned_at, row.dropped_at) == (0, None, None, None)


def test_recipient_and_words_are_sealed_for_their_row(connection: Connection, means: Means) -> None:
    outbox.enqueue_email(connection, means, TO_MARIE, EMAIL, NOW)
    outbox.enqueue_sms(connection, means, TO_HER_MOBILE, SMS, NOW)

    for row in connection.execute(select(table)):
        kept = " ".join(str(value) for value in row)
        for secret in ("marie", "39980001", "123456", "lpln_secret", "Activez"):
            assert secret not in kept
        words = json.loads(means.seal.open(outbox.seal_purpose(row.id, "body"), row.body))
        assert words["text"] in {EMAIL.text, SMS.text}


def test_one_mailbox_is_not_flooded_whatever_the_purposes(connection: Connection, means: Means) -> None:
    asked = [Purpose.ACTIVATION, Purpose.PASSWORD_RESET, Purpose.IDENTIFIERS, Purpose.ALREADY_REGISTERED]
    waits = [
        outbox.enqueue_email(connection, means, replace(TO_MARIE, purpose=purpose), EMAIL, NOW) for purpose in asked * 3
    ]

    assert waits == [0] * 6 + [3600] * 6
    assert len(connection.execute(select(table)).all()) == 6
    assert {row.event for row in connection.execute(select(audit))} == {"message.capped"}


def test_the_case_of_an_address_does_not_make_another_mailbox(connection: Connection, means: Means) -> None:
    for _ in range(6):
        outbox.enqueue_email(connection, means, TO_MARIE, EMAIL, NOW)
    assert outbox.enqueue_email(connection, means, replace(TO_MARIE, recipient="MARIE@Ville.Example"), EMAIL, NOW)
    assert outbox.enqueue_email(connection, means, replace(TO_MARIE, recipient="paul@ville.example"), EMAIL, NOW) == 0


def test_a_mailbox_may_be_written_to_again_later(connection: Connection, means: Means) -> None:
    for _ in range(7):
        outbox.enqueue_email(connection, means, TO_MARIE, EMAIL, NOW)
    assert outbox.enqueue_email(connection, means, TO_MARIE, EMAIL, NOW + 3600) == 0


def test_asking_for_messages_cannot_silence_a_notice(connection: Connection, means: Means) -> None:
    for _ in range(30):
        outbox.enqueue_email(connection, means, TO_MARIE, EMAIL, NOW)
    notice = replace(TO_MARIE, purpose=Purpose.PASSWORD_CHANGED)
    assert outbox.enqueue_email(connection, means, notice, EMAIL, NOW) == 0


def test_a_number_receives_three_sms_in_an_hour_and_five_in_a_day(connection: Connection, means: Means) -> None:
    in_the_hour = [outbox.enqueue_sms(connection, means, TO_HER_MOBILE, SMS, NOW) for _ in range(4)]
    later = [outbox.enqueue_sms(connection, means, TO_HER_MOBILE, SMS, NOW + 3600) for _ in range(3)]

    assert [wait == 0 for wait in in_the_hour] == [True, True, True, False]
    assert [wait == 0 for wait in later] == [True, True, False]


def test_the_authority_s_budget_of_sms_stops_the_rest_of_the_day(connection: Connection, means: Means) -> None:
    thrifty = replace(means, settings=replace(means.settings, sms=replace(means.settings.sms, daily_budget=2)))
    waits = [
        outbox.enqueue_sms(connection, thrifty, replace(TO_HER_MOBILE, recipient=f"+3363998000{last}"), SMS, NOW)
        for last in range(3)
    ]

    assert waits == [0, 0, 86_400]
    (capped,) = connection.execute(select(audit.c.detail)).scalars()
    assert capped == {"channel": "sms", "purpose": "activation", "limit": "budget"}


def test_a_recipient_that_is_not_one_address_is_refused(connection: Connection, means: Means) -> None:
    with pytest.raises(BadRequest):
        outbox.enqueue_email(connection, means, replace(TO_MARIE, recipient="a@x.fr\r\nBcc: b@y.fr"), EMAIL, NOW)
    with pytest.raises(BadRequest):
        outbox.enqueue_sms(connection, means, replace(TO_HER_MOBILE, recipient="+447700900123"), SMS, NOW)
    assert connection.execute(select(table)).all() == []
