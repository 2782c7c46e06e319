"""The code against tokens, the tokens against an attested identity (OpenID Connect Core sections 3.1.3 and 5.3).

The code is exchanged once, at once and without a second try: FranceConnect's lives 30 seconds and serves once.
"""

import asyncio
import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from idp.upstream.attestation import Attestation, kept, methods
from idp.upstream.connection import Connection, json_object, parse_object
from idp.upstream.faults import Declined, Unreachable, Untrusted
from idp.upstream.fetching import Answer
from idp.upstream.registration import Registration
from idp.upstream.tokens import about, read_id_token, read_signed_userinfo, subject_of
from keys.errors import UnknownKey
from keys.peers import PeerKeys

_REFERENCE = re.compile(r"code=(Y[0-9A-Za-z]{1,12})(?:&id=([\w-]{1,64}))?")
_ERROR = re.compile(r"[a-z_]{1,64}")


@dataclass(frozen=True, slots=True)
class Return:
    """What comes back from an authorization request, with what was kept of it."""

    code: str = field(repr=False)
    redirect_uri: str
    nonce_digest: str
    verifier: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Tokens:
    access_token: str = field(repr=False)
    id_token: str = field(repr=False)


async def exchange(connection: Connection, returned: Return, now: int) -> Attestation:
    """Who the upstream says has come, within the deadline of one call for all of them. Raises `UpstreamFault`."""
    try:
        async with asyncio.timeout(connection.fetcher.deadline_seconds):
            return await _exchange(connection, returned, now)
    except TimeoutError:
        raise Unreachable("the exchange took too long") from None


async def _exchange(connection: Connection, returned: Return, now: int) -> Attestation:
    registration = connection.registration
    tokens = await _redeem(connection, returned)

    def read(keys: PeerKeys) -> dict[str, object]:
        return read_id_token(
            tokens.id_token,
            keys,
            registration,
            nonce_digest=returned.nonce_digest,
            access_token=tokens.access_token,
            now=now,
        )

    id_token = await _with_keys(connection, read)
    userinfo = await _userinfo(connection, tokens.access_token, subject_of(id_token), now)
    return Attestation(
        provider=registration.name,
        issuer=registration.issuer,
        subject=subject_of(id_token),
        acr=registration.level(id_token.get("acr")),
        methods=methods(id_token.get("amr")),
        claims=kept({**id_token, **userinfo}, registration),
        id_token=tokens.id_token,
        at=now,
    )


async def _redeem(connection: Connection, returned: Return) -> _Tokens:
    registration = connection.registration
    metadata = await connection.metadata()
    form = {"grant_type": "authorization_code", "code": returned.code, "redirect_uri": returned.redirect_uri}
    headers = {"Accept": "application/json"}
    if returned.verifier is not None:
        form["code_verifier"] = returned.verifier
    if registration.basic_authentication:
        headers["Authorization"] = _basic(registration)
    else:
        form |= {"client_id": registration.client_id, "client_secret": registration.client_secret}
    answer = await connection.fetcher.post(metadata.token_endpoint, form, headers)
    if answer.status != 200:
        raise _declined(answer)
    return _tokens(parse_object(answer))


def _tokens(content: dict[str, object]) -> _Tokens:
    access_token, id_token = content.get("access_token"), content.get("id_token")
    if not isinstance(access_token, str) or not access_token or not access_token.isascii():
        raise Untrusted("no access token in the answer")
    if not isinstance(id_token, str) or not id_token:
        raise Untrusted("no ID token in the answer")
    if str(content.get("token_type")).lower() != "bearer":
        raise Untrusted("the token type is not Bearer")
    return _Tokens(access_token, id_token)


def _declined(answer: Answer) -> Declined | Unreachable | Untrusted:
    """The upstream's own error, with the identifiers that its support asks for and nothing else of its text."""
    content = parse_object(answer)
    error = content.get("error")
    if not isinstance(error, str) or not _ERROR.fullmatch(error):
        return Untrusted(f"status {answer.status} without an error code")
    found = _REFERENCE.search(str(content.get("error_uri", ""))[:512])
    return Declined(error, " ".join(part for part in found.groups() if part) if found else "")


async def _userinfo(connection: Connection, access_token: str, subject: str, now: int) -> dict[str, object]:
    """The claims of the userinfo endpoint; none where the upstream has no such endpoint and none was agreed."""
    registration = connection.registration
    endpoint = (await connection.metadata()).userinfo_endpoint
    if not endpoint:
        if registration.signed_userinfo:
            raise Untrusted("no userinfo endpoint")
        return {}
    answer = await connection.fetcher.get(endpoint, {"Authorization": f"Bearer {access_token}"})
    if not registration.signed_userinfo:
        return about(json_object(answer), subject)
    if answer.status != 200:
        raise _declined(answer)
    if answer.media_type != "application/jwt":
        raise Untrusted("user information is not signed")
    token = answer.body.decode("ascii", errors="replace").strip()
    return await _with_keys(
        connection, lambda keys: read_signed_userinfo(token, keys, registration, subject=subject, now=now)
    )


async def _with_keys(connection: Connection, read: Callable[[PeerKeys], dict[str, object]]) -> dict[str, object]:
    """Read a token; when its key is unknown, once more with the keys asked again."""
    try:
        return read(await connection.keys())
    except UnknownKey:
        newer = await connection.newer_keys()
    try:
        return read(newer)
    except UnknownKey:
        raise Untrusted("signed by a key that is not published") from None


def _basic(registration: Registration) -> str:
    """HTTP Basic, each part form-encoded first (RFC 6749 section 2.3.1)."""
    pair = f"{quote_plus(registration.client_id)}:{quote_plus(registration.client_secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
