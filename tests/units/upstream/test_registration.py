"""What each kind of upstream means by default, and which levels are accepted from it."""

from typing import Any

import pytest

from idp.foundation.settings import Upstream
from idp.sessions.session import UPSTREAM_ACR
from idp.upstream.faults import Untrusted
from idp.upstream.providers import registration

ISSUER = "https://fc.exemple.fr/api/v2"


def made(**changes: Any) -> Any:
    given = {"name": "franceconnect", "kind": "franceconnect", "issuer": ISSUER, "client_id": "a", "client_secret": "b"}
    return registration(Upstream(**(given | changes)))


def test_franceconnect_gets_what_it_accepts_without_a_word_in_the_settings() -> None:
    ours = made()
    assert not ours.pkce
    assert ours.signed_userinfo
    assert ours.issuer_in_response
    assert ours.acr_values == ("eidas1",)
    assert ours.label == "FranceConnect"
    assert ours.endpoints["token_endpoint"] == f"{ISSUER}/token"


def test_any_other_provider_gets_pkce_and_its_own_addresses() -> None:
    ours = made(kind="oidc", name="mairie")
    assert ours.pkce
    assert not ours.signed_userinfo
    assert ours.endpoints is None
    assert (ours.acr_values, ours.label) == ((), "mairie")


def test_proconnect_signs_its_user_information_and_keeps_its_levels_in_the_settings() -> None:
    ours = made(kind="proconnect", acr_values=("eidas1-mfa",), acr_order=("eidas0", "eidas0-mfa", "eidas1-mfa"))
    assert ours.signed_userinfo
    assert ours.accepted_levels == {"eidas1-mfa"}
    assert "usual_name" in ours.claims


def test_the_settings_have_the_last_word_on_pkce() -> None:
    assert made(pkce="always").pkce
    assert not made(kind="oidc", pkce="never").pkce


def test_a_secret_is_not_shown() -> None:
    assert "tres-secret" not in repr(made(client_secret="tres-secret"))


@pytest.mark.parametrize(
    ("settings", "acr"),
    [
        pytest.param({}, "eidas1", id="as asked"),
        pytest.param({}, "eidas3", id="higher than asked"),
        pytest.param({"acr_values": ("eidas2", "eidas3")}, "eidas2", id="the least of those asked"),
        pytest.param({"kind": "oidc", "acr_values": ("gold",)}, "gold", id="asked, without an order"),
    ],
)
def test_a_level_that_is_enough_is_kept(settings: dict[str, Any], acr: str) -> None:
    assert made(**settings).level(acr) == acr


@pytest.mark.parametrize(
    ("settings", "acr"),
    [
        pytest.param({}, None, id="absent"),
        pytest.param({}, "", id="empty"),
        pytest.param({}, "eidas0", id="unknown"),
        pytest.param({}, ["eidas1"], id="not a text"),
        pytest.param({"acr_values": ("eidas2",)}, "eidas1", id="lower than asked"),
        pytest.param({"kind": "oidc", "acr_values": ("gold",)}, "silver", id="another, without an order"),
    ],
)
def test_a_level_that_is_not_enough_is_refused(settings: dict[str, Any], acr: object) -> None:
    with pytest.raises(Untrusted):
        made(**settings).level(acr)


def test_a_provider_that_was_asked_no_level_cannot_pass_for_franceconnect() -> None:
    assert made(kind="oidc").level("eidas3") == UPSTREAM_ACR
    assert made(kind="oidc").level(None) == UPSTREAM_ACR


def test_settings_alone_give_a_name_to_a_level() -> None:
    assert made(kind="oidc", acr_order=("bronze", "gold")).level("gold") == "gold"
