"""Correcting what was declared, and not what somebody vouches for."""

import pytest
from sqlalchemy import Connection, select, update

from idp.foundation.audit import audit
from idp.people import consents
from idp.people.consents import Kind
from idp.people.tables import organisations
from tests.pages.account.conftest import Resident, Settle
from tests.support.provider import Site
from tests.support.visitor import Form

pytestmark = pytest.mark.anyio
BAKERY = {
    "siret": "73282932000074",
    "legal_name": "Boulangerie Martin",
    "legal_form": "sarl",
    "role": "gerant",
    "street": "1 rue du Four",
    "postcode": "20200",
    "city": "Bastia",
    "country": "FR",
    "org_phone": "+33261914567",
}
CHOIR = {
    "legal_name": "La Chorale",
    "situation": "declaree",
    "purpose": "Chanter ensemble le jeudi soir.",
    "declared_on": "1998-05-04",
    "role": "president",
    "street": "2 place de l'Église",
    "postcode": "20200",
    "city": "Bastia",
    "country": "FR",
}


async def form(resident: Resident, page: str) -> Form:
    return (await resident.visitor.open(f"/mon-compte/{page}")).form("#questions")


async def fields_of(resident: Resident, event: str) -> list[str]:
    """Which fields the audit says were changed."""

    def read(connection: Connection) -> list[str]:
        lines = select(audit.c.detail).where(audit.c.person_id == resident.person_id, audit.c.event == event)
        return [str(detail["fields"]) for detail in connection.execute(lines).scalars()]

    return await resident.site.provider.database.read(read)


async def test_a_declared_identity_is_corrected_and_the_audit_says_which_fields(settle: Settle) -> None:
    camille = await settle(title="madame", preferred_name="Durand", birthdate="1985-03-27")
    asked = await form(camille, "identite")
    assert asked.values["birthdate"] == ["27/03/1985"]
    asked.fill(title="", preferred_name="", birth_name="Martín", birthdate="28/03/1985")
    after = await asked.submit()
    assert "Votre identité est à jour." in after.text
    person = await camille.person()
    assert (person.title, person.preferred_name, person.birth_name) == (None, None, "Martín")
    assert (person.birthdate, person.given_names) == ("1985-03-28", "Camille")
    assert await fields_of(camille, "profile.amended") == ["birth_name birthdate preferred_name title"]


async def test_what_does_not_change_leaves_no_trace(settle: Settle) -> None:
    camille = await settle(birthdate="1985-03-27")
    await (await form(camille, "identite")).submit()
    assert "profile.amended" not in await camille.audited()


@pytest.mark.parametrize(
    ("field", "typed"),
    [("birth_name", ""), ("birth_name", "J3an"), ("given_names", ""), ("birthdate", "31/04/1990"), ("title", "reine")],
)
async def test_a_bad_answer_is_refused_and_nothing_is_written(settle: Settle, field: str, typed: str) -> None:
    camille = await settle(birthdate="1985-03-27", title="madame")
    asked = (await form(camille, "identite")).fill(preferred_name="Durand")
    asked.values[field] = [typed]
    page = await asked.submit()
    assert page.status == 422
    assert list(page.form_errors) == [field]
    assert page.form("#questions").values["preferred_name"] == ["Durand"], "what was typed is not lost"
    assert (await camille.person()).preferred_name is None


async def test_a_vouched_identity_is_shown_and_locked_but_for_what_nobody_vouches_for(settle: Settle) -> None:
    camille = await settle(birthdate="1985-03-27", gender="female")
    await camille.links()
    page = await camille.visitor.open("/mon-compte/identite")
    assert "Votre état civil vient de FranceConnect" in page.text
    for told in ("Martin", "27 mars 1985", "Féminin"):
        assert told in page.text
    asked = page.form("#questions")
    assert set(asked.values) == {"csrf", "title", "preferred_name"}
    asked.fill(title="madame", preferred_name="Durand")
    asked.values |= {"birth_name": ["Voleur"], "birthdate": ["01/01/1990"]}
    await asked.submit()
    person = await camille.person()
    assert (person.title, person.preferred_name) == ("madame", "Durand")
    assert (person.birth_name, person.birthdate) == ("Martin", "1985-03-27"), "what is not asked is not read"


async def test_a_link_to_a_provider_that_checks_no_register_locks_nothing(settle: Settle) -> None:
    camille = await settle(birthdate="1985-03-27")
    await camille.links("proconnect")
    assert "birth_name" in (await form(camille, "identite")).values


async def test_a_birth_date_known_in_part_stays_as_the_register_says(settle: Settle) -> None:
    camille = await settle(birthdate="1950-00-00")
    asked = await form(camille, "identite")
    assert "birthdate" not in asked.values
    await asked.fill(birth_name="Durand").submit()
    assert (await camille.person()).birthdate == "1950-00-00"


async def test_the_landline_and_the_address_are_changed_and_emptied(settle: Settle) -> None:
    camille = await settle(landline="+33261914567", street="1 rue des Lilas", city="Bastia", postcode="20200")
    asked = await form(camille, "coordonnees")
    assert asked.values["landline"] == ["02 61 91 45 67"]
    assert asked.values["city"] == ["Bastia"]
    asked.fill(landline="", street="2 rue des Lilas", city="Ajaccio", postcode="20000", country="FR")
    after = await asked.submit()
    assert "Vos coordonnées sont à jour." in after.text
    assert "2 rue des Lilas, 20000 Ajaccio" in after.text
    person = await camille.person()
    assert person.landline is None
    assert person.address == {"street": "2 rue des Lilas", "city": "Ajaccio", "postcode": "20000", "country": "FR"}
    assert await fields_of(camille, "profile.amended") == ["address landline"]
    emptied = (await form(camille, "coordonnees")).fill(street="", city="", postcode="", country="")
    await emptied.submit()
    assert (await camille.person()).address == {}


async def test_a_number_from_overseas_comes_back_as_it_was(settle: Settle) -> None:
    camille = await settle(landline="+262262123456")
    asked = await form(camille, "coordonnees")
    assert asked.values["landline_country"] == ["RE"]
    await asked.submit()
    assert (await camille.person()).landline == "+262262123456"
    assert "profile.amended" not in await camille.audited()


async def verify(site: Site, resident: Resident) -> None:
    """The authority looked at the organisation."""

    def write(connection: Connection) -> None:
        connection.execute(
            update(organisations).where(organisations.c.person_id == resident.person_id).values(verified=True)
        )

    await site.provider.database.transaction(write)


async def test_an_organisation_that_changes_is_only_declared_again(site: Site, settle: Settle) -> None:
    camille = await settle(profile="entreprise", organisation=BAKERY)
    await verify(site, camille)
    asked = await form(camille, "organisme")
    assert asked.values["siret"] == ["73282932000074"]
    assert asked.values["org_phone"] == ["02 61 91 45 67"]
    after = await asked.fill(trade_name="Au bon pain", represents=True).submit()
    assert "Les informations de votre organisme sont à jour." in after.text
    assert "Boulangerie Martin non vérifié" in after.text
    declared = (await camille.person()).organisation
    assert declared is not None
    assert not declared.verified
    assert declared.details["trade_name"] == "Au bon pain"
    assert declared.details["org_phone"] == "+33261914567"
    assert await fields_of(camille, "organisation.amended") == ["trade_name"]
    (proof,) = await site.provider.database.read(consents.agreements_of, camille.person_id)
    assert (proof.kind, proof.origin) == (Kind.REPRESENTATION, "mon-compte")


async def test_an_organisation_that_does_not_change_stays_verified(site: Site, settle: Settle) -> None:
    camille = await settle(profile="association", organisation=CHOIR)
    await verify(site, camille)
    asked = await form(camille, "organisme")
    assert asked.values["rna_unknown"] == ["1"]
    assert asked.values["declared_on"] == ["04/05/1998"]
    await asked.fill(represents=True).submit()
    declared = (await camille.person()).organisation
    assert declared is not None
    assert declared.verified
    assert "organisation.amended" not in await camille.audited()


async def test_whoever_changes_an_organisation_declares_again_to_act_for_it(settle: Settle) -> None:
    camille = await settle(profile="entreprise", organisation=BAKERY)
    page = await (await form(camille, "organisme")).fill(legal_name="Autre").submit()
    assert list(page.form_errors) == ["represents"]
    declared = (await camille.person()).organisation
    assert declared is not None
    assert declared.legal_name == "Boulangerie Martin"


async def test_what_the_form_does_not_ask_stays(settle: Settle) -> None:
    camille = await settle(profile="entreprise", organisation={**BAKERY, "vat": "FR44732829320"})
    asked = await form(camille, "organisme")
    assert "vat" not in asked.values
    await asked.fill(legal_name="Boulangerie Durand", represents=True).submit()
    declared = (await camille.person()).organisation
    assert declared is not None
    assert declared.details["vat"] == "FR44732829320"


async def test_a_company_without_number_says_where_it_is_registered(settle: Settle) -> None:
    abroad = {name: value for name, value in BAKERY.items() if name != "siret"} | {"registration_country": "IT"}
    camille = await settle(profile="entreprise", organisation=abroad)
    asked = await form(camille, "organisme")
    assert asked.values["no_siret"] == ["1"]
    await asked.fill(no_siret=False, siret="356 000 000 00048", represents=True).submit()
    declared = (await camille.person()).organisation
    assert declared is not None
    assert declared.siret == "35600000000048"
    assert "registration_country" not in declared.details


async def test_an_account_prepared_without_an_organisation_declares_it(settle: Settle) -> None:
    camille = await settle(profile="association")
    assert "Vous n'avez encore rien déclaré." in (await camille.home()).text
    asked = await form(camille, "organisme")
    asked.fill(
        legal_name="La Chorale",
        situation="en_cours",
        purpose="Chanter ensemble.",
        street="2 place de l'Église",
        postcode="20200",
        city="Bastia",
        country="FR",
        role="president",
        represents=True,
    )
    await asked.submit()
    declared = (await camille.person()).organisation
    assert declared is not None
    assert (declared.kind, declared.legal_name) == ("association", "La Chorale")


async def test_a_citizen_has_no_organisation_to_change(settle: Settle) -> None:
    camille = await settle()
    assert (await camille.visitor.open("/mon-compte/organisme")).status == 404
    assert "organisme" not in (await camille.home()).text


@pytest.mark.parametrize("page", ["identite", "coordonnees", "organisme"])
async def test_correcting_wants_a_recent_sign_in(site: Site, settle: Settle, page: str) -> None:
    camille = await settle(profile="entreprise", organisation=BAKERY)
    asked = await form(camille, page)
    site.clock.advance(601)
    assert (await asked.submit()).path == "/connexion"
