"""What is asked of those who act for a company or for an association."""

from idp.foundation.texts import Text, text
from idp.people import business_numbers, choices, dates
from idp.people.address_questions import country
from idp.people.addresses import line, web_address
from idp.people.business_numbers import SIRET_DOUBTFUL, Siret
from idp.people.characters import free_text, one_line
from idp.people.contacts import email
from idp.people.fields import CHECKED, Control, Field, Filled, Place, When
from idp.people.names import organisation_name
from idp.people.phones import any_phone
from idp.people.questions import beside_selector, chosen, plain, ticked

LONGEST_PURPOSE = 500
SHORTEST_PURPOSE = 10

_WITHOUT_SIRET = When("no_siret", frozenset({CHECKED}))
_DECLARED = When("situation", frozenset({"declaree", "utilite_publique"}))
_IN_ALSACE_MOSELLE = When("situation", frozenset({"alsace_moselle"}))


class DoubtfulSiret:
    """Holds while the number typed is well formed and its key is wrong: only then may the person insist."""

    def holds(self, filled: Filled) -> bool:
        number = business_numbers.siret(filled.get("siret"))
        return isinstance(number, Siret) and number.doubtful


def _siret(typed: str, filled: Filled) -> str | Text:
    number = business_numbers.siret(typed)
    if isinstance(number, Text):
        return number
    return SIRET_DOUBTFUL if number.doubtful and not filled.get("siret_confirmed") else number.number


def siret(*, required: bool) -> tuple[Field, Field]:
    """The number, and the box that lets one go on when its key is wrong but the register says so."""
    return (
        Field(
            "siret",
            text("Numéro SIRET"),
            _siret,
            place=Place.ORGANISATION,
            required=required,
            missing=text("Indiquez le SIRET : 14 chiffres, par exemple 732 829 320 00074."),
            lifted_by="no_siret",
            hint=text("14 chiffres. Vous le trouverez sur annuaire-entreprises.data.gouv.fr."),
            autocomplete="off",
            inputmode="numeric",
        ),
        Field(
            "siret_confirmed",
            text("J'ai vérifié ce numéro SIRET : il est juste"),
            ticked,
            control=Control.CHECKBOX,
            place=Place.NOWHERE,
            when=DoubtfulSiret(),
        ),
    )


def contacts(phone_label: Text, email_label: Text) -> tuple[Field, Field]:
    """How to reach the organisation, apart from the person."""
    return (
        Field(
            "org_phone",
            phone_label,
            beside_selector("org_phone", any_phone),
            control=Control.PHONE,
            place=Place.ORGANISATION,
            autocomplete="work tel-national",
        ),
        Field(
            "org_email",
            email_label,
            plain(email),
            control=Control.EMAIL,
            place=Place.ORGANISATION,
            autocomplete="work email",
        ),
    )


def _name(label: Text, missing: Text) -> Field:
    return Field(
        "legal_name",
        label,
        plain(organisation_name),
        place=Place.ORGANISATION,
        required=True,
        missing=missing,
        autocomplete="organization",
    )


def company(*, ask_vat: bool) -> tuple[Field, ...]:
    """Identity of a company; one without SIRET (foreign, or being created) says where it is registered."""
    vat = Field("vat", text("N° de TVA intracommunautaire"), plain(business_numbers.vat), place=Place.ORGANISATION)
    return (
        *siret(required=True),
        Field(
            "no_siret",
            text("Mon entreprise n'a pas de SIRET (étrangère, en création)"),
            ticked,
            control=Control.CHECKBOX,
            place=Place.NOWHERE,
        ),
        country(
            "registration_country",
            text("Pays d'immatriculation"),
            Place.ORGANISATION,
            required=True,
            when=_WITHOUT_SIRET,
        ),
        Field(
            "registration_number",
            text("Numéro d'immatriculation"),
            lambda typed, _: free_text(typed, longest=40),
            place=Place.ORGANISATION,
            when=_WITHOUT_SIRET,
        ),
        _name(text("Raison sociale"), text("Indiquez la raison sociale de l'entreprise.")),
        Field("trade_name", text("Nom commercial ou enseigne"), plain(organisation_name), place=Place.ORGANISATION),
        Field(
            "legal_form",
            text("Forme juridique"),
            chosen,
            control=Control.SELECT,
            place=Place.ORGANISATION,
            required=True,
            missing=text("Choisissez la forme juridique."),
            options=choices.LEGAL_FORMS,
        ),
        *((vat,) if ask_vat else ()),
    )


def association() -> tuple[Field, ...]:
    """Identity of an association: what it is known by depends on its situation."""
    return (
        _name(text("Nom de l'association"), text("Indiquez le nom de l'association.")),
        Field("acronym", text("Sigle"), lambda typed, _: free_text(typed, longest=40), place=Place.ORGANISATION),
        Field(
            "situation",
            text("Situation"),
            _situation,
            control=Control.SELECT,
            place=Place.ORGANISATION,
            required=True,
            missing=text("Choisissez la situation de l'association."),
            options=choices.SITUATIONS,
        ),
        Field(
            "rna",
            text("Numéro RNA"),
            plain(business_numbers.rna),
            place=Place.ORGANISATION,
            required=True,
            missing=text("Indiquez le numéro RNA, par exemple W751515517, ou cochez la case en dessous."),
            lifted_by="rna_unknown",
            when=_DECLARED,
            hint=text("Obligatoire pour une association déclarée. Il commence par W et figure sur le récépissé."),
            autocomplete="off",
        ),
        Field(
            "rna_unknown",
            text("Je ne connais pas le numéro RNA"),
            ticked,
            control=Control.CHECKBOX,
            place=Place.NOWHERE,
            when=_DECLARED,
        ),
        *_alsace_moselle(),
        *siret(required=False),
        Field(
            "purpose",
            text("Objet de l'association"),
            _purpose,
            control=Control.TEXTAREA,
            place=Place.ORGANISATION,
            required=True,
            missing=text("Décrivez l'objet de l'association en quelques mots."),
            hint=text("De 10 à 500 caractères."),
        ),
        _day("declared_on", text("Date de déclaration")),
        _day("published_on", text("Date de publication au Journal officiel (JOAFE)")),
        Field(
            "website",
            text("Site internet"),
            plain(web_address),
            control=Control.URL,
            place=Place.ORGANISATION,
            autocomplete="url",
        ),
    )


def _situation(typed: str, filled: Filled) -> str | Text:
    if typed == "autre" and not filled.get("siret"):
        return text("Indiquez le SIRET de votre organisme, ou choisissez une autre situation.")
    return typed


def _alsace_moselle() -> tuple[Field, ...]:
    """Departments 57, 67 and 68 have no RNA: their associations are entered in the register of a court."""
    asked = (
        ("registry_court", text("Tribunal d'inscription"), text("Indiquez le tribunal, par exemple Strasbourg.")),
        ("registry_volume", text("Volume"), text("Indiquez le volume du registre.")),
        ("registry_folio", text("Folio"), text("Indiquez le folio du registre.")),
    )
    return tuple(
        Field(
            name,
            label,
            plain(line),
            place=Place.ORGANISATION,
            required=True,
            missing=missing,
            hint=text("Obligatoire pour une association d'Alsace-Moselle."),
            when=_IN_ALSACE_MOSELLE,
        )
        for name, label, missing in asked
    )


def _purpose(typed: str, _filled: Filled) -> str | Text:
    if len(one_line(typed)) < SHORTEST_PURPOSE:
        return text("Décrivez l'objet en 10 caractères au moins.")
    return free_text(typed, longest=LONGEST_PURPOSE)


def _day(name: str, label: Text) -> Field:
    return Field(
        name,
        label,
        lambda typed, filled: dates.past_date(typed, today=filled.today, earliest=dates.FIRST_DECLARATION),
        place=Place.ORGANISATION,
        hint=text("Exemple : 14/05/2012"),
        inputmode="numeric",
    )
