"""The whole first visit of someone who comes from FranceConnect, and the second one."""

import pytest

from idp.people import store
from tests.protocol.upstream.accounts import open_sessions, returning, vouched
from tests.support.provider import Site
from tests.support.relying_party import payload_of, register
from tests.support.upstream import ScriptedUpstream, brokering, settings_of, through
from tests.support.visitor import Page


async def complete(page: Page) -> Page:
    """Accept what has to be accepted on the sign-up form, and send it as it is otherwise."""
    form = page.form("#signup")
    return await form.fill(accept_terms=True, accept_privacy=True).submit("#signup-submit")


async def test_a_new_person_finishes_the_sign_up_and_enters_the_application_then_comes_back_without_typing(
    database_url: str, upstream: ScriptedUpstream
) -> None:
    async with brokering(database_url, settings_of(upstream)) as site:
        application = await register(site)
        visitor = await site.visitor()
        page = await through(visitor, start=application.start())
        assert page.path == "/inscription/franceconnect"
        assert "DUBOIS" in page.text
        assert not page.has("[name=password]")
        assert not page.has("[name=birth_name]")
        tokens = (await application.exchange((await complete(page)).returned["code"])).json()
        first = payload_of(tokens["id_token"])
        assert first["acr"] == "eidas1"
        again = await through(await site.visitor(), start=application.start())
        second = payload_of((await application.exchange(again.returned["code"])).json()["id_token"])
        assert second["sub"] == first["sub"]


async def test_the_account_holds_the_civil_status_and_the_e_mail_received_without_calling_it_proved(
    broker: Site,
) -> None:
    await complete(await through(await broker.visitor(), "étranger_présumé_né_jour_et_mois"))
    (session,) = await open_sessions(broker)
    person = await broker.provider.database.read(store.find, session["person_id"])
    assert person is not None
    assert (person.given_names, person.birth_name, person.birthdate) == ("Jean", "TARGE", "1992-00-00")
    assert (person.birthplace, person.birthcountry, person.gender) == (None, "99217", "male")
    assert (person.email, person.email_verified) == ("jean.targe@example.fr", False)
    assert await vouched(broker) == []


async def test_two_people_with_the_same_e_mail_have_two_accounts(broker: Site, upstream: ScriptedUpstream) -> None:
    await returning(broker, upstream.issuer, "bdd_default", email="partagee@exemple.fr")
    upstream.alter_userinfo(email="partagee@exemple.fr")
    page = await complete(await through(await broker.visitor()))
    assert page.path == "/mon-compte"
    (session,) = await open_sessions(broker)
    person = await broker.provider.database.read(store.find, session["person_id"])
    assert person is not None
    assert (person.email, person.birthplace) == ("partagee@exemple.fr", "75107")


@pytest.mark.parametrize(
    ("claim", "hostile"),
    [
        pytest.param("family_name", "<img src=x onerror=alert(1)>", id="markup in the name"),
        pytest.param("given_name", "=cmd|' /C calc'!A0", id="a formula"),
        pytest.param("email", "a@exemple.fr\r\nBcc: tous@exemple.fr", id="a header in the address"),
        pytest.param("birthplace", "x" * 400, id="a place too long"),
    ],
)
async def test_a_hostile_claim_is_shown_to_nobody_and_breaks_nothing(
    broker: Site, upstream: ScriptedUpstream, claim: str, hostile: str
) -> None:
    upstream.alter_userinfo(**{claim: hostile})
    page = await through(await broker.visitor())
    assert page.status == 200
    assert page.has("#signup")
    assert hostile not in page.response.text
