"""What is asked of a citoyen, of an entreprise and of an association to open an account.

One description drives the form, the checks and the storage (idp.people.fields). Minimisation (RGPD article 5.1.c): no
birth date is asked of someone who acts for an organisation, and the civility is asked without obligation unless the
authority decides otherwise (CJUE C-394/23; Conseil d'État, 31 juillet 2025, n° 452850).
"""

from collections.abc import Mapping
from functools import lru_cache

from idp.foundation.settings import PROFILES, SignUp
from idp.foundation.texts import Text, text
from idp.people import address_questions, choices, organisation_questions, questions
from idp.people.addresses import line
from idp.people.fields import Field, Place, Profile, Section
from idp.people.questions import plain

CITOYEN, ENTREPRISE, ASSOCIATION = PROFILES

_CONTACTS = text("Vos coordonnées")


@lru_cache(maxsize=16)
def offered(signup: SignUp, authority: str) -> Mapping[str, Profile]:
    """The profiles an authority opens, in its order. `authority` is its name, for the labels that say it."""
    built = {
        CITOYEN: _citoyen(signup, authority),
        ENTREPRISE: _entreprise(signup, authority),
        ASSOCIATION: _association(signup, authority),
    }
    return {name: built[name] for name in signup.profiles}


def _citoyen(signup: SignUp, authority: str) -> Profile:
    identity = (
        questions.title(required=signup.title_required),
        questions.birth_name(text("Nom de naissance"), text("Indiquez votre nom de naissance.")),
        questions.PREFERRED_NAME,
        questions.GIVEN_NAMES,
        questions.BIRTHDATE,
    )
    address = Section(text("Votre adresse"), address_questions.postal_address(Place.PERSON, required=False))
    contacts = (questions.EMAIL, questions.LANDLINE, questions.MOBILE, *questions.mailing_lists(authority))
    return Profile(
        CITOYEN,
        text("Citoyen"),
        text("Je suis un particulier"),
        (
            Section(text("Votre identité"), identity),
            *((address,) if signup.ask_address else ()),
            Section(_CONTACTS, contacts),
        ),
    )


def _entreprise(signup: SignUp, authority: str) -> Profile:
    contacts = organisation_questions.contacts(text("Téléphone de l'entreprise"), text("Email de l'entreprise"))
    declaration = text("Je déclare être habilité à représenter cette entreprise")
    return Profile(
        ENTREPRISE,
        text("Entreprise"),
        text("Je représente une entreprise"),
        (
            Section(text("Votre entreprise"), organisation_questions.company(ask_vat=signup.ask_vat)),
            Section(
                text("Adresse de l'établissement"),
                (*address_questions.postal_address(Place.ORGANISATION, required=True), *contacts),
            ),
            *_representative(signup, authority, choices.COMPANY_ROLES, declaration),
        ),
    )


def _association(signup: SignUp, authority: str) -> Profile:
    contacts = organisation_questions.contacts(text("Téléphone de l'association"), text("Email de l'association"))
    management = Field(
        "management_address",
        text("Adresse de gestion"),
        plain(line),
        place=Place.ORGANISATION,
        hint=text("Si elle est différente du siège."),
    )
    declaration = text("Je déclare être habilité à représenter cette association")
    return Profile(
        ASSOCIATION,
        text("Association"),
        text("Je représente une association"),
        (
            Section(text("Votre association"), organisation_questions.association()),
            Section(
                text("Siège de l'association"),
                (*address_questions.postal_address(Place.ORGANISATION, required=True), management, *contacts),
            ),
            *_representative(signup, authority, choices.ASSOCIATION_ROLES, declaration),
        ),
    )


def _representative(
    signup: SignUp, authority: str, roles: choices.Options, declaration: Text
) -> tuple[Section, Section]:
    identity = (
        questions.title(required=signup.title_required),
        questions.birth_name(text("Nom"), text("Indiquez votre nom.")),
        questions.GIVEN_NAMES,
        questions.role(roles),
        questions.representation(declaration),
    )
    contacts = (questions.EMAIL, questions.LANDLINE, questions.MOBILE, *questions.mailing_lists(authority))
    return Section(text("Vous, qui représentez l'organisme"), identity), Section(_CONTACTS, contacts)
