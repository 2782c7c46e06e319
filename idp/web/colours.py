"""An authority's colours: read, checked, and turned into the variables of the theme.

Pure. Ratios follow WCAG 2.2 (relative luminance and contrast ratio, section 5 "Terms"; success criteria 1.4.3 and
1.4.11). A colour nobody could read is refused when the provider starts, not discovered by a citizen.
"""

import re
from dataclasses import dataclass

TEXT_RATIO = 4.5
GRAPHIC_RATIO = 3.0
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_STEPS = 100


class ColourRefused(ValueError):
    """This colour cannot be read, or could not be seen on the pages."""


@dataclass(frozen=True, slots=True)
class Colour:
    """An sRGB colour, each channel from 0 to 255."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    def luminance(self) -> float:
        """Relative luminance, 0 for black to 1 for white."""
        red, green, blue = (_linear(channel) for channel in (self.red, self.green, self.blue))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def toward(self, other: "Colour", share: float) -> "Colour":
        """Mix with another colour; a share of 0 changes nothing, 1 gives the other."""
        return Colour(
            round(self.red + (other.red - self.red) * share),
            round(self.green + (other.green - self.green) * share),
            round(self.blue + (other.blue - self.blue) * share),
        )


WHITE = Colour(255, 255, 255)
BLACK = Colour(0, 0, 0)
LIGHT_PAGE = Colour(0xF6, 0xF4, 0xEF)
DARK_CARD = Colour(0x1E, 0x27, 0x2B)
DARK_INK = Colour(0x12, 0x19, 0x1C)


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def parse(written: str) -> Colour:
    """Read `#rgb` or `#rrggbb`. Raises ColourRefused."""
    if not _HEX.fullmatch(written):
        raise ColourRefused(f"{written!r} is not a colour: write it as #rrggbb")
    digits = written[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return Colour(int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16))


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((one.luminance(), other.luminance()))
    return (lighter + 0.05) / (darker + 0.05)


def moved_until(colour: Colour, toward: Colour, against: Colour, ratio: float) -> Colour:
    """The nearest mix of `colour` with `toward` that reaches the ratio against a background."""
    for step in range(_STEPS + 1):
        mixed = colour.toward(toward, step / _STEPS)
        if contrast(mixed, against) >= ratio:
            return mixed
    return toward


def readable_brand(written: str) -> Colour:
    """The colour of links and buttons: readable as text on the pages. Raises ColourRefused below 4.5:1."""
    return _against_page(written, TEXT_RATIO)


def visible_accent(written: str) -> Colour:
    """The colour of ornaments: visible on the pages. Raises ColourRefused below 3:1."""
    return _against_page(written, GRAPHIC_RATIO)


def _against_page(written: str, ratio: float) -> Colour:
    colour = parse(written)
    found = contrast(colour, LIGHT_PAGE)
    if found < ratio:
        raise ColourRefused(
            f"{written} has a contrast of {found:.2f}:1 on the pages, below {ratio}:1: choose it darker"
        )
    return colour


def light_variables(brand: Colour, accent: Colour) -> dict[str, Colour]:
    """The theme's variables on light pages."""
    return {
        "--brand": brand,
        "--brand-contrast": WHITE,
        "--brand-strong": brand.toward(BLACK, 0.28),
        "--brand-soft": brand.toward(WHITE, 0.90),
        "--brand-edge": brand.toward(WHITE, 0.68),
        "--accent": accent,
    }


def dark_variables(brand: Colour, accent: Colour) -> dict[str, Colour]:
    """The same colours made light enough for dark pages."""
    lit = moved_until(brand, WHITE, DARK_CARD, 6.0)
    return {
        "--brand": lit,
        "--brand-contrast": DARK_INK,
        "--brand-strong": lit.toward(WHITE, 0.35),
        "--brand-soft": DARK_CARD.toward(lit, 0.14),
        "--brand-edge": DARK_CARD.toward(lit, 0.40),
        "--accent": moved_until(accent, WHITE, DARK_CARD, TEXT_RATIO),
    }


def stylesheet(brand: str, accent: str) -> str:
    """The stylesheet that dresses the pages in an authority's colours. Raises ColourRefused."""
    colours = readable_brand(brand), visible_accent(accent)
    light, dark = (
        "".join(f"{name}:{colour};" for name, colour in variables(*colours).items())
        for variables in (light_variables, dark_variables)
    )
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
