"""A discovery document is compared with what we know; it never widens what we accept."""

from typing import Any

import pytest

from idp.foundation.settings import Upstream
from idp.upstream.discovery import Metadata
from idp.upstream.faults import Untrusted
from idp.upstream.providers import registration
from idp.upstream.registration import Registration

ISSUER = "https://op.exemple.fr"
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/me",
    "jwks_uri": f"{ISSUER}/keys",
}


def ours(**changes: Any) -> Registration:
    given: dict[str, Any] = {"name": "op", "issuer": ISSUER, "client_id": "a", "client_secret": "b"}
    return registration(Upstream(**(given | changes)))


def test_a_document_of_the_same_issuer_is_read() -> None:
    metadata = Metadata.parse({**DOCUMENT, "authorization_response_iss_parameter_supported": True}, ours())
    assert metadata.token_endpoint == f"{ISSUER}/token"
    assert metadata.end_session_endpoint == ""
    assert metadata.announces_issuer


@pytest.mark.parametrize("said", ["true", 1, None, False])
def test_the_issuer_in_answers_is_announced_by_true_alone(said: object) -> None:
    document = {**DOCUMENT, "authorization_response_iss_parameter_supported": said}
    assert not Metadata.parse(document, ours()).announces_issuer


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"issuer": "https://other.exemple.fr"}, id="another issuer"),
        pytest.param({"issuer": f"{ISSUER}/"}, id="a slash more"),
        pytest.param({"issuer": None}, id="no issuer"),
        pytest.param({"token_endpoint": None}, id="no token endpoint"),
        pytest.param({"token_endpoint": "https://evil.exemple/token"}, id="another host"),
        pytest.param({"token_endpoint": "http://op.exemple.fr/token"}, id="plain http"),
        pytest.param({"token_endpoint": "https://op.exemple.fr@evil.exemple/"}, id="user information"),
        pytest.param({"token_endpoint": "https://op.exemple.fr:8443/token"}, id="another port"),
        pytest.param({"token_endpoint": "https://op.exemple.fr\\@evil.exemple/"}, id="backslash"),
        pytest.param({"jwks_uri": 12}, id="a number"),
        pytest.param({"jwks_uri": f"{ISSUER}/k#x"}, id="a fragment"),
        pytest.param({"jwks_uri": f"{ISSUER}/{'k' * 2048}"}, id="too long"),
        pytest.param({"jwks_uri": "https://[op.exemple.fr/keys"}, id="no address at all"),
    ],
)
def test_a_document_that_is_not_what_we_know_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Untrusted):
        Metadata.parse({**DOCUMENT, **changes}, ours())


def test_a_host_that_the_settings_name_is_accepted_over_https() -> None:
    document = {**DOCUMENT, "token_endpoint": "https://tokens.exemple.fr/t"}
    assert Metadata.parse(document, ours(endpoint_hosts=("tokens.exemple.fr",))).token_endpoint
    with pytest.raises(Untrusted):
        Metadata.parse(document, ours())


def test_franceconnect_has_fixed_addresses_even_on_its_own_host() -> None:
    fixed = ours(kind="franceconnect")
    document = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "userinfo_endpoint": f"{ISSUER}/userinfo",
        "jwks_uri": f"{ISSUER}/jwks",
        "end_session_endpoint": f"{ISSUER}/session/end",
    }
    assert Metadata.parse(document, fixed).jwks_uri == f"{ISSUER}/jwks"
    with pytest.raises(Untrusted, match="token_endpoint"):
        Metadata.parse({**document, "token_endpoint": f"{ISSUER}/token2"}, fixed)
