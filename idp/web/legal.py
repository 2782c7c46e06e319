"""What the law makes a public site say of itself: how accessible it is (law 2005-102 article 47, decree 2019-768)."""

from enum import StrEnum

from idp.foundation.settings import Brand
from idp.foundation.texts import Text, text


class Conformity(StrEnum):
    """The three states a statement may declare, from the share of RGAA criteria that an audit found met."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


_MENTIONS = {
    Conformity.FULL: text("Accessibilité : totalement conforme"),
    Conformity.PARTIAL: text("Accessibilité : partiellement conforme"),
    Conformity.NONE: text("Accessibilité : non conforme"),
}


def conformity(brand: Brand) -> Conformity:
    """Without an audit, or below half of the criteria, a site is « non conforme » (RGAA 4.1.2, statement)."""
    if not brand.audit_date or brand.audit_rate < 50:
        return Conformity.NONE
    return Conformity.FULL if brand.audit_rate >= 100 else Conformity.PARTIAL


def accessibility_mention(brand: Brand) -> Text:
    """The words that every page must carry, linked to the statement."""
    return _MENTIONS[conformity(brand)]
