"""Signing out, of everything or of one's own space, and what follows in the applications that were entered."""

from collections.abc import Collection
from urllib.parse import urlencode

from hypothesis import strategies as st

from tests.protocol.machine import promises
from tests.protocol.machine.base import RECENT, WHO, Machine, act, pick
from tests.protocol.machine.facts import Application, Browser, Session
from tests.support.visitor import Page

PASSWORDS = ("Cerisier-42-bleu", "Tilleul-58-rouge")
ACCOUNT = "/mon-compte"


class Leaving(Machine):
    """RP-Initiated Logout 1.0, and the acts of a person in their own space."""

    @act(
        which=RECENT,
        browser=WHO,
        confirmed=st.sampled_from([True, True, False]),
        when=lambda self: self.world.identities,
    )
    def an_application_signs_the_person_out(self, which: int, browser: int, confirmed: bool) -> None:
        """Section 2: at once when its hint is about this browser's session, else the person is asked."""
        hint, here = pick(self.world.identities, which), pick(self.world.browsers, browser)
        application = hint.grant.application
        if application.removed or not application.party.client.post_logout_redirect_uris:
            return
        self.look_at_keys()
        proved = hint.kid in self.published and application.usable
        session = promises.held_session(self.world, here)
        page = self.stage.run(here.visitor.open(application.party.logout(hint.token)))
        if session is not None and not (proved and hint.grant.session is session):
            assert page.has("#signout-confirm"), page.text[:300]
            assert page.has("#signout-unproved") is not proved
            if not confirmed:
                return
            page = self.stage.run(page.form("#signout").submit("#signout-confirm"))
        promises.leaves(self.world, here)
        self._arrives(page, application if proved else None, session)

    @act(browser=WHO)
    def a_person_signs_out(self, browser: int) -> None:
        here = pick(self.world.browsers, browser)
        session = promises.held_session(self.world, here)
        page = self.stage.run(here.visitor.open("/deconnexion"))
        if session is not None:
            page = self.stage.run(page.form("#signout").submit("#signout-confirm"))
        promises.leaves(self.world, here)
        self._arrives(page, None, session)

    def _arrives(self, page: Page, asking: Application | None, session: Session | None) -> None:
        """Where the browser is sent: back if nothing was left open, else to the page that says what was."""
        entered = self._entered(session)
        framed = [each for each in entered if each.party.client.frontchannel_logout_uri and each.usable]
        left_open = [each for each in entered if each is not asking and not self._told(each)]
        if asking is not None and not left_open and not framed:
            assert page.address == f"{asking.party.client.post_logout_redirect_uris[0]}?state=adieu"
            return
        assert (page.outside, page.has("#signed-out")) == (False, True), page.address
        self._judge_frames(page, framed, session)
        if not framed:
            named = {" ".join(each.get_text(" ").split()) for each in page.html.select("#left-open li")}
            assert {name.split(" (")[0] for name in named} == {each.party.client.name for each in left_open}

    def _entered(self, session: Session | None) -> list[Application]:
        names: Collection[str] = session.entered if session is not None else ()
        return [each for each in self.world.applications if each.id in names and not each.removed]

    def _told(self, application: Application) -> bool:
        client = application.party.client
        return application.usable and bool(client.backchannel_logout_uri or client.frontchannel_logout_uri)

    def _judge_frames(self, page: Page, framed: Collection[Application], session: Session | None) -> None:
        """Front-Channel Logout 1.0 section 3: each of them, told which provider and which session."""
        loaded = {str(each["src"]) for each in page.html.select("iframe")}
        for application in framed:
            assert session is not None
            mine = {src for src in loaded if src.startswith(f"{application.party.client.frontchannel_logout_uri}?")}
            assert len(mine) == 1, (application.name, loaded)
            sent = mine.pop().partition("?")[2]
            if session.sid is not None:
                assert sent == urlencode({"iss": self.stage.site.issuer, "sid": session.sid})
        assert len(loaded) == len(framed), loaded

    # In one's own space

    @act(browser=WHO, when=lambda self: self.world.sessions)
    def a_person_signs_out_everywhere(self, browser: int) -> None:
        """Every browser, and every application with them."""
        home, here, session = self._at_home(browser)
        if session is None:
            return
        page = self.stage.run(home.form('form[action="/mon-compte/connexions/fin-partout"]').submit())
        entered = self._entered(session)
        self._judge_frames(
            page, [each for each in entered if each.party.client.frontchannel_logout_uri and each.usable], session
        )
        promises.is_cut_off(self.world, session.person)
        here.session = None

    @act(browser=WHO, which=RECENT, when=lambda self: self.world.consents)
    def a_person_withdraws_a_consent(self, browser: int, which: int) -> None:
        """All that the application obtained stops (RGPD article 7.3)."""
        home, _, session = self._at_home(browser)
        if session is None:
            return
        mine = [(name, each) for (person, name), each in self.world.consents.items() if person == session.person.id]
        shown = {str(each["value"]) for each in home.html.select('form[action$="services/retrait"] [name=client_id]')}
        assert shown == {name for name, each in mine if each.stands}
        standing = [(name, each) for name, each in mine if each.stands]
        if not standing:
            return
        name, consent = pick(standing, which)
        form = home.form(f'form[action$="services/retrait"]:has([value="{name}"])')
        page = self.stage.run(form.submit())
        assert page.status == 200
        promises.takes_back(consent, self.world.now)

    @act(browser=WHO, when=lambda self: self.world.sessions)
    def a_person_changes_the_password(self, browser: int) -> None:
        """What the former one opened is closed, but for this browser, which is signed in anew."""
        _, here, session = self._at_home(browser)
        if session is None:
            return
        page = self.stage.run(here.visitor.open(f"{ACCOUNT}/mot-de-passe"))
        if self.world.now - session.authenticated_at > promises.RECENT:
            assert page.has("#signin"), "an old sign-in opens the page of the password"
            return
        person = session.person
        chosen = PASSWORDS[1 - PASSWORDS.index(person.password)]
        form = page.form("#password-form").fill(
            current_password=person.password, password=chosen, password_again=chosen
        )
        page = self.stage.run(form.submit())
        assert (page.status, page.path) == (200, ACCOUNT), page.text[:300]
        person.password = chosen
        promises.is_cut_off(self.world, person)
        here.session = None
        promises.signs_in(self.world, here, person)

    @act(browser=WHO, when=lambda self: len(self.world.sessions) > 1)
    def a_person_closes_another_browser(self, browser: int) -> None:
        """The others stay as they are."""
        home, here, session = self._at_home(browser)
        if session is None:
            return
        other = next(each for each in self.world.browsers if each is not here)
        theirs = other.session
        if theirs is None or theirs.sid is None or theirs.person is not session.person or theirs.ended:
            return
        if self.world.now >= theirs.expires_at:
            return
        form = home.form(f'form[action$="connexions/fin"]:has([value="{theirs.sid}"])')
        assert self.stage.run(form.submit()).status == 200
        theirs.ended = True

    def _at_home(self, browser: int) -> tuple[Page, Browser, Session | None]:
        """Somebody's own space, for whoever is signed in; anybody else is asked to sign in."""
        here = pick(self.world.browsers, browser)
        page = self.stage.run(here.visitor.open(ACCOUNT))
        session = promises.session_of(self.world, here)
        assert page.has("#signin") == (session is None), page.text[:300]
        return page, here, session
