"""Each member of a registration document on its own: its type, its grammar, its bounds.

OpenID Connect Dynamic Client Registration 1.0 section 2 and RFC 7591 section 2, with the members that RFC 9101, RFC
9126 and the three logout specifications add. What members must be to one another is in `clients.metadata`.
"""

from collections.abc import Callable, Mapping
from string import ascii_letters, digits
from unicodedata import category, normalize

from clients import redirects
from clients.policy import Policy
from clients.problems import Unfit
from keys.encoding import write_object
from keys.errors import BadKeySet
from keys.jose import LONGEST_SIGNED
from keys.peers import LARGEST_SET, PeerKeys

Reader = Callable[[object, Policy], object]
"""Judges a value of JSON under a policy and returns it as `Client` holds it; raises `Unfit`."""

MAX_ITEMS = 50
MAX_NAME = 100
MAX_TEXT = 255
MAX_SCOPE = 1000
YEAR = 365 * 86_400
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_STATEMENT_CHARACTERS = frozenset(ascii_letters + digits + "-_.")
_SCOPE_CHARACTERS = frozenset(map(chr, range(0x21, 0x7F))) - frozenset('"\\')


def _text(longest: int) -> Reader:
    def read(value: object, _policy: Policy) -> str:
        if not isinstance(value, str):
            raise Unfit("must be a text")
        if len(value) > longest:
            raise Unfit(f"must have at most {longest} characters")
        if any(category(character) in _INVISIBLE for character in value):
            raise Unfit("has control or invisible characters")
        text = normalize("NFC", value).strip()
        if not text:
            raise Unfit("must not be blank")
        return text

    return read


def _flag(value: object, _policy: Policy) -> bool:
    if not isinstance(value, bool):
        raise Unfit("must be true or false")
    return value


def _seconds(shortest: int, longest: int) -> Reader:
    def read(value: object, _policy: Policy) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not shortest <= value <= longest:
            raise Unfit(f"must be a whole number of seconds between {shortest} and {longest}")
        return value

    return read


def _one_of(allowed: Callable[[Policy], tuple[str, ...]]) -> Reader:
    def read(value: object, policy: Policy) -> str:
        accepted = allowed(policy)
        if not accepted:
            raise Unfit("is not supported by this provider")
        if not isinstance(value, str) or value not in accepted:
            raise Unfit(f"must be one of {', '.join(accepted)}")
        return value

    return read


def _list_of(read_item: Reader) -> Reader:
    def read(value: object, policy: Policy) -> tuple[object, ...]:
        if not isinstance(value, (list, tuple)):
            raise Unfit("must be a list")
        if len(value) > MAX_ITEMS:
            raise Unfit(f"must have at most {MAX_ITEMS} items")
        items: list[object] = []
        reasons: list[str] = []
        for position, item in enumerate(value, start=1):
            try:
                items.append(read_item(item, policy))
            except Unfit as unfit:
                reasons += [f"item {position} {message}" for message in unfit.messages]
        if reasons:
            raise Unfit(*reasons, rest=tuple(items))
        return tuple(items)

    return read


def _response_type(value: object, policy: Policy) -> str:
    """A response type is a set of words: it is stored in the order the policy writes it (RFC 6749 section 3.1.1)."""
    if isinstance(value, str):
        for accepted in policy.response_types:
            if sorted(value.split(" ")) == sorted(accepted.split(" ")):
                return accepted
    raise Unfit(f"must be one of {', '.join(policy.response_types)}")


def _address(value: object, policy: Policy) -> str:
    """An address of the application's that the provider shows, frames or calls; https but while developing."""
    if not isinstance(value, str):
        raise Unfit("must be a text")
    reasons = redirects.defects(value, native=False)
    if reasons:
        raise Unfit(*reasons)
    if not policy.by_operator and redirects.is_loopback(value):
        raise Unfit("must use https")
    return value


def _request_uri(value: object, policy: Policy) -> str:
    """The one address that may have a fragment, the hash of what stands there (OpenID Connect Core 1.0 section 6.2).

    It is judged as if the fragment were a query, whose grammar is the same (RFC 3986 sections 3.4 and 3.5).
    """
    if not isinstance(value, str):
        raise Unfit("must be a text")
    _address(value.replace("#", "?", 1), policy)
    return value


def _candidate(value: object, _policy: Policy) -> str:
    """A redirection address as text; it is judged once the type of application is known."""
    if not isinstance(value, str):
        raise Unfit("must be a text")
    return value


def _scope(value: object, _policy: Policy) -> str:
    """Space-separated scope tokens (RFC 6749 section 3.3), each once."""
    if not isinstance(value, str):
        raise Unfit("must be a text of words separated by spaces")
    if len(value) > MAX_SCOPE:
        raise Unfit(f"must have at most {MAX_SCOPE} characters")
    if not _SCOPE_CHARACTERS.issuperset(value.replace(" ", "")):
        raise Unfit("has characters that no scope may contain (RFC 6749 section 3.3)")
    return " ".join(dict.fromkeys(value.split()))


def _statement(value: object, _policy: Policy) -> str:
    """A software statement is kept as it came (RFC 7591 section 3.2.1): its signature is judged by who receives it."""
    if not isinstance(value, str) or len(value) > LONGEST_SIGNED or not _STATEMENT_CHARACTERS.issuperset(value):
        raise Unfit("must be a JWT in compact serialisation")
    return value


def _key_set(value: object, _policy: Policy) -> Mapping[str, object]:
    """Public keys by value: none private or symmetric, a bounded number (RFC 7591 section 2)."""
    if not isinstance(value, Mapping):
        raise Unfit("must be a JSON object")
    try:
        if len(write_object(value)) > LARGEST_SET:
            raise Unfit("is too large")
        PeerKeys.parse(value)
    except (BadKeySet, UnicodeEncodeError, TypeError) as error:
        reason = str(error) if isinstance(error, BadKeySet) else "is not JSON"
        raise Unfit(f"cannot be used: {reason}") from error
    return value


_signing_alg = _one_of(lambda policy: policy.signing_algs)
_encryption_alg = _one_of(lambda policy: policy.encryption_algs)
_encryption_enc = _one_of(lambda policy: policy.encryption_encs)
_request_object_alg = _one_of(lambda policy: policy.request_object_algs)

READERS: Mapping[str, Reader] = {
    "client_name": _text(MAX_NAME),
    "client_uri": _address,
    "logo_uri": _address,
    "policy_uri": _address,
    "tos_uri": _address,
    "contacts": _list_of(_text(MAX_TEXT)),
    "software_id": _text(MAX_TEXT),
    "software_version": _text(MAX_TEXT),
    "software_statement": _statement,
    "application_type": _one_of(lambda _: ("web", "native")),
    "redirect_uris": _list_of(_candidate),
    "post_logout_redirect_uris": _list_of(_candidate),
    "initiate_login_uri": _address,
    "grant_types": _list_of(_one_of(lambda policy: policy.grant_types)),
    "response_types": _list_of(_response_type),
    "scope": _scope,
    "token_endpoint_auth_method": _one_of(lambda policy: policy.auth_methods),
    "token_endpoint_auth_signing_alg": _one_of(lambda policy: policy.assertion_algs),
    "jwks": _key_set,
    "jwks_uri": _address,
    "subject_type": _one_of(lambda policy: policy.subject_types),
    "sector_identifier_uri": _address,
    "id_token_signed_response_alg": _signing_alg,
    "id_token_encrypted_response_alg": _encryption_alg,
    "id_token_encrypted_response_enc": _encryption_enc,
    "userinfo_signed_response_alg": _signing_alg,
    "userinfo_encrypted_response_alg": _encryption_alg,
    "userinfo_encrypted_response_enc": _encryption_enc,
    "request_object_signing_alg": _request_object_alg,
    "request_object_encryption_alg": _one_of(lambda policy: policy.request_object_encryption_algs),
    "request_object_encryption_enc": _encryption_enc,
    "require_signed_request_object": _flag,
    "require_pushed_authorization_requests": _flag,
    "request_uris": _list_of(_request_uri),
    "default_max_age": _seconds(0, 10 * YEAR),
    "require_auth_time": _flag,
    "default_acr_values": _list_of(_text(MAX_TEXT)),
    "frontchannel_logout_uri": _address,
    "frontchannel_logout_session_required": _flag,
    "backchannel_logout_uri": _address,
    "backchannel_logout_session_required": _flag,
    "first_party": _flag,
    "listed": _flag,
    "description": _text(MAX_TEXT),
    "require_pkce": _flag,
    "access_token_format": _one_of(lambda _: ("opaque", "jwt")),
    "access_token_lifetime": _seconds(30, 86_400),
    "refresh_token_lifetime": _seconds(60, YEAR),
    "self_registered": _flag,
}
