"""ID tokens of ours that come back as hints (OpenID Connect Core 3.1.2.1, RP-Initiated Logout 1.0 section 2).

A hint proves which application holds it and whom it was about. It never authenticates anybody, so its age is no matter.
"""

from dataclasses import dataclass

from clients.client import Client
from idp.oidc.errors import AuthorizationRefused
from keys import jose
from keys.errors import BadToken
from keys.ring import ENCRYPTION_HELD, KeyRing


@dataclass(frozen=True, slots=True)
class Hint:
    """What an ID token of ours says: the person (as this application knows them), the application, the session."""

    subject: str
    client_id: str
    session_id: str


def read(token: str, ring: KeyRing, issuer: str) -> Hint | None:
    """The hint, or None when it is not an ID token that we signed: user information has no `sid`.

    A client that received it encrypted may encrypt it to us in its turn.
    """
    try:
        if token.count(".") == 4:
            token = jose.decrypt(token, ring.decryption_keys(), algorithms=ENCRYPTION_HELD)
        claims = jose.verify(token, ring.verification_keys(), algorithms=ring.algorithms(), typ="JWT")
    except BadToken:
        return None
    subject, audience, session = claims.get("sub"), claims.get("aud"), claims.get("sid")
    if not isinstance(subject, str) or not isinstance(audience, str) or not isinstance(session, str):
        return None
    return Hint(subject, audience, session) if claims.get("iss") == issuer else None


def hinted_subject(token: str | None, client: Client, ring: KeyRing, issuer: str) -> str | None:
    """The person whom a client's `id_token_hint` names. Raises `AuthorizationRefused` for a hint that is not good."""
    if token is None:
        return None
    hint = read(token, ring, issuer)
    if hint is None or hint.client_id != client.client_id:
        raise AuthorizationRefused("invalid_request", "id_token_hint is not an ID token issued to this client")
    return hint.subject
