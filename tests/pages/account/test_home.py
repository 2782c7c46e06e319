"""A person's own space, visited as a browser does: what is shown, what may be done, and by whom."""

import asyncio
import json

import pytest
from sqlalchemy import Connection, select

from idp.account import password
from idp.interactions import store as interactions
from idp.messages.tables import outbox
from idp.people import consents, identity, store
from idp.people.consents import Kind
from idp.sessions import store as sessions
from tests.pages.account.conftest import PASSWORD, Settle
from tests.support.provider import Site

pytestmark = pytest.mark.anyio
ANOTHER = "Trois-Hirondelles-7"


async def test_who_is_not_signed_in_goes_to_sign_in(site: Site) -> None:
    client = await site.client()
    answer = await client.get("/mon-compte")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/interaction/")


async def test_the_home_page_tells_who_one_is(settle: Settle) -> None:
    camille = await settle(birthdate="1985-03-27", mobile="+33639981234", preferred_name="D’Ormesson")
    page = await camille.home()
    assert page.status == 200
    assert page.one("h1").get_text() == "Bonjour Camille"
    for told in ("27 mars 1985", "D’Ormesson", "Telle que vous l'avez déclarée.", "06 39 98 12 34"):
        assert told in page.text
    assert "camille.martin@exemple.fr vérifié" in page.text
    assert "06 39 98 12 34 non vérifié" in page.text


async def test_a_civil_status_from_franceconnect_says_where_it_comes_from(site: Site, settle: Settle) -> None:
    camille = await settle(None, with_password=False, verified=False, gender="female")
    await camille.links()
    page = await camille.home()
    assert "Transmise par FranceConnect" in page.text
    assert "Féminin" in page.text
    assert "Aucun mot de passe" in page.text
    assert not page.has('[action="/mon-compte/liens/retrait"]'), "the only way in cannot be removed"


async def test_the_applications_one_uses_are_shown_and_an_agreement_taken_back(site: Site, settle: Settle) -> None:
    camille = await settle()
    database, now = site.provider.database, site.clock.now()
    await database.transaction(sessions.note_participation, camille.session, "portail", now)
    await database.transaction(interactions.give_consent, camille.person_id, "portail", frozenset({"openid"}), now)
    page = await camille.home()
    assert "portail" in page.text
    after = await page.form('form[action="/mon-compte/services/retrait"]').submit()
    assert "Votre accord est retiré." in after.text
    assert not await database.transaction(interactions.consented, camille.person_id, "portail")
    assert "consent.withdrawn" in await camille.audited()


async def test_one_browser_is_signed_out_and_the_others_stay(site: Site, settle: Settle) -> None:
    camille = await settle()
    elsewhere = await camille.signs_in_elsewhere()
    page = await camille.home()
    assert "Firefox sur Linux cet appareil" in page.text
    assert "Safari sur iPhone" in page.text
    form = page.form(f'form:has(input[value="{elsewhere.id}"])')
    after = await form.submit()
    assert "Cette connexion est fermée." in after.text
    assert "Safari sur iPhone" not in after.text
    assert "Firefox sur Linux" in after.text


async def test_nobody_ends_the_session_of_another(site: Site, settle: Settle) -> None:
    camille, dominique = await settle("camille.martin"), await settle("dominique.leroy")
    page = await camille.home()
    form = page.form('form[action="/mon-compte/connexions/fin"]')
    form.values["session"] = [dominique.session.id]
    after = await form.submit()
    assert (after.status, after.error_code) == (404, "session_not_found")
    assert (await dominique.home()).path == "/mon-compte"


async def test_signing_out_everywhere_leaves_nothing_open(site: Site, settle: Settle) -> None:
    camille = await settle()
    await camille.signs_in_elsewhere()
    page = await camille.home()
    after = await page.form('form[action="/mon-compte/connexions/fin-partout"]').submit()
    assert "Vous êtes déconnecté" in after.one("#signed-out").get_text()
    now = site.clock.now()
    assert not await site.provider.database.transaction(sessions.list_for, camille.person_id, now)
    person = await site.provider.database.transaction(store.find, camille.person_id)
    assert person is not None
    assert person.cutoff_at == now
    assert (await (await site.client()).get("/mon-compte")).status_code == 303


async def test_mailing_lists_are_joined_and_left_with_their_proof(site: Site, settle: Settle) -> None:
    camille = await settle(mobile="+33639981234")
    form = (await camille.home()).form("#lists")
    after = await form.fill(list_email=True, list_sms=True).submit()
    assert "Vos choix sont enregistrés." in after.text
    again = await after.form("#lists").fill(list_sms=False).submit()
    assert again.one("#list_email").has_attr("checked")
    assert not again.one("#list_sms").has_attr("checked")
    proofs = await site.provider.database.transaction(consents.agreements_of, camille.person_id)
    assert {(each.kind, each.stands, each.origin) for each in proofs} == {
        (Kind.LIST_EMAIL, True, "mon-compte"),
        (Kind.LIST_SMS, False, "mon-compte"),
    }


async def test_a_choice_that_does_not_change_keeps_its_proof(site: Site, settle: Settle) -> None:
    camille = await settle()
    for _ in range(2):
        await (await camille.home()).form("#lists").fill(list_email=True).submit()
    assert len(await site.provider.database.transaction(consents.agreements_of, camille.person_id)) == 1


async def test_messages_by_sms_need_a_mobile(settle: Settle) -> None:
    camille = await settle()
    after = await (await camille.home()).form("#lists").fill(list_email=True, list_sms=True).submit()
    assert after.status == 400
    assert "list_sms" in after.form_errors
    assert after.one("#list_email").has_attr("checked"), "what was chosen is not lost"


async def test_the_password_is_changed_with_the_present_one(site: Site, settle: Settle) -> None:
    camille = await settle()
    await camille.signs_in_elsewhere()
    page = await camille.visitor.open("/mon-compte/mot-de-passe")
    form = page.form("#password-form")
    after = await form.fill(current_password=PASSWORD, password=ANOTHER, password_again=ANOTHER).submit()
    assert after.path == "/mon-compte"
    assert "Votre mot de passe est enregistré." in after.text
    database = site.provider.database
    person = await database.transaction(store.find, camille.person_id)
    assert person is not None
    assert (await site.provider.hasher.verify(person.password_hash, ANOTHER)).matches
    open_now = await database.transaction(sessions.list_for, camille.person_id, site.clock.now())
    assert len(open_now) == 1
    assert open_now[0].id != camille.session.id, "a thief who holds the former cookie holds nothing"
    assert "password.changed" in await camille.audited()
    assert await database.transaction(_purposes) == ["password_changed"]


def _purposes(connection: Connection) -> list[str]:
    return list(connection.execute(select(outbox.c.purpose)).scalars())


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        pytest.param({"current_password": ""}, "current_password", id="present one not given"),
        pytest.param({"current_password": "Pas-le-bon-1"}, "current_password", id="present one wrong"),
        pytest.param({"password": "martin", "password_again": "martin"}, "password", id="too weak"),
        pytest.param({"password": "Camille-2-Martin"}, "password", id="made of one's own name"),
        pytest.param({"password_again": "Quatre-Hirondelles-7"}, "password_again", id="not the same twice"),
    ],
)
async def test_a_bad_change_of_password_is_refused(settle: Settle, typed: dict[str, str], field: str) -> None:
    camille = await settle()
    form = (await camille.visitor.open("/mon-compte/mot-de-passe")).form("#password-form")
    good = {"current_password": PASSWORD, "password": ANOTHER, "password_again": ANOTHER}
    after = await form.fill(**{**good, **typed}).submit()
    assert after.status == 400
    assert list(after.form_errors) == [field]
    assert (await camille.home()).path == "/mon-compte"


async def test_guessing_the_present_password_is_slowed_down(site: Site, settle: Settle) -> None:
    camille = await settle()
    page = await camille.visitor.open("/mon-compte/mot-de-passe")
    for _ in range(password.GUESSES.free):
        form = page.form("#password-form")
        page = await form.fill(current_password="Pas-le-bon-1", password=ANOTHER, password_again=ANOTHER).submit()
    form = page.form("#password-form")
    page = await form.fill(current_password=PASSWORD, password=ANOTHER, password_again=ANOTHER).submit()
    assert "Trop d'essais" in page.form_errors["current_password"]
    site.clock.advance(password.GUESSES.first_seconds + 1)
    form = page.form("#password-form")
    after = await form.fill(current_password=PASSWORD, password=ANOTHER, password_again=ANOTHER).submit()
    assert after.path == "/mon-compte"


async def test_an_account_without_password_gets_one(site: Site, settle: Settle) -> None:
    camille = await settle(with_password=False)
    page = await camille.visitor.open("/mon-compte/mot-de-passe")
    assert not page.has("#current_password")
    after = await page.form("#password-form").fill(password=ANOTHER, password_again=ANOTHER).submit()
    assert "Votre mot de passe est enregistré." in after.text
    person = await site.provider.database.transaction(store.find, camille.person_id)
    assert person is not None
    assert (await site.provider.hasher.verify(person.password_hash, ANOTHER)).matches


async def test_a_link_to_another_provider_is_removed_once_there_is_a_password(site: Site, settle: Settle) -> None:
    camille = await settle()
    await camille.links()
    after = await (await camille.home()).form('form[action="/mon-compte/liens/retrait"]').submit()
    assert "Ce compte n'est plus relié au vôtre." in after.text
    assert not await site.provider.database.transaction(identity.links_of, camille.person_id)


@pytest.mark.parametrize("address", ["/mon-compte/mot-de-passe", "/mon-compte/suppression", "/mon-compte/donnees"])
async def test_a_sensitive_page_wants_a_recent_sign_in(site: Site, settle: Settle, address: str) -> None:
    camille = await settle()
    assert (await camille.visitor.client.get(address)).status_code == 200
    site.clock.advance(601)
    assert (await camille.home()).path == "/mon-compte", "the session is still good for the rest"
    answer = await camille.visitor.client.get(address)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/interaction/")


async def test_everything_known_is_given_as_a_file(site: Site, settle: Settle) -> None:
    camille = await settle(birthdate="1985-03-27")
    answer = await camille.visitor.client.get("/mon-compte/donnees")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    document = json.loads(answer.text)
    assert document["person"]["birthdate"] == "1985-03-27"
    assert [each["id"] for each in document["sessions"]] == [camille.session.id]
    for secret in ("argon2", "password_hash", "sealed"):
        assert secret not in answer.text
    assert "data.exported" in await camille.audited()


async def test_deleting_the_account_wants_a_clear_yes(settle: Settle) -> None:
    camille = await settle()
    page = await camille.visitor.open("/mon-compte/suppression")
    after = await page.form("#deletion").submit()
    assert after.status == 400
    assert "understood" in after.form_errors
    assert (await camille.home()).path == "/mon-compte"


async def test_a_deleted_account_is_gone(site: Site, settle: Settle) -> None:
    camille = await settle()
    page = await camille.visitor.open("/mon-compte/suppression")
    after = await page.form("#deletion").fill(understood=True).submit()
    assert "Votre compte est supprimé" in after.one("#signed-out").get_text()
    database = site.provider.database
    person = await database.transaction(store.find, camille.person_id)
    assert person is not None
    assert (person.state, person.birth_name, person.email, person.password_hash) == ("erased", "", None, None)
    assert await database.transaction(store.find_by_identifier, "camille.martin") is None
    assert not await database.transaction(sessions.list_for, camille.person_id, site.clock.now())
    assert "account.erased" in await camille.audited()
    assert await database.transaction(_purposes) == ["account_deleted"]


async def test_the_name_stands_next_to_the_way_out(settle: Settle) -> None:
    page = await (await settle()).home()
    assert "Camille Martin" in page.one(".visitor").get_text(" ")
    assert page.has('.visitor a[href="/deconnexion"]')


async def test_every_act_wants_a_form_of_ours(settle: Settle) -> None:
    camille = await settle()
    acts = ("connexions/fin", "connexions/fin-partout", "listes", "services/retrait", "liens/retrait", "suppression")
    answers = await asyncio.gather(*(camille.visitor.client.post(f"/mon-compte/{each}", data={}) for each in acts))
    assert {each.status_code for each in answers} == {403}
