"""Access tokens as JWTs: RFC 9068, for interfaces that read what a token says without asking.

They are issued and stored like any other, by their digest, so that they are revoked, introspected and accepted at
userinfo alike; an interface that does not ask learns of a revocation when the token ends.
"""

from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, is_of, new_id
from idp.oidc.grant import Grant
from idp.oidc.targets import Target
from keys import jose
from keys.errors import BadToken

TYPE = "at+jwt"
ALGORITHM = "RS256"
"""The one that every interface has to read (section 2.1)."""


def jwt(provider: Provider, client_id: str, grant: Grant | None, target: Target, now: int) -> str:
    """The token of a client, for the person of a grant or, without one, for itself (section 2.2)."""
    audience = target.audience or (provider.settings.issuer,)
    claims: dict[str, object] = {
        "iss": provider.settings.issuer,
        "sub": grant.subject if grant else client_id,
        "aud": audience[0] if len(audience) == 1 else list(audience),
        "client_id": client_id,
        "iat": now,
        "exp": now + target.lifetime,
        "jti": new_id(provider.randomness),
        "scope": " ".join(target.scope),
    }
    if grant is not None:
        claims |= {"auth_time": grant.authenticated_at, "acr": grant.acr}
    return jose.sign(provider.keys_in_use().signing_key(ALGORITHM), claims, typ=TYPE)


def may_be(presented: str) -> bool:
    """Whether a text looks like an access token of ours. Any other is refused without a look at the database.

    An ID token or a logout token says by its type that it is none (RFC 8725 section 3.11); what looks right is then
    known by its digest, signature included, or is not one of ours.
    """
    if is_of(Kind.ACCESS_TOKEN, presented):
        return True
    try:
        return presented.count(".") == 2 and jose.peek(presented, longest=jose.LONGEST_SIGNED).get("typ") == TYPE
    except BadToken:
        return False
