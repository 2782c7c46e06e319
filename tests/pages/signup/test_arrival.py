"""Someone comes back from an identity provider and is unknown here: what is asked, kept and proved."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.foundation.settings import SignUp, Upstream
from idp.interactions import store as interactions
from idp.interactions.interaction import Vouched
from idp.people import consents, identity, store
from idp.people.consents import Kind
from idp.people.person import Person, State
from idp.sessions import store as sessions
from tests.pages.signup.conftest import Newcomer
from tests.support.posted import posted
from tests.support.relying_party import REDIRECT, register
from tests.support.visitor import Form, Page

pytestmark = pytest.mark.anyio

FRANCECONNECT = Upstream(
    name="franceconnect",
    issuer="https://fc.exemple.fr/api/v2",
    client_id="c" * 64,
    client_secret="s" * 64,
    kind="franceconnect",
)
CLAIMS = {
    "given_name": "Angela Claire Louise",
    "family_name": "DUBOIS",
    "preferred_username": "Durand",
    "gender": "female",
    "birthdate": "1962-08-24",
    "birthplace": "75107",
    "birthcountry": "99100",
    "email": "angela.dubois@exemple.fr",
}
AGREED = {"accept_terms": True, "accept_privacy": True}


def said(newcomer: Newcomer, **changes: Any) -> Vouched:
    """What FranceConnect says, with some claims changed; None leaves one out."""
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    return Vouched(
        provider="franceconnect",
        issuer=FRANCECONNECT.issuer,
        subject="sub-of-angela",
        acr="eidas1",
        methods=("pwd",),
        claims=claims,
        sealed_id_token="sealed",
        at=newcomer.site.clock.now(),
    )


async def arrives(newcomer: Newcomer, vouched: Vouched, start: str = "/inscription") -> Page:
    """The browser comes back from the provider, in the course of a journey."""
    newcomer.site.provider.settings = replace(newcomer.site.provider.settings, upstreams=(FRANCECONNECT,))
    entrance = await newcomer.visitor.open(start)
    journey = parse_qs(urlsplit(entrance.address).query)["i"][0]
    await newcomer.site.provider.database.transaction(interactions.note_vouched, journey, vouched)
    return await newcomer.visitor.open(f"/interaction/{journey}")


async def form_of(newcomer: Newcomer, **changes: Any) -> Form:
    return (await arrives(newcomer, said(newcomer, **changes))).form("#signup")


async def angela(newcomer: Newcomer) -> Person:
    owner = await newcomer.site.provider.database.transaction(identity.owner, FRANCECONNECT.issuer, "sub-of-angela")
    assert owner is not None
    person = await newcomer.site.provider.database.transaction(store.find, owner)
    assert person is not None
    return person


async def test_only_contacts_and_agreements_are_asked(newcomer: Newcomer) -> None:
    page = await arrives(newcomer, said(newcomer))
    assert page.path == "/inscription/franceconnect"
    form = page.form("#signup")
    asked = {name for name in form.values if not name.endswith("_version")}
    assert asked == {
        "csrf",
        "i",
        "profile",
        "email",
        "landline",
        "landline_country",
        "mobile",
        "mobile_country",
        "list_email",
        "list_sms",
        "accept_terms",
        "accept_privacy",
    }
    for locked in ("DUBOIS", "Durand", "Angela Claire Louise", "24/08/1962"):
        assert locked in page.text
    assert form.values["email"] == ["angela.dubois@exemple.fr"]


async def test_the_account_is_active_at_once_and_goes_on_to_the_application(newcomer: Newcomer) -> None:
    application = await register(newcomer.site)
    page = await arrives(newcomer, said(newcomer), application.start())
    arrived = await page.form("#signup").fill(mobile="06 39 98 12 34", **AGREED).submit("#signup-submit")
    assert arrived.address.startswith(REDIRECT)
    person = await angela(newcomer)
    assert (person.state, person.profile, person.identifier, person.password_hash) == (
        State.ACTIVE,
        "citoyen",
        None,
        None,
    )
    assert (person.given_names, person.birth_name, person.preferred_name) == (
        "Angela Claire Louise",
        "DUBOIS",
        "Durand",
    )
    assert (person.gender, person.birthdate, person.birthplace, person.birthcountry) == (
        "female",
        "1962-08-24",
        "75107",
        "99100",
    )
    assert (person.email, person.email_verified, person.mobile) == ("angela.dubois@exemple.fr", False, "+33639981234")
    assert await posted(newcomer.site) == []


async def test_the_session_has_the_level_of_the_provider(newcomer: Newcomer) -> None:
    await (await form_of(newcomer)).fill(**AGREED).submit("#signup-submit")
    person = await angela(newcomer)
    (session,) = await newcomer.site.provider.database.transaction(
        sessions.list_for, person.id, newcomer.site.clock.now()
    )
    assert (session.acr, session.methods, session.upstream) == ("eidas1", ("pwd",), "franceconnect")
    assert session.sealed_id_token == "sealed"
    given = await newcomer.site.provider.database.transaction(consents.agreements_of, person.id)
    assert {each.kind for each in given} == {Kind.TERMS, Kind.PRIVACY}


async def test_an_address_typed_here_is_to_be_proved_and_blocks_nothing(newcomer: Newcomer) -> None:
    form = await form_of(newcomer)
    page = await form.fill(email="autre@exemple.fr", **AGREED).submit("#signup-submit")
    assert page.path == "/mon-compte"
    message = await newcomer.received()
    assert message.to == "autre@exemple.fr"
    done = await (await newcomer.visitor.open(message.link("/activation/lien/"))).form("#activation-link").submit()
    assert done.has("#activated")
    person = await angela(newcomer)
    assert (person.email, person.email_verified) == ("autre@exemple.fr", True)


async def test_the_same_address_in_other_capitals_is_the_one_received(newcomer: Newcomer) -> None:
    await (await form_of(newcomer)).fill(email="Angela.Dubois@EXEMPLE.fr", **AGREED).submit("#signup-submit")
    assert await posted(newcomer.site) == []


async def test_civil_status_sent_by_the_browser_is_not_read(newcomer: Newcomer) -> None:
    form = (await form_of(newcomer)).fill(**AGREED)
    form.values |= {"birth_name": ["Autre"], "given_names": ["Autre"], "birthdate": ["01/01/2000"], "gender": ["male"]}
    await form.submit("#signup-submit")
    person = await angela(newcomer)
    assert (person.birth_name, person.birthdate, person.gender) == ("DUBOIS", "1962-08-24", "female")


@pytest.mark.parametrize(("presumed", "shown"), [("1962-00-00", "1962"), ("1962-08-00", "08/1962")])
async def test_a_presumed_birth_date_is_kept_as_it_is(newcomer: Newcomer, presumed: str, shown: str) -> None:
    form = await form_of(newcomer, birthdate=presumed)
    assert shown in form.page.text
    await form.fill(**AGREED).submit("#signup-submit")
    assert (await angela(newcomer)).birthdate == presumed


async def test_refused_contacts_are_explained(newcomer: Newcomer) -> None:
    page = await (await form_of(newcomer)).fill(mobile="02 02 02 02 02", email="").submit("#signup-submit")
    assert page.status == 422
    assert list(page.form_errors) == ["email", "mobile", "accept_terms", "accept_privacy"]
    assert page.form("#signup").values["mobile"] == ["02 02 02 02 02"]


async def test_what_the_provider_did_not_say_is_asked(newcomer: Newcomer) -> None:
    form = await form_of(newcomer, birthdate=None, family_name=None, preferred_username=None)
    page = await form.fill(**AGREED).submit("#signup-submit")
    assert list(page.form_errors) == ["birth_name", "birthdate"]
    again = page.form("#signup").fill(birth_name="Dubois", birthdate="24/08/1962")
    await again.submit("#signup-submit")
    person = await angela(newcomer)
    assert (person.birth_name, person.birthdate, person.gender) == ("Dubois", "1962-08-24", "female")


async def test_a_minor_is_told_that_a_parent_opens_the_account(newcomer: Newcomer) -> None:
    page = await arrives(newcomer, said(newcomer, birthdate="2015-01-01"))
    assert (page.status, page.error_code) == (403, "too_young")
    assert "un parent doit créer le compte" in page.text


async def test_the_form_sent_twice_opens_one_account(newcomer: Newcomer) -> None:
    form = (await form_of(newcomer)).fill(**AGREED)
    assert (await form.submit("#signup-submit")).path == "/mon-compte"
    assert (await form.submit("#signup-submit")).path == "/mon-compte"
    assert (await newcomer.audited()).count("account.created") == 1


async def test_what_was_said_long_ago_is_to_be_said_again(newcomer: Newcomer) -> None:
    form = (await form_of(newcomer)).fill(**AGREED)
    newcomer.site.clock.advance(newcomer.site.provider.settings.lifetimes.session_idle)
    assert (await form.submit("#signup-submit")).path == "/connexion"
    assert await newcomer.audited() == []


async def test_it_works_while_the_citizen_s_own_form_is_closed(newcomer: Newcomer) -> None:
    settings = newcomer.site.provider.settings
    newcomer.site.provider.settings = replace(settings, signup=SignUp(profiles=("association",)))
    form = await form_of(newcomer)
    assert (await form.fill(**AGREED).submit("#signup-submit")).path == "/mon-compte"


async def test_without_a_return_there_is_nothing_to_finish(newcomer: Newcomer) -> None:
    newcomer.site.provider.settings = replace(newcomer.site.provider.settings, upstreams=(FRANCECONNECT,))
    choice = await newcomer.visitor.open("/inscription")
    assert choice.has("#upstream-franceconnect")
    assert (await newcomer.visitor.open("/inscription/franceconnect")).path == "/connexion"
