"""Tokens nobody honest would make, written byte by byte so that no library smooths them."""

import base64
import json
from collections.abc import Mapping

from keys import jose
from keys.ring import Key

NOW = 1_800_000_000
CLAIMS: dict[str, object] = {
    "iss": "https://idp.example",
    "sub": "a-person",
    "aud": "an-app",
    "iat": NOW,
    "exp": NOW + 60,
}


def b64(data: bytes | str) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed_text(key: Key, header: str, payload: str) -> str:
    """A compact JWS over exactly these texts, rightly signed by `key`."""
    signed = f"{b64(header)}.{b64(payload)}"
    signature = jose.SIGNATURES[key.alg].sign(key.jwk.private_key, signed.encode())
    return f"{signed}.{b64(signature)}"


def signed(key: Key, header: Mapping[str, object], claims: Mapping[str, object] = CLAIMS) -> str:
    """A compact JWS with this header and nothing added, rightly signed by `key`."""
    return signed_text(key, json.dumps(header), json.dumps(claims))
