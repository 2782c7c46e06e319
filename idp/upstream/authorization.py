"""The request that sends a browser to an upstream (OpenID Connect Core section 3.1.2.1)."""

from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from idp.upstream.discovery import Metadata
from idp.upstream.registration import Registration


def return_address(issuer: str, name: str) -> str:
    """Where this upstream sends people back. Each upstream has its own (RFC 9700 section 4.4.2)."""
    return f"{issuer}/retour/{name}"


def logout_return_address(issuer: str, name: str) -> str:
    """Where this upstream sends people back after a sign-out."""
    return f"{issuer}/deconnexion/retour/{name}"


def request_address(
    registration: Registration, metadata: Metadata, redirect_uri: str, *, state: str, nonce: str, verifier: str | None
) -> str:
    """The address of the upstream's authorization endpoint with a closed list of parameters, none of them empty.

    Nothing of the application's own request is passed on: FranceConnect answers an unknown parameter by a dead end.
    """
    asked = {
        "response_type": "code",
        "client_id": registration.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(registration.scopes),
        "state": state,
        "nonce": nonce,
    }
    if registration.acr_values:
        asked["acr_values"] = " ".join(registration.acr_values)
    if verifier is not None:
        asked |= {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
    endpoint = metadata.authorization_endpoint
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"
