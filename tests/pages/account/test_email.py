"""Changing one's e-mail address: the former one stays until the new one is proved, and receives the way back."""

import pytest

from idp.account.contacts import PACE
from idp.account.store import Kind
from idp.people import identity, store
from idp.sessions import closing
from tests.pages.account.conftest import Resident, Settle
from tests.support.posted import Posted
from tests.support.provider import Site
from tests.support.visitor import Page

pytestmark = pytest.mark.anyio
NEW = "c.martin@exemple.org"
DAY = 86_400


async def asks(resident: Resident, address: str = NEW) -> Page:
    page = await resident.visitor.open("/mon-compte/email")
    return await page.form("#email-form").fill(email=address).submit()


async def letter(resident: Resident) -> Posted:
    """The last link that was written."""
    return (await resident.received("contact_proof"))[-1]


async def link(resident: Resident) -> str:
    return (await letter(resident)).link("/mon-compte/email/lien/")


async def follows(resident: Resident, address: str) -> Page:
    """Open a link and press its button, in another browser."""
    elsewhere = await resident.site.visitor()
    page = await elsewhere.open(address)
    return page if page.error_code else await page.form("#proof").submit()


async def test_the_former_address_stays_in_force_until_the_new_one_is_proved(settle: Settle) -> None:
    camille = await settle()
    page = await asks(camille)
    assert page.path == "/mon-compte/email"
    assert f"Un message part vers {NEW}" in page.text
    assert (await letter(camille)).to == NEW
    person = await camille.person()
    assert (person.email, person.email_verified) == ("camille.martin@exemple.fr", True)
    assert NEW in (await camille.home()).text


async def test_a_link_opened_in_another_browser_proves_the_address(site: Site, settle: Settle) -> None:
    camille = await settle()
    await asks(camille)
    page = await follows(camille, await link(camille))
    assert page.has("#proved")
    person = await camille.person()
    assert (person.email, person.email_verified_at) == (NEW, site.clock.now())
    assert NEW in (await camille.home()).text
    by_address = await site.provider.database.read(store.find_by_identifier, NEW)
    assert by_address is not None
    assert by_address.id == camille.person_id
    assert await site.provider.database.read(store.find_by_identifier, "camille.martin@exemple.fr") is None
    assert (await camille.audited())[-2:] == ["contact.change_asked", "contact.changed"]


async def test_opening_the_link_changes_nothing(site: Site, settle: Settle) -> None:
    camille = await settle()
    await asks(camille)
    scanner = await site.visitor()
    page = await scanner.open(await link(camille))
    assert NEW in page.text
    assert (await camille.person()).email == "camille.martin@exemple.fr"


async def test_both_mailboxes_are_told_and_the_new_one_only_in_part(settle: Settle) -> None:
    camille = await settle()
    await asks(camille)
    await follows(camille, await link(camille))
    told = {each.to: each.text for each in await camille.received("address_changed")}
    assert set(told) == {"camille.martin@exemple.fr", NEW}
    assert all("c…@exemple.org" in words for words in told.values())
    assert NEW not in told["camille.martin@exemple.fr"]
    assert "/mon-compte/email/retour/" in told["camille.martin@exemple.fr"]
    assert "/mon-compte/email/retour/" not in told[NEW]


async def test_a_link_serves_once(settle: Settle) -> None:
    camille = await settle()
    await asks(camille)
    address = await link(camille)
    await follows(camille, address)
    assert (await follows(camille, address)).error_code == "link_expired"


@pytest.mark.parametrize(
    "end",
    [
        pytest.param("expired", id="after a day"),
        pytest.param("another", id="once another address was asked"),
        pytest.param("given up", id="once given up"),
        pytest.param("cut off", id="once the password was reset or everything signed out"),
        pytest.param("locked", id="once the account is locked"),
    ],
)
async def test_a_link_dies(site: Site, settle: Settle, end: str) -> None:
    camille = await settle()
    await asks(camille)
    address = await link(camille)
    site.clock.advance(1)
    database, now = site.provider.database, site.clock.now()
    if end == "expired":
        site.clock.advance(DAY)
    elif end == "another":
        await asks(camille, "camille@exemple.net")
    elif end == "given up":
        page = await camille.visitor.open("/mon-compte/email")
        assert "Ce changement est abandonné." in (await page.form("#email-give-up").submit()).text
    elif end == "cut off":
        await database.transaction(closing.cut_off, camille.person_id, now)
    else:
        await database.transaction(closing.lock, camille.person_id, now)
    assert (await follows(camille, address)).error_code == "link_expired"
    assert (await camille.person()).email == "camille.martin@exemple.fr"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param("", "Indiquez votre adresse", id="nothing"),
        pytest.param("camille", "semble incomplète", id="not an address"),
        pytest.param("Camille.MARTIN@exemple.FR", "C'est déjà", id="the same in other letters"),
    ],
)
async def test_an_address_that_cannot_be_used_is_refused(settle: Settle, typed: str, said: str) -> None:
    camille = await settle()
    page = await asks(camille, typed)
    assert page.status == 422
    assert said in page.form_errors["email"]
    assert await camille.received("contact_proof") == []


async def test_an_address_that_was_never_proved_is_proved_here(settle: Settle) -> None:
    camille = await settle(verified=False)
    page = await camille.visitor.open("/mon-compte/email")
    assert page.one("h1").get_text() == "Confirmer mon adresse électronique"
    await page.form("#email-form").submit()
    await follows(camille, await link(camille))
    assert (await camille.person()).email_verified
    assert await camille.received("address_changed") == [], "nothing was replaced"


async def test_an_unproved_former_address_receives_no_way_back(settle: Settle) -> None:
    camille = await settle(verified=False)
    await asks(camille)
    await follows(camille, await link(camille))
    assert await camille.received("address_changed") == []


async def test_an_address_that_another_account_proved_is_accepted_without_a_word(site: Site, settle: Settle) -> None:
    camille, dominique = await settle("camille.martin"), await settle("dominique.leroy")
    shared = "dominique.leroy@exemple.fr"
    assert (await asks(camille, shared)).status == 200
    await follows(camille, await link(camille))
    assert (await camille.person()).email == shared
    by_address = await site.provider.database.read(store.find_by_identifier, shared)
    assert by_address is not None
    assert by_address.id == dominique.person_id, "the first who proved it signs in with it"


async def test_links_are_not_asked_without_end(site: Site, settle: Settle) -> None:
    camille = await settle()
    for number in range(PACE.by_person[Kind.EMAIL].allowed):
        assert (await asks(camille, f"camille{number}@exemple.org")).status == 200
    page = await asks(camille, "camille@exemple.org")
    assert page.status == 429
    assert "Trop de messages" in page.form_errors["email"]
    assert len(await camille.received("contact_proof")) == PACE.by_person[Kind.EMAIL].allowed


async def test_the_same_link_is_not_sent_twice_within_a_minute(site: Site, settle: Settle) -> None:
    camille = await settle()
    await asks(camille)
    page = await asks(camille)
    assert "dans 60 secondes" in page.text
    assert len(await camille.received("contact_proof")) == 1
    site.clock.advance(60)
    await asks(camille)
    assert len(await camille.received("contact_proof")) == 2


async def test_changing_the_address_wants_a_recent_sign_in(site: Site, settle: Settle) -> None:
    camille = await settle()
    form = (await camille.visitor.open("/mon-compte/email")).form("#email-form").fill(email=NEW)
    site.clock.advance(601)
    assert (await form.submit()).path == "/connexion"
    assert await camille.received("contact_proof") == []


async def changed(resident: Resident) -> str:
    """Change the address to the end; the link that undoes it."""
    await asks(resident)
    await follows(resident, await link(resident))
    (former,) = [each for each in await resident.received("address_changed") if "/retour/" in each.text]
    return former.link("/mon-compte/email/retour/")


async def restores(site: Site, address: str) -> Page:
    page = await (await site.visitor()).open(address)
    return page if page.error_code else await page.form("#restore").submit()


async def test_the_former_mailbox_puts_its_address_back_and_everybody_out(site: Site, settle: Settle) -> None:
    camille = await settle()
    undo = await changed(camille)
    site.clock.advance(1)
    page = await restores(site, undo)
    assert page.has("#restored")
    assert str(page.one("#restored-password")["href"]) == "/oubli"
    person = await camille.person()
    assert (person.email, person.email_verified) == ("camille.martin@exemple.fr", True)
    assert person.password_hash is None, "whoever knew the password knows nothing any more"
    assert (await camille.home()).path == "/connexion"
    assert "address.restored" in await camille.audited()
    assert (await camille.received("address_changed"))[-1].to == NEW, "the other mailbox is told"
    assert (await restores(site, undo)).error_code == "link_expired"


async def test_what_came_after_the_change_is_undone_with_it(site: Site, settle: Settle) -> None:
    camille = await settle(mobile="+33639981234")
    undo = await changed(camille)
    site.clock.advance(1)
    database, now = site.provider.database, site.clock.now()
    await database.transaction(store.verify_mobile, camille.person_id, "+33639985678", now)
    await camille.links()
    await restores(site, undo)
    assert (await camille.person()).mobile is None
    assert await database.read(identity.links_of, camille.person_id) == ()


async def test_what_was_there_before_the_change_stays(site: Site, settle: Settle) -> None:
    camille = await settle(mobile="+33639981234")
    database, now = site.provider.database, site.clock.now()
    await database.transaction(store.verify_mobile, camille.person_id, "+33639981234", now)
    await camille.links()
    site.clock.advance(1)
    undo = await changed(camille)
    await restores(site, undo)
    assert (await camille.person()).mobile == "+33639981234"
    assert len(await database.read(identity.links_of, camille.person_id)) == 1


async def test_the_way_back_survives_what_a_thief_does_next(site: Site, settle: Settle) -> None:
    camille = await settle()
    undo = await changed(camille)
    site.clock.advance(60)
    await asks(camille, "voleur@exemple.net")
    await follows(camille, await link(camille))
    site.clock.advance(1)
    await site.provider.database.transaction(closing.cut_off, camille.person_id, site.clock.now())
    assert (await restores(site, undo)).has("#restored")
    assert (await camille.person()).email == "camille.martin@exemple.fr"
    last = [each.link("/retour/") for each in await camille.received("address_changed") if "/retour/" in each.text][-1]
    assert (await restores(site, last)).error_code == "link_expired", "the other way back died with it"


async def test_the_way_back_closes_after_seven_days(site: Site, settle: Settle) -> None:
    camille = await settle()
    undo = await changed(camille)
    site.clock.advance(7 * DAY)
    assert (await restores(site, undo)).error_code == "link_expired"


async def test_one_kind_of_link_is_not_the_other(site: Site, settle: Settle) -> None:
    camille = await settle()
    undo = await changed(camille)
    crossed = undo.replace("/retour/", "/lien/")
    assert (await (await site.visitor()).open(crossed)).error_code == "link_expired"
    await asks(camille, "camille@exemple.net")
    crossed = (await link(camille)).replace("/lien/", "/retour/")
    assert (await (await site.visitor()).open(crossed)).error_code == "link_expired"


@pytest.mark.parametrize("path", ["lien", "retour"])
async def test_a_link_that_is_not_ours_says_so(site: Site, path: str) -> None:
    page = await (await site.visitor()).open(f"/mon-compte/email/{path}/n-importe-quoi")
    assert (page.status, page.error_code) == (410, "link_expired")
