"""An authority's colours are read, measured and refused as WCAG 2.2 says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.web.colours import (
    DARK_CARD,
    WHITE,
    Colour,
    ColourRefused,
    contrast,
    dark_variables,
    light_variables,
    parse,
    readable_brand,
    stylesheet,
    visible_accent,
)

CHANNEL = st.integers(0, 255)
COLOURS = st.builds(Colour, CHANNEL, CHANNEL, CHANNEL)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        pytest.param("#000000", "#ffffff", 21.0, id="black on white"),
        pytest.param("#ffffff", "#fff", 1.0, id="white on white"),
        pytest.param("#777777", "#ffffff", 4.48, id="the grey just too light"),
        pytest.param("#767676", "#ffffff", 4.54, id="the grey just dark enough"),
        pytest.param("#ff0000", "#ffffff", 4.00, id="red"),
        pytest.param("#0000ff", "#ffffff", 8.59, id="blue"),
    ],
)
def test_contrast_is_the_one_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(parse(one), parse(other)) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("written", ["", "14545c", "#14545", "#gg0000", "teal", "#1f5f5b;}", "rgb(1,2,3)", "#1f5f5b\n"])
def test_what_is_not_a_colour_is_refused(written: str) -> None:
    with pytest.raises(ColourRefused):
        parse(written)


def test_a_short_colour_is_the_long_one_doubled() -> None:
    assert str(parse("#1aF")) == "#11aaff"


def test_a_brand_colour_too_light_to_read_is_refused() -> None:
    assert str(readable_brand("#1f5f5b")) == "#1f5f5b"
    with pytest.raises(ColourRefused, match=r"below 4\.5:1"):
        readable_brand("#8fb8bd")


def test_an_accent_may_be_lighter_than_a_brand_colour_but_must_be_seen() -> None:
    assert str(visible_accent("#b4531a")) == "#b4531a"
    with pytest.raises(ColourRefused, match=r"below 3\.0:1"):
        visible_accent("#f2c48d")


@given(COLOURS)
def test_any_brand_colour_that_is_accepted_can_be_read_on_every_surface(colour: Colour) -> None:
    try:
        brand = readable_brand(str(colour))
    except ColourRefused:
        return
    light, dark = light_variables(brand, brand), dark_variables(brand, brand)
    assert contrast(light["--brand"], WHITE) >= 4.5
    assert contrast(light["--brand-contrast"], light["--brand-strong"]) >= 4.5
    assert contrast(light["--brand-strong"], light["--brand-soft"]) >= 4.5
    assert contrast(dark["--brand"], DARK_CARD) >= 4.5
    assert contrast(dark["--brand-strong"], dark["--brand-soft"]) >= 4.5
    assert contrast(dark["--brand-contrast"], dark["--brand"]) >= 4.5


def test_the_stylesheet_has_both_colour_schemes() -> None:
    sheet = stylesheet("#1f5f5b", "#b4531a")
    assert sheet.startswith(":root{--brand:#1f5f5b;")
    assert "@media (prefers-color-scheme:dark)" in sheet
    assert sheet.count("--brand-soft:") == 2
