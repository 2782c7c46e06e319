"""Software statements: RFC 7591 section 2.3. What a third party that the authority trusts says of a software.

Its keys are in a file of the operator's, so that no stranger's document makes us call anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clients.client import OWN_MEMBERS
from clients.members import READERS
from idp.foundation.provider import Provider
from idp.foundation.settings import Settings
from idp.oidc.registration.errors import RegistrationRefused
from keys import claims as registered_claims
from keys import jose
from keys.encoding import decode, read_object
from keys.errors import BadClaims, BadKeySet, BadToken
from keys.peers import PeerKeys

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
_TYPES = ("JWT", "software-statement+jwt")
_LARGEST_FILE = 1_000_000
_SAID = READERS.keys() - OWN_MEMBERS - {"software_statement"}


@dataclass(frozen=True, slots=True)
class StatementIssuers:
    """The keys of those whose statements are believed, by issuer."""

    keys: Mapping[str, PeerKeys] = field(default_factory=dict)

    async def close(self) -> None:
        """There is nothing to give back."""


def read_issuers(settings: Settings) -> StatementIssuers:
    """Read the file of the settings: a JSON object of key sets by issuer. Raises `ValueError` saying what is wrong."""
    name = settings.registration.statement_keys_file
    if not name:
        return StatementIssuers()
    try:
        document = read_object(Path(name).read_bytes()[:_LARGEST_FILE])
    except OSError as error:
        raise ValueError(f"{name} cannot be read ({error.strerror})") from None
    except BadToken as error:
        raise ValueError(f"{name} is {error}") from None
    found: dict[str, PeerKeys] = {}
    for issuer, key_set in document.items():
        try:
            found[issuer] = PeerKeys.parse(key_set if isinstance(key_set, Mapping) else {})
        except BadKeySet as error:
            raise ValueError(f"the key set of {issuer} cannot be used: {error}") from None
    return StatementIssuers(found)


def statement_issuers(provider: Provider) -> StatementIssuers:
    """Those of this provider, read once."""
    return provider.resources.obtain(StatementIssuers, lambda: read_issuers(provider.settings))


def claims_of(statement: object, issuers: StatementIssuers, audience: str, now: int) -> Mapping[str, object]:
    """The metadata that a statement vouches for. Raises `RegistrationRefused`."""
    if not isinstance(statement, str):
        raise _invalid("it is not a text")
    keys = issuers.keys.get(_issuer(statement))
    if keys is None:
        raise RegistrationRefused("unapproved_software_statement", "software_statement: its issuer is not trusted here")
    try:
        claims = jose.verify(statement, keys, algorithms=ALGORITHMS, typ=_TYPES)
        expected = registered_claims.Expected(_issuer(statement), frozenset({audience}), required=("iss",))
        registered_claims.check({"aud": audience, **claims}, expected, now)
    except (BadToken, BadClaims) as error:
        raise _invalid(str(error)) from None
    return {name: value for name, value in claims.items() if name in _SAID}


def _issuer(statement: str) -> str:
    try:
        issuer = read_object(decode(statement.split(".")[1])).get("iss")
    except (BadToken, IndexError):
        raise _invalid("it cannot be read") from None
    return issuer if isinstance(issuer, str) else ""


def _invalid(why: str) -> RegistrationRefused:
    return RegistrationRefused("invalid_software_statement", f"software_statement: {why}")
