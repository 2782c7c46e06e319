"""The device flow, RFC 8628."""

from hypothesis import strategies as st

from tests.protocol.machine import promises
from tests.protocol.machine.base import RECENT, WHO, Machine, act, pick
from tests.protocol.machine.facts import Browser, Device, Grant, Person, Question
from tests.protocol.machine.stage import DEVICE_GRANT

MOST_ENTERED = 15
"""Codes entered in one sequence: past some more, the provider rightly makes people wait."""


class Devices(Machine):
    """The device authorization endpoint, the pages of its owner, and the questions of the device."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = 0

    @act(scope=st.sampled_from(["openid", "openid email", "openid offline_access", "phone"]))
    def a_device_begins(self, scope: str) -> None:
        """Section 3.1."""
        self.begins(scope)

    def begins(self, scope: str) -> None:
        television = self.world.application("television")
        answer = self.stage.post(television, "/device", {"scope": scope})
        if not television.usable:
            self.refused(answer, "invalid_client")
            return
        granted = frozenset(scope.split()) & frozenset(television.party.client.scope.split())
        if not granted:
            self.refused(answer, "invalid_scope")
            return
        told = answer.json()
        assert (told["expires_in"], told["interval"]) == (promises.DEVICE_LIFE, promises.DEVICE_INTERVAL)
        address = told["verification_uri_complete"]
        ends_at = self.world.now + promises.DEVICE_LIFE
        self.world.devices.append(Device(television, told["device_code"], address, granted, ends_at))

    @act(which=RECENT, stolen=st.sampled_from([False] * 11 + [True]), when=lambda self: self.world.devices)
    def a_device_asks(self, which: int, stolen: bool) -> None:
        """Sections 3.4 and 3.5."""
        self.polls(pick(self.world.devices, which), stolen=stolen)

    def polls(self, device: Device, *, stolen: bool = False) -> None:
        by = self.world.application("portail") if stolen else device.application
        answer = self.stage.run(by.party.token(grant_type=DEVICE_GRANT, device_code=device.device_code))
        error = promises.device_error(self.world, device, by)
        if error is not None:
            self.refused(answer, error)
            return
        device.used = True
        told, grant = answer.json(), device.grant
        assert answer.status_code == 200, told
        assert grant is not None
        self.told_tokens(grant, told, grant.scope, None)
        self.told_refresh(grant, told["refresh_token"], self.world.now + promises.REFRESH_LIFE)

    @act(which=RECENT, browser=WHO, person=WHO, when=lambda self: self.world.devices and self.entered < MOST_ENTERED)
    def its_owner_enters_the_code(self, which: int, browser: int, person: int) -> None:
        """Section 3.3; whoever is not signed in does so on the way."""
        here, somebody = pick(self.world.browsers, browser), pick(self.world.people, person)
        self.enters(pick(self.world.devices, which), here, somebody)

    def enters(self, device: Device, here: Browser, somebody: Person) -> None:
        session = promises.session_of(self.world, here)
        if session is None and somebody.locked:
            return
        self.entered += 1
        page = self.stage.run(here.visitor.open(device.address))
        page = self.stage.run(page.form("#device").submit())
        if device.decided is not None or self.world.now >= device.expires_at:
            assert (page.status, set(page.form_errors)) == (422, {"user_code"})
            return
        if session is None and device.application.usable:
            form = page.form("#signin").fill(identifier=somebody.identifier, password=somebody.password)
            page = self.stage.run(form.submit())
            promises.signs_in(self.world, here, somebody)
        if not device.application.usable:
            assert session is None or page.error_code == "device_request_expired"
            return
        assert page.has("#consent"), page.text[:300]
        self.world.questions.append(Question(here, device, page, here.session))

    @act(which=RECENT, accepted=st.sampled_from([True, True, True, False]), when=lambda self: self.world.questions)
    def its_owner_decides(self, which: int, accepted: bool) -> None:
        """The question is always asked, whoever the application belongs to (section 5.4), and answered once."""
        self.answers(pick(self.world.questions, which), accepted=accepted)

    def answers(self, question: Question, *, accepted: bool) -> None:
        device = question.device
        page = self.stage.run(question.page.form("#consent").submit("#consent-accept" if accepted else "#consent-deny"))
        waits = device.decided is None and self.world.now < device.expires_at and device.application.usable
        if not waits:
            assert page.error_code == "device_request_expired"
            return
        session = promises.session_of(self.world, question.browser)
        if session is None or session is not question.shown_to:
            assert page.has("#signin" if session is None else "#consent"), page.text[:300]
            return
        assert page.has("#device-done"), page.text[:300]
        device.decided = accepted
        if accepted:
            promises.allows(self.world, session.person, device.application, device.scope)
            device.grant = Grant(
                application=device.application,
                person=session.person,
                session=None,
                scope=device.scope,
                authenticated_at=session.authenticated_at,
                created_at=self.world.now,
            )
            self.world.grants.append(device.grant)
