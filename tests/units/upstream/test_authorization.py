"""The authorization request is a closed list of parameters, none of them empty."""

from urllib.parse import parse_qsl, urlsplit

from idp.demo.franceconnect.parameters import refused_authorization
from idp.upstream.authorization import logout_return_address, request_address, return_address
from idp.upstream.discovery import Metadata
from tests.support.relying_party import challenge_of
from tests.units.upstream.test_discovery import DOCUMENT, ISSUER, ours

HERE = return_address("https://connexion.exemple.fr", "franceconnect")
FRANCECONNECT = Metadata(f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/jwks", "", "", True)


def sent(address: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)


def test_franceconnect_receives_exactly_what_it_accepts() -> None:
    registration = ours(kind="franceconnect", scopes=("openid", "identite_pivot"))
    address = request_address(registration, FRANCECONNECT, HERE, state="s" * 43, nonce="n" * 43, verifier=None)
    assert dict(sent(address)) == {
        "response_type": "code",
        "client_id": "a",
        "redirect_uri": "https://connexion.exemple.fr/retour/franceconnect",
        "scope": "openid identite_pivot",
        "state": "s" * 43,
        "nonce": "n" * 43,
        "acr_values": "eidas1",
    }
    assert refused_authorization(sent(address)) is None


def test_another_provider_receives_a_challenge_and_no_level() -> None:
    metadata = Metadata.parse(DOCUMENT, ours())
    address = request_address(ours(), metadata, HERE, state="s" * 43, nonce="n" * 43, verifier="v" * 43)
    parameters = dict(sent(address))
    assert parameters["code_challenge"] == challenge_of("v" * 43)
    assert parameters["code_challenge_method"] == "S256"
    assert "acr_values" not in parameters


def test_a_query_already_in_the_endpoint_is_kept() -> None:
    metadata = Metadata.parse({**DOCUMENT, "authorization_endpoint": f"{ISSUER}/auth?tenant=7"}, ours())
    address = request_address(ours(), metadata, HERE, state="s", nonce="n", verifier=None)
    assert dict(sent(address))["tenant"] == "7"
    assert dict(sent(address))["state"] == "s"


def test_each_provider_has_its_own_return_addresses() -> None:
    issuer = "https://connexion.exemple.fr"
    assert return_address(issuer, "proconnect") == f"{issuer}/retour/proconnect"
    assert logout_return_address(issuer, "proconnect") == f"{issuer}/deconnexion/retour/proconnect"
