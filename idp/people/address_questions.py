"""Questions about a postal address, a person's or an organisation's."""

from idp.foundation.texts import Text, text
from idp.people import addresses, choices
from idp.people.fields import Condition, Control, Field, Place
from idp.people.questions import plain


def postal_address(place: Place, *, required: bool) -> tuple[Field, ...]:
    """Street, complement, postcode, town, country."""
    return (
        Field(
            "street",
            text("Numéro et voie"),
            plain(addresses.line),
            place=place,
            required=required,
            missing=text("Indiquez le numéro et la voie, par exemple 12 rue des Lilas."),
            autocomplete="address-line1",
        ),
        Field(
            "complement",
            text("Complément d'adresse"),
            plain(addresses.line),
            place=place,
            hint=text("Bâtiment, étage, boîte postale…"),
            autocomplete="address-line2",
        ),
        Field(
            "postcode",
            text("Code postal"),
            lambda typed, filled: addresses.postcode(typed, filled.get("country") or addresses.FRANCE),
            place=place,
            required=required,
            missing=text("Indiquez le code postal, par exemple 20200."),
            autocomplete="postal-code",
        ),
        Field(
            "city",
            text("Commune"),
            plain(addresses.town),
            place=place,
            required=required,
            missing=text("Indiquez la commune."),
            autocomplete="address-level2",
        ),
        country("country", text("Pays"), place, required=required),
    )


def country(name: str, label: Text, place: Place, *, required: bool, when: Condition | None = None) -> Field:
    """A country, by its ISO 3166-1 code."""
    missing = text("Choisissez un pays.")
    return Field(
        name,
        label,
        lambda typed, _: typed if typed in choices.COUNTRY_CODES else missing,
        control=Control.COUNTRY,
        place=place,
        required=required,
        missing=missing,
        when=when,
        hint=text("Obligatoire si l'entreprise n'a pas de SIRET.") if when else None,
        autocomplete="country",
    )
