"""What an e-démarche does with a logout token: OpenID Connect Back-Channel Logout 1.0 section 2.6."""

from keys import claims as registered
from keys import jose
from keys.errors import BadClaims, BadToken
from keys.peers import PeerKeys

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def session_ended(token: str, keys: PeerKeys, expected: registered.Expected, now: int) -> str | None:
    """The session that has ended, by its `sid`; None for a token that is not to be believed."""
    try:
        claims = jose.verify(token, keys, algorithms=("RS256",), typ="logout+jwt")
        registered.check(claims, expected, now)
    except (BadToken, BadClaims):
        return None
    events, session = claims.get("events"), claims.get("sid")
    if not isinstance(events, dict) or EVENT not in events or "nonce" in claims:
        return None
    return session if isinstance(session, str) else None
