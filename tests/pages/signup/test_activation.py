"""Activation by SMS code or by e-mail link, visited as a browser without scripts does."""

import pytest

from idp.people import standing, store
from idp.people.person import State
from idp.signup.tables import activations
from tests.pages.signup.conftest import CITIZEN, PASSWORD, Newcomer
from tests.support.people import add_person
from tests.support.posted import posted
from tests.support.relying_party import REDIRECT, register
from tests.support.visitor import Page

pytestmark = pytest.mark.anyio


async def asks_code(page: Page, **changes: str) -> Page:
    return await page.form("#activate-sms").fill(**changes).submit()


async def asks_link(page: Page, **changes: str) -> Page:
    return await page.form("#activate-email").fill(**changes).submit()


async def types(page: Page, code: str) -> Page:
    return await page.form("#activation-code").fill(code=code).submit()


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_both_ways_are_offered_with_what_was_declared(newcomer: Newcomer) -> None:
    page = await newcomer.signs_up()
    assert page.form("#activate-sms").values["mobile"] == ["06 39 98 12 34"]
    assert page.form("#activate-sms").values["mobile_country"] == ["FR"]
    assert page.form("#activate-email").values["email"] == ["camille.martin@exemple.fr"]
    assert not page.has("#activation-code")
    assert await posted(newcomer.site) == []


async def test_someone_without_a_mobile_may_type_one_or_use_the_e_mail(newcomer: Newcomer) -> None:
    page = await newcomer.signs_up(mobile="")
    assert page.form("#activate-sms").values["mobile"] == [""]
    page = await asks_code(page)
    assert list(page.form_errors) == ["mobile"]
    page = await asks_code(page, mobile="06 39 98 00 07")
    assert (await newcomer.received()).to == "+33639980007"


async def test_a_code_activates_the_account_and_signs_in(newcomer: Newcomer) -> None:
    page = await asks_code(await newcomer.signs_up())
    assert "Si le numéro …34 peut recevoir des SMS" in page.text
    message = await newcomer.received()
    assert (message.channel, message.to) == ("sms", "+33639981234")
    assert message.text.endswith(f"\n\n@connexion.exemple.fr #{message.code}")
    assert len(message.text) <= 160
    assert message.expires_at == newcomer.site.clock.now() + 900
    assert (await types(page, message.code)).path == "/mon-compte"
    person = await newcomer.person()
    assert person is not None
    assert (person.state, person.mobile_verified, person.email_verified) == (State.ACTIVE, True, False)
    assert await newcomer.audited() == ["account.created", "activation.sent", "account.activated", "signed_in"]


@pytest.mark.parametrize("spelling", ["{0} {1}", " {0}{1} ", "{0}-{1}", "wide"])
async def test_a_code_is_read_however_it_is_typed(newcomer: Newcomer, spelling: str) -> None:
    page = await asks_code(await newcomer.signs_up())
    code = (await newcomer.received()).code
    wide = code.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    typed = wide if spelling == "wide" else spelling.format(code[:3], code[3:])
    assert (await types(page, typed)).path == "/mon-compte"


async def test_the_journey_goes_on_to_the_application_that_asked(newcomer: Newcomer) -> None:
    application = await register(newcomer.site)
    entrance = await newcomer.visitor.open(application.start())
    choice = await entrance.follow("#create-account")
    assert "Démarches en ligne" in choice.text
    form = (await choice.follow("#profile-citoyen")).form("#signup")
    page = await asks_code(await form.fill(**CITIZEN).submit("#signup-submit"))
    arrived = await types(page, (await newcomer.received()).code)
    assert arrived.address.startswith(REDIRECT)
    assert arrived.returned["state"] == "state-1"
    answer = await application.exchange(arrived.returned["code"])
    assert answer.status_code == 200


async def test_a_link_shows_a_button_and_only_the_button_activates(newcomer: Newcomer) -> None:
    page = await asks_link(await newcomer.signs_up())
    assert "c…@exemple.fr" in page.text
    assert "indésirables (spams)" in page.text
    message = await newcomer.received()
    assert (message.channel, message.to) == ("email", "camille.martin@exemple.fr")
    assert message.subject == "Activez votre compte Mairie de Villeneuve"
    assert "Camille" not in message.text
    link = message.link("/activation/lien/")
    scanner = await newcomer.site.client("198.51.100.9")
    for method in ("GET", "HEAD", "GET"):
        assert (await scanner.request(method, link)).status_code == 200
    person = await newcomer.person()
    assert person is not None
    assert person.state is State.PENDING
    arrived = await (await newcomer.visitor.open(link)).form("#activation-link").submit()
    assert arrived.path == "/mon-compte"
    person = await newcomer.person()
    assert person is not None
    assert (person.state, person.email_verified, person.mobile_verified) == (State.ACTIVE, True, False)


async def test_the_journey_survives_the_link(newcomer: Newcomer) -> None:
    application = await register(newcomer.site)
    newcomer.start = application.start()
    choice = await (await newcomer.visitor.open(newcomer.start)).follow("#create-account")
    form = (await choice.follow("#profile-citoyen")).form("#signup")
    await asks_link(await form.fill(**CITIZEN).submit("#signup-submit"))
    link = (await newcomer.received()).link("/activation/lien/")
    arrived = await (await newcomer.visitor.open(link)).form("#activation-link").submit()
    assert arrived.address.startswith(REDIRECT)


async def test_a_link_opened_elsewhere_activates_and_signs_nobody_in_there(newcomer: Newcomer) -> None:
    application = await register(newcomer.site, client_uri="https://demarches.exemple.fr/")
    choice = await (await newcomer.visitor.open(application.start())).follow("#create-account")
    form = (await choice.follow("#profile-citoyen")).form("#signup")
    waiting = await asks_link(await form.fill(**CITIZEN).submit("#signup-submit"))
    link = (await newcomer.received()).link("/activation/lien/")
    telephone = await newcomer.site.visitor(address="198.51.100.7")
    done = await (await telephone.open(link)).form("#activation-link").submit()
    assert done.one("h1").get_text() == "Votre compte est activé"
    assert done.one("#activated-continue")["href"] == "https://demarches.exemple.fr/"
    assert "Démarches en ligne" in done.one("#activated-continue").get_text()
    assert (await telephone.open("/mon-compte")).path == "/connexion"

    status = await newcomer.visitor.client.get(str(waiting.one("[data-activation-status]")["data-activation-status"]))
    told = status.json()
    assert told["active"] is True
    assert (await newcomer.visitor.open(told["next"])).address.startswith(REDIRECT)


async def test_the_page_that_waits_is_told_nothing_before(newcomer: Newcomer) -> None:
    page = await asks_link(await newcomer.signs_up())
    status = await newcomer.visitor.client.get(str(page.one("[data-activation-status]")["data-activation-status"]))
    assert status.json()["active"] is False
    assert (await page.form("form[action='/activation']").submit()).path == "/activation"


async def test_a_link_serves_once(newcomer: Newcomer) -> None:
    await asks_link(await newcomer.signs_up())
    link = (await newcomer.received()).link("/activation/lien/")
    form = (await newcomer.visitor.open(link)).form("#activation-link")
    assert (await form.submit()).path == "/mon-compte"
    again = await form.submit()
    assert (again.status, again.error_code) == (410, "link_expired")
    assert (await newcomer.visitor.open(link)).error_code == "link_expired"


async def test_a_link_lives_one_day_to_the_second(newcomer: Newcomer) -> None:
    await asks_link(await newcomer.signs_up())
    link = (await newcomer.received()).link("/activation/lien/")
    newcomer.site.clock.advance(86_399)
    telephone = await newcomer.site.visitor()
    form = (await telephone.open(link)).form("#activation-link")
    newcomer.site.clock.advance(1)
    assert (await form.submit()).error_code == "link_expired"


@pytest.mark.parametrize("token", ["x", "lpln_" + "a" * 43, "lpss_" + "a" * 43, "é"])
async def test_a_made_up_link_is_no_longer_valid(newcomer: Newcomer, token: str) -> None:
    assert (await newcomer.visitor.open(f"/activation/lien/{token}")).error_code == "link_expired"


async def test_a_link_to_an_address_since_corrected_is_dead(newcomer: Newcomer) -> None:
    page = await asks_link(await newcomer.signs_up(), email="camile.martin@exemple.fr")
    former = (await newcomer.received()).link("/activation/lien/")
    await asks_link(page, email="camille.martin@exemple.fr")
    newcomer.site.clock.advance(1)
    assert (await newcomer.visitor.open(former)).error_code == "link_expired"
    latest = [each for each in await posted(newcomer.site) if each.to == "camille.martin@exemple.fr"][-1]
    assert (await newcomer.visitor.open(latest.link("/activation/lien/"))).has("#activation-link")


async def test_what_is_proved_replaces_what_was_declared(newcomer: Newcomer) -> None:
    page = await asks_link(await newcomer.signs_up(), email="autre@exemple.fr")
    assert page.form("#activate-email").values["email"] == ["autre@exemple.fr"]
    link = (await newcomer.received()).link("/activation/lien/")
    await (await newcomer.visitor.open(link)).form("#activation-link").submit()
    person = await newcomer.person()
    assert person is not None
    assert (person.email, person.email_verified, person.mobile) == ("autre@exemple.fr", True, "+33639981234")


async def test_a_likely_slip_in_the_address_is_pointed_out(newcomer: Newcomer) -> None:
    page = await asks_link(await newcomer.signs_up(email="camille@gmial.com"))
    assert "camille@gmail.com" in page.text


async def test_wrong_codes_are_counted_and_the_fifth_is_the_last(newcomer: Newcomer) -> None:
    page = await asks_code(await newcomer.signs_up())
    code = (await newcomer.received()).code
    for left in ("4 essais", "3 essais", "2 essais", "un essai", "n'est plus valable"):
        page = await types(page, another(code))
        assert page.status == 422
        assert left in page.form_errors["code"]
    assert "n'est plus valable" in (await types(page, code)).form_errors["code"]
    person = await newcomer.person()
    assert person is not None
    assert person.state is State.PENDING


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12345a"])
async def test_what_is_no_code_is_not_an_attempt(newcomer: Newcomer, typed: str) -> None:
    page = await asks_code(await newcomer.signs_up())
    code = (await newcomer.received()).code
    for _ in range(6):
        page = await types(page, typed)
        assert "6 chiffres" in page.form_errors["code"]
    assert (await types(page, code)).path == "/mon-compte"


async def test_a_code_lives_fifteen_minutes_to_the_second(newcomer: Newcomer) -> None:
    page = await asks_code(await newcomer.signs_up())
    code = (await newcomer.received()).code
    newcomer.site.clock.advance(900)
    assert "n'est plus valable" in (await types(page, code)).form_errors["code"]
    newcomer.site.clock.advance(-600)
    assert "n'est plus valable" in (await types(page, code)).form_errors["code"]


async def test_a_code_is_still_good_in_its_last_second(newcomer: Newcomer) -> None:
    page = await asks_code(await newcomer.signs_up())
    newcomer.site.clock.advance(899)
    assert (await types(page, (await newcomer.received()).code)).path == "/mon-compte"


async def test_a_new_code_takes_the_place_of_the_former(newcomer: Newcomer) -> None:
    page = await asks_code(await newcomer.signs_up())
    former = (await newcomer.received()).code
    newcomer.site.clock.advance(60)
    page = await asks_code(page)
    latest = (await newcomer.received()).code
    assert former != latest
    assert "n'est pas le bon" in (await types(page, former)).form_errors["code"]
    assert (await types(page, latest)).path == "/mon-compte"


async def test_a_code_is_dead_once_the_account_was_activated_otherwise(newcomer: Newcomer) -> None:
    page = await asks_code(await newcomer.signs_up())
    code = (await newcomer.received()).code
    sent = page
    await asks_link(page)
    link = next(each for each in await posted(newcomer.site) if each.channel == "email").link("/activation/lien/")
    telephone = await newcomer.site.visitor()
    await (await telephone.open(link)).form("#activation-link").submit()
    await types(sent, code)
    person = await newcomer.person()
    assert person is not None
    assert (person.state, person.mobile_verified) == (State.ACTIVE, False)


async def test_asking_again_within_a_minute_sends_nothing_and_shows_the_same_page(newcomer: Newcomer) -> None:
    page = await newcomer.signs_up()
    for _ in range(20):
        page = await asks_code(page)
        assert page.status == 200
        assert page.has("#activation-code")
    assert "60 secondes" in page.text
    assert len(await posted(newcomer.site)) == 1
    newcomer.site.clock.advance(59)
    await asks_code(page)
    assert len(await posted(newcomer.site)) == 1
    newcomer.site.clock.advance(1)
    await asks_code(page)
    assert len(await posted(newcomer.site)) == 2


async def test_another_number_may_be_tried_at_once(newcomer: Newcomer) -> None:
    page = await asks_code(await newcomer.signs_up())
    page = await asks_code(page, mobile="06 39 98 00 07")
    assert [each.to for each in await posted(newcomer.site)] == ["+33639981234", "+33639980007"]
    assert (await types(page, (await newcomer.received()).code)).path == "/mon-compte"
    person = await newcomer.person()
    assert person is not None
    assert person.mobile == "+33639980007"


async def test_a_person_is_sent_five_codes_a_day(newcomer: Newcomer) -> None:
    page = await newcomer.signs_up()
    for number in range(6):
        page = await asks_code(page, mobile=f"06 39 98 00 {number:02}")
    assert page.status == 429
    assert "Trop de codes" in page.form_errors["mobile"]
    assert len(await posted(newcomer.site)) == 5
    assert (await asks_link(page)).status == 200


async def test_one_number_is_not_flooded_through_many_accounts(newcomer: Newcomer) -> None:
    for number in range(4):
        other = Newcomer(newcomer.site, await newcomer.site.visitor(address=f"198.51.100.{number}"))
        page = await asks_code(await other.signs_up(identifier=f"camille.{number}"))
        assert (page.status == 429) is (number == 3)
    assert len(await posted(newcomer.site)) == 3


@pytest.mark.parametrize(
    ("country", "number", "words"),
    [
        ("BE", "0470 12 34 56", "vers ce pays"),
        ("FR", "02 02 02 02 02", "ne reçoit pas de SMS"),
        ("FR", "+881 6 12 34 56 78", "incomplet"),
        ("FR", "0899 12 34 56", "spécial"),
    ],
)
async def test_codes_go_to_mobiles_of_accepted_countries_only(
    newcomer: Newcomer, country: str, number: str, words: str
) -> None:
    page = await asks_code(await newcomer.signs_up(), mobile=number, mobile_country=country)
    assert page.status == 422
    assert words in page.form_errors["mobile"]
    assert await posted(newcomer.site) == []


async def test_an_overseas_mobile_receives_its_code(newcomer: Newcomer) -> None:
    await asks_code(await newcomer.signs_up(mobile="0692 12 34 56"))
    assert (await newcomer.received()).to == "+262692123456"


async def test_an_address_that_has_an_account_is_told_so_in_the_mail_only(newcomer: Newcomer) -> None:
    await add_person(newcomer.site.provider, "claude.martin", email="camille.martin@exemple.fr")
    page = await asks_link(await newcomer.signs_up())
    assert "c…@exemple.fr" in page.text
    message = await newcomer.received()
    assert message.subject == "Vous avez déjà un compte Mairie de Villeneuve"
    assert message.link("/oubli")
    link = message.link("/activation/lien/")
    await (await newcomer.visitor.open(link)).form("#activation-link").submit()
    first = await newcomer.site.provider.database.transaction(store.find_by_identifier, "camille.martin@exemple.fr")
    second = await newcomer.person()
    assert first is not None
    assert second is not None
    assert (first.identifier, second.state, second.email_verified) == ("claude.martin", State.ACTIVE, True)


async def test_signing_in_before_activation_comes_back_here(newcomer: Newcomer) -> None:
    await newcomer.signs_up()
    later = await newcomer.site.visitor()
    page = (
        await (await later.open("/connexion"))
        .form("#signin")
        .fill(identifier="camille.martin", password=PASSWORD)
        .submit("#signin-submit")
    )
    assert page.path == "/activation"
    page = await asks_code(page)
    assert (await types(page, (await newcomer.received()).code)).path == "/mon-compte"


async def test_activation_belongs_to_whoever_signed_up(newcomer: Newcomer) -> None:
    page = await newcomer.signs_up()
    stranger = await newcomer.site.visitor()
    assert (await stranger.open("/activation")).path == "/connexion"
    assert (await stranger.open(page.address)).error_code == "interaction_expired"


async def test_no_code_and_no_link_is_kept_in_clear(newcomer: Newcomer) -> None:
    page = await asks_link(await asks_code(await newcomer.signs_up()))
    messages = await posted(newcomer.site)
    secrets = [each.code for each in messages if each.channel == "sms"]
    secrets += [each.link("/activation/lien/").rpartition("/")[2] for each in messages if each.channel == "email"]
    rows = await newcomer.site.provider.database.transaction(
        lambda connection: str(connection.execute(activations.select()).all())
    )
    assert len(secrets) == 2
    for secret in secrets:
        assert secret not in rows
        assert secret not in page.response.text
        assert secret not in str(page.response.headers)


async def test_a_journey_from_before_everything_was_ended_signs_nobody_in(newcomer: Newcomer) -> None:
    page = await asks_link(await newcomer.signs_up())
    link = (await newcomer.received()).link("/activation/lien/")
    telephone = await newcomer.site.visitor()
    await (await telephone.open(link)).form("#activation-link").submit()
    person = await newcomer.person()
    assert person is not None
    newcomer.site.clock.advance(5)
    await newcomer.site.provider.database.transaction(standing.cut_off, person.id, newcomer.site.clock.now())
    assert (await newcomer.visitor.open(page.address)).path == "/connexion"


async def test_a_locked_account_is_not_activated_by_its_link(newcomer: Newcomer) -> None:
    await asks_link(await newcomer.signs_up())
    link = (await newcomer.received()).link("/activation/lien/")
    form = (await newcomer.visitor.open(link)).form("#activation-link")
    person = await newcomer.person()
    assert person is not None
    await newcomer.site.provider.database.transaction(standing.erase, person.id, newcomer.site.clock.now())
    assert (await form.submit()).error_code == "link_expired"
