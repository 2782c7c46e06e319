"""Questions that several profiles share, each with its rule and what is said when it is left empty."""

from collections.abc import Callable

from idp.foundation.texts import Text, text
from idp.people import choices, dates
from idp.people.contacts import email
from idp.people.fields import CHECKED, Control, Field, Filled, Place, Rule
from idp.people.names import person_name
from idp.people.phones import any_phone, mobile_phone

AGE_OF_CONSENT = 15
"""From this age a person may agree alone to receive information (loi Informatique et Libertés, article 45)."""


def plain(rule: Callable[[str], str | Text]) -> Rule:
    """A rule that needs to know nothing but the answer."""
    return lambda typed, _: rule(typed)


def ticked(_typed: str, _filled: Filled) -> str:
    """The answer of a box that is ticked."""
    return CHECKED


def chosen(typed: str, _filled: Filled) -> str:
    """An answer already known to be in the list of options."""
    return typed


def beside_selector(name: str, rule: Callable[[str, str], str | Text]) -> Rule:
    """A telephone rule that reads the country chosen beside the number."""
    return lambda typed, filled: rule(typed, filled.get(f"{name}_country") or "FR")


def title(*, required: bool) -> Field:
    """The civility: Madame, Monsieur, or no answer unless the authority asks for one."""
    return Field(
        "title",
        text("Civilité"),
        chosen,
        control=Control.SELECT,
        required=required,
        missing=text("Choisissez votre civilité."),
        autocomplete="honorific-prefix",
        options=choices.TITLES,
        vouched=True,
    )


def birth_name(label: Text, missing: Text) -> Field:
    """The family name: « de naissance » for a citizen, plain for someone who acts for an organisation."""
    return Field(
        "birth_name",
        label,
        plain(person_name),
        required=True,
        missing=missing,
        autocomplete="family-name",
        vouched=True,
    )


PREFERRED_NAME = Field(
    "preferred_name",
    text("Nom d'usage"),
    plain(person_name),
    hint=text("S'il est différent de votre nom de naissance."),
    autocomplete="off",
    vouched=True,
)

GIVEN_NAMES = Field(
    "given_names",
    text("Prénom"),
    plain(person_name),
    required=True,
    missing=text("Indiquez votre prénom."),
    autocomplete="given-name",
    vouched=True,
)

BIRTHDATE = Field(
    "birthdate",
    text("Date de naissance"),
    lambda typed, filled: dates.birthdate(typed, today=filled.today, minimum_age=filled.minimum_age),
    required=True,
    missing=text("Indiquez votre date de naissance, par exemple 05/11/1978."),
    hint=text("Exemple : 27/03/1985"),
    autocomplete="bday",
    inputmode="numeric",
    vouched=True,
)

EMAIL = Field(
    "email",
    text("Email"),
    plain(email),
    control=Control.EMAIL,
    required=True,
    missing=text("Indiquez votre adresse électronique. Exemple : prenom.nom@exemple.fr"),
    hint=text("Exemple : camille.martin@exemple.fr. Le lien d'activation peut y être envoyé."),
    autocomplete="email",
)

LANDLINE = Field(
    "landline",
    text("Téléphone fixe"),
    beside_selector("landline", any_phone),
    control=Control.PHONE,
    hint=text("Exemple : 02 61 91 12 34"),
    autocomplete="home tel-national",
)

MOBILE = Field(
    "mobile",
    text("Téléphone mobile"),
    beside_selector("mobile", mobile_phone),
    control=Control.PHONE,
    hint=text("Exemple : 06 39 98 12 34. Sert à recevoir des codes par SMS."),
    autocomplete="mobile tel-national",
)


def mailing_lists(authority: str) -> tuple[Field, Field]:
    """One box per channel, never ticked beforehand (RGPD article 4.11; CNIL on municipal information)."""
    optional = text("Facultatif. Vous pouvez changer d'avis à tout moment dans votre compte.")
    return (
        Field(
            "list_email",
            text("Je souhaite recevoir les informations de {authority} par courriel", authority=authority),
            _subscription,
            control=Control.CHECKBOX,
            place=Place.AGREEMENT,
            hint=optional,
        ),
        Field(
            "list_sms",
            text("Je souhaite recevoir les informations de {authority} par SMS", authority=authority),
            _sms_subscription,
            control=Control.CHECKBOX,
            place=Place.AGREEMENT,
            hint=optional,
        ),
    )


def _subscription(_typed: str, filled: Filled) -> str:
    born = dates.read_date(filled.get("birthdate"))
    return "" if born and dates.age(born, filled.today) < AGE_OF_CONSENT else CHECKED


def _sms_subscription(typed: str, filled: Filled) -> str | Text:
    if not filled.get("mobile"):
        return text("Indiquez un numéro de mobile pour recevoir ces informations par SMS, ou décochez cette case.")
    return _subscription(typed, filled)


ACCEPT_TERMS = Field(
    "accept_terms",
    text("J'accepte les conditions générales d'utilisation"),
    ticked,
    control=Control.CHECKBOX,
    place=Place.AGREEMENT,
    required=True,
    missing=text("Pour créer un compte, acceptez les conditions générales d'utilisation."),
)

ACCEPT_PRIVACY = Field(
    "accept_privacy",
    text("J'ai lu comment mes données personnelles sont utilisées"),
    ticked,
    control=Control.CHECKBOX,
    place=Place.AGREEMENT,
    required=True,
    missing=text("Lisez comment vos données personnelles sont utilisées, puis cochez cette case."),
)

REGULATION = (ACCEPT_TERMS, ACCEPT_PRIVACY)


def representation(label: Text) -> Field:
    """The declaration of someone who acts for an organisation; its date and version are kept."""
    return Field(
        "represents",
        label,
        ticked,
        control=Control.CHECKBOX,
        place=Place.AGREEMENT,
        required=True,
        missing=text("Cochez cette case si vous êtes habilité. Sinon, demandez à une personne habilitée."),
    )


def role(options: choices.Options) -> Field:
    """What the person does in the organisation."""
    return Field(
        "role",
        text("Fonction"),
        chosen,
        control=Control.SELECT,
        place=Place.ORGANISATION,
        required=True,
        missing=text("Choisissez votre fonction."),
        autocomplete="organization-title",
        options=options,
    )
