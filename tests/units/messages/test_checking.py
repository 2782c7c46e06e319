"""What `idp check` says of messages, and what a start refuses."""

from dataclasses import replace
from typing import Any

import pytest

from idp.app import build_provider
from idp.foundation.configuration import SettingsError
from idp.foundation.settings import Brand, Mail, Sms
from idp.messages import checking
from tests.support.mailbox import Mailbox
from tests.support.ports import free_port
from tests.support.provider import settings_for
from tests.support.sms_gateway import SmsGateway
from tests.units.messages.conftest import Certified, Relay

LONG = Brand(name="Communauté d'agglomération du Grand Villeneuve et des Îles")


async def verdicts(**changes: Any) -> tuple[str | None, str | None]:
    provider = build_provider(settings_for("sqlite://", **changes))
    try:
        return await checking.mail(provider), await checking.sms(provider)
    finally:
        await provider.close()


async def test_a_relay_and_a_gateway_that_answer_are_right(mailbox: Mailbox, sms_gateway: SmsGateway) -> None:
    assert await verdicts(mail=Mail(mailbox.url), sms=Sms(sms_gateway.url)) == (None, None)
    assert mailbox.letters == []
    assert sms_gateway.received == []


async def test_what_does_not_answer_is_named() -> None:
    nobody = f"127.0.0.1:{free_port()}"
    assert await verdicts(mail=Mail(f"smtp://{nobody}"), sms=Sms(f"http://{nobody}/")) == (
        "relay: SMTPConnectError",
        "gateway: ConnectionRefusedError",
    )


async def test_what_is_not_set_is_named() -> None:
    mail, sms = await verdicts()
    assert mail is not None
    assert sms is not None
    assert mail.startswith("mail.url (IDP_SMTP_URL) is not set")
    assert sms.startswith("sms.url (IDP_SMS_URL) is not set")


async def test_a_certificate_that_nobody_vouches_for_is_named_unless_the_settings_do(certified: Certified) -> None:
    relay = Relay(tls=certified.context)
    relay.start()
    try:
        ways = {"mail": Mail(f"smtps://127.0.0.1:{relay.port}"), "sms": Sms(f"https://127.0.0.1:{relay.port}/")}
        mail, sms = await verdicts(**ways)
        assert mail is not None
        assert sms == "gateway: SSLCertVerificationError"
        assert await verdicts(**ways, outbound_ca_file=str(certified.authority)) == (None, None)
    finally:
        relay.stop()


def test_a_name_too_long_for_an_sms_is_refused_at_start() -> None:
    with pytest.raises(SettingsError) as caught:
        build_provider(settings_for("sqlite://", brand=LONG, sms=Sms("https://sms.example/")))
    assert {problem.split(":")[0] for problem in caught.value.problems} == {"brand.sms_name"}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"brand": LONG}, id="no SMS leaves"),
        pytest.param(
            {"brand": replace(LONG, sms_name="Grand Villeneuve"), "sms": Sms("https://s.example/")}, id="short"
        ),
    ],
)
async def test_a_long_name_is_accepted_where_it_makes_no_long_sms(changes: dict[str, Any]) -> None:
    await build_provider(settings_for("sqlite://", **changes)).close()
