"""A device is told by the family of its browser and of its system."""

import pytest

from idp.foundation.texts import load_catalogue
from idp.sessions.devices import describe, is_handheld

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "told", "handheld"),
    [
        (f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox sur Linux", False),
        (f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/142.0 Safari/537.36", "Chrome sur Windows", False),
        (f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/142.0 Safari/537.36 Edg/142.0", "Edge sur Windows", False),
        (f"{MOZILLA} (Linux; Android 15) {WEBKIT} Chrome/142.0 Mobile Safari/537.36", "Chrome sur Android", True),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_1 like Mac OS X) {WEBKIT} Safari/604.1", "Safari sur iPhone", True),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 14_5) {WEBKIT} Safari/605.1.15", "Safari sur macOS", False),
        ("Linux", "Linux", False),
        ("curl/8.10.1", "Appareil inconnu", False),
        ("<script>alert(1)</script>", "Appareil inconnu", False),
        ("", "Appareil inconnu", False),
    ],
)
def test_a_device_is_told_by_its_families(agent: str, told: str, handheld: bool) -> None:
    assert load_catalogue().translate(describe(agent), "fr") == told
    assert is_handheld(agent) is handheld
