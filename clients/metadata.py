"""An untrusted registration document becomes a `Client`, or the list of everything that is wrong with it.

RFC 7591 section 2, OpenID Connect Dynamic Client Registration 1.0 section 2. Authlib has validators of the same
members; they stop at the first fault and take a text for a list, so the rules are ours and a test holds them against
Authlib's: what is accepted here is accepted there.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from clients import key_rules, redirects
from clients.client import OWN_MEMBERS, Client
from clients.members import READERS
from clients.policy import DEVICE_GRANT, Policy
from clients.problems import MetadataRefused, Problem, Unfit

ANSWER_MEMBERS = frozenset(
    {
        "client_id",
        "client_id_issued_at",
        "client_secret",
        "client_secret_expires_at",
        "registration_access_token",
        "registration_client_uri",
    }
)
"""What a provider adds in its answer (RFC 7591 section 3.2.1): an answer sent back is read like a request."""

_DEFAULT_ENC = "A128CBC-HS256"
_ABOUT_NOBODY = frozenset({"client_credentials"})
_MAX_TOLD_SCOPE = 60


def read(document: object, *, client_id: str, policy: Policy) -> Client:
    """Judge a registration document under a policy.

    Members nobody here knows are left aside, as RFC 7591 section 2 asks; so are this provider's own when the document
    does not come from an operator. Raises `MetadataRefused` with every problem.
    """
    if not isinstance(document, Mapping):
        raise MetadataRefused([Problem("document", "must be a JSON object")])
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in document.items():
        if value is None or not _may_set(name, policy):
            continue
        try:
            values[name] = READERS[name](value, policy)
        except Unfit as unfit:
            problems += [Problem(name, message) for message in unfit.messages]
            if unfit.rest is not None:
                values[name] = unfit.rest
    client = Client(client_id=client_id, **_with_defaults(values, policy))
    problems += _contradictions(client, frozenset(problem.member for problem in problems), policy)
    if document.get("client_secret") and not client.holds_secret:
        problems.append(Problem("client_secret", f"has no use with {client.token_endpoint_auth_method}"))
    if problems:
        raise MetadataRefused(problems)
    return client


def unknown_members(document: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names that `read` leaves aside whoever sends them: perhaps a later specification, perhaps a slip."""
    return tuple(sorted(name for name in document if name not in READERS and name not in ANSWER_MEMBERS))


def _may_set(name: str, policy: Policy) -> bool:
    return name in READERS and (policy.by_operator or name not in OWN_MEMBERS)


def _with_defaults(values: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """Add what the specifications give to an absent member, where it depends on another one."""
    complete = dict(values)
    if "grant_types" not in values:
        offline = "offline_access" in values.get("scope", "").split()
        complete["grant_types"] = ("authorization_code", "refresh_token") if offline else ("authorization_code",)
    if "response_types" not in values:
        complete["response_types"] = ("code",) if "authorization_code" in complete["grant_types"] else ()
    if "scope" not in values:
        about_people = not _ABOUT_NOBODY.issuperset(complete["grant_types"])
        complete["scope"] = " ".join(policy.scopes) if about_people else ""
    for prefix in key_rules.ENCRYPTED:
        if f"{prefix}_alg" in values:
            complete.setdefault(f"{prefix}_enc", _DEFAULT_ENC)
    return complete


def _contradictions(client: Client, faulty: frozenset[str], policy: Policy) -> Iterator[Problem]:
    """Yield what is wrong between members; none is judged against one already found faulty, but for what it spares."""
    rules = (
        ({"application_type", "redirect_uris"}, _return_addresses(client)),
        ({"application_type", "post_logout_redirect_uris"}, _logout_addresses(client)),
        ({"grant_types", "redirect_uris"}, _some_address(client)),
        ({"grant_types", "response_types"}, _grants(client)),
        ({"scope"}, _scopes(client, policy)),
        ({"token_endpoint_auth_method"}, _public_client(client)),
        ({"token_endpoint_auth_method", "jwks", "jwks_uri"}, key_rules.keys(client)),
        ({"token_endpoint_auth_method", "token_endpoint_auth_signing_alg"}, key_rules.assertion_algorithm(client)),
        ({"redirect_uris", "sector_identifier_uri"}, _sector(client)),
        ({"subject_type", "grant_types"}, _names_on_devices(client, policy)),
        ({"redirect_uris", "grant_types", "application_type"}, _implicit_addresses(client, policy)),
        ({"frontchannel_logout_uri", "redirect_uris"}, _frontchannel_logout(client)),
        ({"initiate_login_uri", "client_uri"}, _catalogue(client)),
        (set[str](), key_rules.encryption(client)),
        (set[str](), _unserved(client, policy)),
    )
    for members, problems in rules:
        if faulty.isdisjoint(members):
            yield from problems


def _return_addresses(client: Client) -> Iterator[Problem]:
    for position, uri in enumerate(client.redirect_uris, start=1):
        for reason in redirects.refusals(uri, native=client.native):
            yield Problem("redirect_uris", f"item {position} {reason}")


def _logout_addresses(client: Client) -> Iterator[Problem]:
    for position, uri in enumerate(client.post_logout_redirect_uris, start=1):
        for reason in redirects.refusals(uri, native=client.native, reserved={"state"}):
            yield Problem("post_logout_redirect_uris", f"item {position} {reason}")


def _some_address(client: Client) -> Iterator[Problem]:
    for grant in ("authorization_code", "implicit"):
        if client.allows_grant(grant) and not client.redirect_uris:
            yield Problem("redirect_uris", f"at least one is required by the grant {grant}")


def _grants(client: Client) -> Iterator[Problem]:
    """The table of RFC 7591 section 2.1: each response type rests on a grant and the reverse."""
    words = {word for response_type in client.response_types for word in response_type.split(" ")}
    if not client.grant_types:
        yield Problem("grant_types", "must not be empty")
    if "code" in words and not client.allows_grant("authorization_code"):
        yield Problem("grant_types", "must have authorization_code, which a response type asks for")
    if words & {"id_token", "token"} and not client.allows_grant("implicit"):
        yield Problem("grant_types", "must have implicit, which a response type asks for")
    if client.allows_grant("authorization_code") and "code" not in words:
        yield Problem("response_types", "must have one with code, which the grant authorization_code asks for")
    if client.allows_grant("refresh_token") and not client.allows_grant("authorization_code"):
        yield Problem("grant_types", "must have authorization_code, which refresh_token prolongs")


def _scopes(client: Client, policy: Policy) -> Iterator[Problem]:
    own_interfaces = policy.by_operator and client.allows_grant("client_credentials")
    known = {*policy.scopes, *(policy.interface_scopes if policy.by_operator else ())}
    for token in client.scope.split():
        if token not in known and not own_interfaces:
            yield Problem("scope", f"{token[:_MAX_TOLD_SCOPE]} is not a scope of this provider")


def _public_client(client: Client) -> Iterator[Problem]:
    if not client.public:
        return
    if client.allows_grant("client_credentials"):
        yield Problem("grant_types", "client_credentials is for clients that authenticate (RFC 6749 section 4.4)")
    if not client.require_pkce:
        yield Problem("require_pkce", "a client that does not authenticate must use PKCE (RFC 9700 section 2.1.1)")


def _sector(client: Client) -> Iterator[Problem]:
    """OpenID Connect Core 1.0 section 8.1: the host that pairwise subjects are computed for must be one."""
    hosts = {urlsplit(uri).hostname for uri in client.redirect_uris if not redirects.defects(uri, native=client.native)}
    if client.subject_type == "pairwise" and client.sector_identifier_uri is None and len(hosts) > 1:
        yield Problem("sector_identifier_uri", "is required by pairwise subjects when redirect_uris have several hosts")


def _names_on_devices(client: Client, policy: Policy) -> Iterator[Problem]:
    """A sector is proved by receiving at its host (OpenID Connect Core 1.0 section 8.1), which a device never does."""
    if client.subject_type == "pairwise" and client.allows_grant(DEVICE_GRANT) and not policy.by_operator:
        yield Problem("subject_type", "cannot be pairwise with the device grant")


def _implicit_addresses(client: Client, policy: Policy) -> Iterator[Problem]:
    """OpenID Connect Dynamic Client Registration 1.0 section 2, `application_type`; operators may develop."""
    if policy.by_operator or client.native or not client.allows_grant("implicit"):
        return
    for position, uri in enumerate(client.redirect_uris, start=1):
        if redirects.is_loopback(uri):
            yield Problem("redirect_uris", f"item {position} must use https with the grant implicit")
        elif urlsplit(uri).hostname == "localhost" and not policy.localhost:
            yield Problem("redirect_uris", f"item {position} must not be localhost with the grant implicit")


def _frontchannel_logout(client: Client) -> Iterator[Problem]:
    """Front-Channel Logout 1.0 section 2: a page is framed only from where the application already is."""
    uri = client.frontchannel_logout_uri
    fit = (known for known in client.redirect_uris if not redirects.defects(known, native=client.native))
    if uri is not None and redirects.origin(uri) not in map(redirects.origin, fit):
        yield Problem("frontchannel_logout_uri", "must have the scheme, host and port of one of redirect_uris")


def _catalogue(client: Client) -> Iterator[Problem]:
    if client.listed and client.initiate_login_uri is None and client.client_uri is None:
        yield Problem("listed", "needs initiate_login_uri or client_uri: where people who open it are sent")


def _unserved(client: Client, policy: Policy) -> Iterator[Problem]:
    """What would be stored and then not honoured."""
    if client.require_signed_request_object and not policy.request_object_algs:
        yield Problem("require_signed_request_object", "is not supported by this provider")
    if client.require_pushed_authorization_requests and not policy.pushed_requests:
        yield Problem("require_pushed_authorization_requests", "is not supported by this provider")
    if client.request_uris and not policy.request_object_algs:
        yield Problem("request_uris", "is not supported by this provider")
