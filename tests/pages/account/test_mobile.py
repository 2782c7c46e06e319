"""Changing one's mobile number: a code goes to the new one, the former one stays until it is typed back."""

import pytest

from idp.account.contacts import PACE
from idp.account.store import Kind
from idp.people import consents, store
from idp.people.consents import Given
from idp.sessions import closing
from tests.pages.account.conftest import Resident, Settle
from tests.support.provider import Site
from tests.support.visitor import Page

pytestmark = pytest.mark.anyio
OLD, NEW = "+33639981234", "+33639985678"


async def settled(settle: Settle) -> Resident:
    """Someone with a proved number."""
    camille = await settle(mobile=OLD)
    await camille.site.provider.database.transaction(store.verify_mobile, camille.person_id, OLD, 1)
    return camille


async def asks(resident: Resident, number: str = "06 39 98 56 78", **more: str) -> Page:
    page = await resident.visitor.open("/mon-compte/mobile")
    return await page.form("#mobile-form").fill(mobile=number, **more).submit()


async def code(resident: Resident) -> str:
    return (await resident.received("contact_proof"))[-1].code


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


async def test_the_former_number_stays_until_the_code_is_typed(settle: Settle) -> None:
    camille = await settled(settle)
    page = await asks(camille)
    assert "le code arrive dans une minute" in page.text
    assert [each.to for each in await camille.received("contact_proof")] == [NEW]
    assert (await camille.person()).mobile == OLD
    assert "06 39 98 56 78" in (await camille.home()).text
    after = await page.form("#mobile-code").fill(code=await code(camille)).submit()
    assert "Votre numéro de mobile est confirmé." in after.text
    person = await camille.person()
    assert (person.mobile, person.mobile_verified) == (NEW, True)
    assert (await camille.audited())[-2:] == ["contact.change_asked", "contact.changed"]


async def test_the_change_is_told_by_mail_and_at_the_former_number(settle: Settle) -> None:
    camille = await settled(settle)
    page = await asks(camille)
    await page.form("#mobile-code").fill(code=await code(camille)).submit()
    told = {each.to: each.text for each in await camille.received("mobile_changed")}
    assert set(told) == {"camille.martin@exemple.fr", OLD}
    assert "…78" in told["camille.martin@exemple.fr"]
    assert "85678" not in told["camille.martin@exemple.fr"]


async def test_a_number_that_was_only_declared_is_proved_without_a_notice(settle: Settle) -> None:
    camille = await settle(mobile=OLD)
    page = await camille.visitor.open("/mon-compte/mobile")
    assert page.one("h1").get_text() == "Confirmer mon mobile"
    page = await page.form("#mobile-form").submit()
    await page.form("#mobile-code").fill(code=await code(camille)).submit()
    assert (await camille.person()).mobile_verified
    assert await camille.received("mobile_changed") == []


async def test_a_wrong_code_is_counted_and_five_are_enough(settle: Settle) -> None:
    camille = await settled(settle)
    page = await asks(camille)
    right = await code(camille)
    for left in (4, 3, 2):
        page = await page.form("#mobile-code").fill(code=wrong(right)).submit()
        assert page.status == 422
        assert f"{left} essais" in page.form_errors["code"]
    page = await page.form("#mobile-code").fill(code=wrong(right)).submit()
    assert "un essai" in page.form_errors["code"]
    page = await page.form("#mobile-code").fill(code=wrong(right)).submit()
    assert "n'est plus valable" in page.form_errors["code"]
    page = await page.form("#mobile-code").fill(code=right).submit()
    assert "n'est plus valable" in page.form_errors["code"]
    assert (await camille.person()).mobile == OLD
    assert (await camille.audited()).count("contact.code_refused") == 5


async def test_what_is_not_a_code_costs_no_try(settle: Settle) -> None:
    camille = await settled(settle)
    page = await asks(camille)
    page = await page.form("#mobile-code").fill(code="12345").submit()
    assert page.form_errors["code"].endswith("Le code compte 6 chiffres.")
    assert "contact.code_refused" not in await camille.audited()


@pytest.mark.parametrize("end", ["expired", "another", "given up", "cut off"])
async def test_a_code_dies(site: Site, settle: Settle, end: str) -> None:
    camille = await settled(settle)
    page = await asks(camille)
    former = await code(camille)
    site.clock.advance(1)
    if end == "expired":
        site.clock.advance(15 * 60)
    elif end == "another":
        page = await asks(camille, "06 39 98 90 12")
        former = former if former != await code(camille) else wrong(former)
    elif end == "given up":
        await page.form("#mobile-give-up").submit()
    else:
        await site.provider.database.transaction(closing.cut_off, camille.person_id, site.clock.now())
        await camille.signs_in_again()
    page = await page.form("#mobile-code").fill(code=former).submit()
    assert page.status == 422
    assert (await camille.person()).mobile == OLD


async def test_the_code_of_somebody_else_proves_nothing(settle: Settle) -> None:
    camille, dominique = await settled(settle), await settle("dominique.leroy")
    await asks(camille)
    page = await asks(dominique, "06 39 98 90 12")
    theirs, own = await code(camille), (await dominique.received("contact_proof"))[-1].code
    page = await page.form("#mobile-code").fill(code=theirs if theirs != own else wrong(own)).submit()
    assert page.status == 422
    assert (await dominique.person()).mobile is None


async def test_a_code_may_be_typed_when_the_sign_in_is_no_longer_recent(site: Site, settle: Settle) -> None:
    camille = await settled(settle)
    page = await asks(camille)
    site.clock.advance(601)
    await page.form("#mobile-code").fill(code=await code(camille)).submit()
    assert (await camille.person()).mobile == NEW


@pytest.mark.parametrize(
    ("typed", "country", "said"),
    [
        pytest.param("", "FR", "Indiquez votre numéro", id="nothing"),
        pytest.param("01 99 00 12 34", "FR", "ne reçoit pas de SMS", id="a landline"),
        pytest.param("07400 123456", "GB", "vers ce pays", id="abroad"),
        pytest.param("06 39 98 12 34", "FR", "C'est déjà", id="the same"),
    ],
)
async def test_a_number_that_cannot_be_used_is_refused(settle: Settle, typed: str, country: str, said: str) -> None:
    camille = await settled(settle)
    page = await asks(camille, typed, mobile_country=country)
    assert page.status == 422
    assert said in page.form_errors["mobile"]
    assert await camille.received("contact_proof") == []


async def test_codes_are_not_asked_without_end(settle: Settle) -> None:
    camille = await settled(settle)
    for number in range(PACE.by_person[Kind.MOBILE].allowed):
        assert (await asks(camille, f"06 39 98 00 0{number}")).status == 200
    page = await asks(camille)
    assert page.status == 429
    assert "Trop de codes" in page.form_errors["mobile"]


async def test_a_number_is_removed_with_the_messages_that_went_there(site: Site, settle: Settle) -> None:
    camille = await settled(settle)
    given = Given(consents.Kind.LIST_SMS, "1", "mon-compte")
    provider = site.provider
    await provider.database.transaction(consents.agree, camille.person_id, given, provider.randomness, 1)
    page = await camille.visitor.open("/mon-compte/mobile")
    after = await page.form("#mobile-removal").submit()
    assert "Votre numéro de mobile est retiré." in after.text
    assert (await camille.person()).mobile is None
    (proof,) = await provider.database.read(consents.agreements_of, camille.person_id)
    assert not proof.stands
    assert {"contact.removed", "list.left"} <= set(await camille.audited())
    assert {each.to for each in await camille.received("mobile_changed")} == {"camille.martin@exemple.fr", OLD}


@pytest.mark.parametrize("form", ["#mobile-form", "#mobile-removal"])
async def test_changing_the_number_wants_a_recent_sign_in(site: Site, settle: Settle, form: str) -> None:
    camille = await settled(settle)
    page = await camille.visitor.open("/mon-compte/mobile")
    site.clock.advance(601)
    assert (await page.form(form).submit()).path == "/connexion"
    assert (await camille.person()).mobile == OLD
