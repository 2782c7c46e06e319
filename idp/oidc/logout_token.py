"""The logout token: OpenID Connect Back-Channel Logout 1.0 section 2.4.

It says that a session has ended, to one application, for two minutes. Its type and the absence of `nonce` keep it from
passing for an ID token, and an ID token from passing for it.
"""

from clients.client import Client
from idp.foundation.provider import Provider
from idp.foundation.secrets import new_id
from idp.oidc.encryption import encrypted
from keys import jose

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPE = "logout+jwt"
LIFE_SECONDS = 120


def logout_token(provider: Provider, client: Client, subject: str, session_id: str, now: int) -> str:
    """Sign that this session of this person has ended. `subject` is their `sub` for this client.

    Signed, and encrypted, as the client's ID tokens are (section 2.4). Each attempt has a token of its own: one that
    arrived although the answer was lost must not make the next one a replay. Raises `OAuthProblem` when the client
    wants it encrypted and publishes no key to encrypt to.
    """
    claims: dict[str, object] = {
        "iss": provider.settings.issuer,
        "sub": subject,
        "aud": client.client_id,
        "iat": now,
        "exp": now + LIFE_SECONDS,
        "jti": new_id(provider.randomness),
        "events": {EVENT: {}},
        "sid": session_id,
    }
    key = provider.keys_in_use().signing_key(client.id_token_signed_response_alg)
    alg, enc = client.id_token_encrypted_response_alg, client.id_token_encrypted_response_enc
    return encrypted(provider, client, jose.sign(key, claims, typ=TYPE), alg, enc, now)
