"""What opens an account: links are untied while something else opens it, and a password comes with an identifier."""

import pytest

from idp.people import availability, identity, store
from idp.sessions import store as sessions
from idp.sessions.session import Authentication, Origin
from tests.pages.account.conftest import PASSWORD, Resident, Settle
from tests.support.provider import Site
from tests.support.visitor import Page

pytestmark = pytest.mark.anyio
UNLINK = 'form[action="/mon-compte/liens/retrait"]'


async def links_of(resident: Resident) -> int:
    return len(await resident.site.provider.database.read(identity.links_of, resident.person_id))


async def unlinks(resident: Resident) -> Page:
    """Send the form by hand, whether or not the page offers it."""
    page = await resident.home()
    (link, *_) = await resident.site.provider.database.read(identity.links_of, resident.person_id)
    sent = {"csrf": page.form("#lists").values["csrf"], "link": [link.id]}
    return await resident.visitor.send("POST", f"{resident.site.issuer}/mon-compte/liens/retrait", sent)


@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        pytest.param({}, False, id="a password and an identifier"),
        pytest.param({"with_password": False}, True, id="no password"),
        pytest.param({"identifier": None}, False, id="a password and a proved address"),
        pytest.param({"identifier": None, "verified": False}, True, id="a password with nothing to give beside it"),
    ],
)
async def test_the_only_way_in_is_never_removed(settle: Settle, answers: dict[str, object], refused: bool) -> None:
    camille = await settle(**answers)
    await camille.links()
    assert (await camille.home()).has(UNLINK) is not refused
    page = await unlinks(camille)
    assert page.error_code == ("only_way_in" if refused else None)
    assert await links_of(camille) == (1 if refused else 0)


async def test_a_link_to_a_provider_that_is_gone_opens_nothing(settle: Settle) -> None:
    camille = await settle(with_password=False)
    await camille.links()
    await camille.links("disparu")
    assert (await unlinks(camille)).error_code == "only_way_in"
    assert len((await camille.home()).html.select(UNLINK)) == 1, "the dead one may go"


async def test_untying_is_told_and_signs_out_those_who_came_by_it(site: Site, settle: Settle) -> None:
    camille = await settle()
    await camille.links()
    provider = site.provider
    by_franceconnect = Authentication(
        camille.person_id, site.clock.now(), ("pwd",), acr="eidas1", upstream="franceconnect"
    )
    opening = (by_franceconnect, Origin("192.0.2.9", "Safari"), provider.settings.lifetimes, provider.randomness)
    other, _ = await provider.database.transaction(sessions.open_session, *opening)
    own = await camille.signs_in_elsewhere()
    after = await (await camille.home()).form(UNLINK).submit()
    assert "Ce compte n'est plus relié au vôtre." in after.text
    (told,) = await camille.received("way_in_changed")
    assert told.subject == "FranceConnect n'ouvre plus votre compte"
    left = {each.id for each in await provider.database.read(sessions.list_for, camille.person_id, site.clock.now())}
    assert left == {camille.session.id, own.id}
    assert other.id not in left
    assert "identity.unlinked" in await camille.audited()


async def test_nobody_unties_the_link_of_another(settle: Settle) -> None:
    camille, dominique = await settle(), await settle("dominique.leroy")
    await camille.links(subject="camille")
    await dominique.links(subject="dominique")
    (theirs,) = await camille.site.provider.database.read(identity.links_of, dominique.person_id)
    form = (await camille.home()).form(UNLINK)
    form.values["link"] = [theirs.id]
    assert (await form.submit()).error_code == "link_not_found"
    assert await links_of(dominique) == 1


async def test_untying_wants_a_recent_sign_in(site: Site, settle: Settle) -> None:
    camille = await settle()
    await camille.links()
    form = (await camille.home()).form(UNLINK)
    site.clock.advance(601)
    assert (await form.submit()).path == "/connexion"
    assert await links_of(camille) == 1


async def test_a_password_comes_with_an_identifier(site: Site, settle: Settle) -> None:
    camille = await settle(None, with_password=False)
    page = await camille.visitor.open("/mon-compte/mot-de-passe")
    form = page.form("#password-form")
    assert form.values["identifier"] == ["camille.martin"]
    await form.fill(identifier="camille.m", password=PASSWORD, password_again=PASSWORD).submit()
    person = await camille.person()
    assert person.identifier == "camille.m"
    found = await site.provider.database.read(store.find_by_identifier, "camille.m")
    assert found is not None
    assert (await site.provider.hasher.verify(found.password_hash, PASSWORD)).matches


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Choisissez votre identifiant"), ("a@b.fr", "adresse"), ("dominique.leroy", "déjà pris")]
)
async def test_an_identifier_that_cannot_be_had_is_refused(settle: Settle, typed: str, said: str) -> None:
    camille, _ = await settle(None, with_password=False), await settle("dominique.leroy")
    form = (await camille.visitor.open("/mon-compte/mot-de-passe")).form("#password-form")
    page = await form.fill(identifier=typed, password=PASSWORD, password_again=PASSWORD).submit()
    assert said in page.form_errors["identifier"]
    assert (await camille.person()).password_hash is None


async def test_an_identifier_taken_at_the_same_moment_is_refused(
    settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    camille, _ = await settle(None, with_password=False), await settle("dominique.leroy")
    form = (await camille.visitor.open("/mon-compte/mot-de-passe")).form("#password-form")
    monkeypatch.setattr(availability, "refusal", lambda _connection, _identifier: None)
    page = await form.fill(identifier="dominique.leroy", password=PASSWORD, password_again=PASSWORD).submit()
    assert "déjà pris" in page.form_errors["identifier"]
    assert (await camille.person()).password_hash is None, "neither is written"
