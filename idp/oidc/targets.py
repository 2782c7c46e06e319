"""What an access token is for: resource indicators, RFC 8707.

An application names the interfaces it wants a token for by `resource`, the one parameter that may be repeated. It may
name only those of which it registered a scope; a token has only the scopes of the interfaces it is for, so that one of
them cannot use it at another. The provider's own interface, userinfo, goes by the issuer's address.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from clients.client import Client
from idp.foundation.provider import Provider
from idp.oidc import resources
from idp.oidc.errors import AuthorizationRefused
from idp.oidc.resources import Resource
from idp.oidc.scopes import SCOPES
from idp.web.parameters import Parameters

REPEATABLE = frozenset({"resource"})
MOST = 10
"""Resources named in one request."""


class InvalidTarget(AuthorizationRefused):
    """A resource is malformed, unknown, or not for this client or grant (section 2): told by redirect or as JSON."""

    def __init__(self, description: str) -> None:
        super().__init__("invalid_target", description)


@dataclass(frozen=True, slots=True)
class Target:
    """What is issued: for whom (empty: nobody in particular), with which scope, in which form, for how many seconds."""

    audience: tuple[str, ...]
    scope: tuple[str, ...]
    token_format: str
    lifetime: int


@dataclass(frozen=True, slots=True)
class Allowed:
    """What was granted, or what a client may ask for itself: the scopes, and the resources named then, if any were."""

    scope: tuple[str, ...]
    resources: tuple[str, ...] = ()


def interface_scopes(connection: Connection, wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of these scopes that belong to an interface of the authority; costs nothing when all are the provider's."""
    others = frozenset(wanted).difference(SCOPES)
    return tuple(scope for scope in resources.every_scope(connection) if scope in others) if others else ()


def requested(
    connection: Connection, sent: Parameters, client: Client, scope: tuple[str, ...], issuer: str
) -> tuple[str, ...]:
    """The resources of a request for authorization (section 2.1), each with a scope that is asked.

    Raises `InvalidTarget`, and `AuthorizationRefused` for a resource of which no scope is asked.
    """
    names = named(sent)
    for resource in _found(connection, client, names, issuer):
        _usable(resource.scope, scope)
    return names


def target(connection: Connection, provider: Provider, client: Client, sent: Parameters, allowed: Allowed) -> Target:
    """What the token of a token request is for (section 2.2): what it names, else all that was named before.

    Raises `InvalidTarget`, and `AuthorizationRefused` for a resource of which no scope was granted.
    """
    names, life = named(sent), client.access_token_lifetime or provider.settings.lifetimes.access_token
    if allowed.resources and not set(names) <= set(allowed.resources):
        raise InvalidTarget("resource was not named when the authorization was asked")
    names = names or allowed.resources
    if not names:
        return Target((), allowed.scope, client.access_token_format, life)
    issuer = provider.settings.issuer
    found = _found(connection, client, names, issuer)
    own = _usable(SCOPES, allowed.scope) if issuer in names else frozenset()
    usable = own.union(*(_usable(resource.scope, allowed.scope) for resource in found))
    formats = {resource.token_format for resource in found} or {client.access_token_format}
    if len(formats) > 1:
        raise InvalidTarget("these resources read different kinds of tokens, ask for one at a time")
    scope = tuple(each for each in allowed.scope if each in usable)
    lives = [resource.token_lifetime or life for resource in found] or [life]
    return Target(names, scope, formats.pop(), min(lives))


def named(sent: Parameters) -> tuple[str, ...]:
    """The resources that a request names, each once. Raises `InvalidTarget` for what is no name of one."""
    names = tuple(dict.fromkeys(name for name in sent.all("resource") if name))
    if len(names) > MOST:
        raise InvalidTarget(f"more than {MOST} resources")
    if not all(resources.is_identifier(name) for name in names):
        raise InvalidTarget("resource is not an absolute URI without a fragment")
    return names


def _found(connection: Connection, client: Client, names: Iterable[str], issuer: str) -> tuple[Resource, ...]:
    """The interfaces of these names, the provider's own apart. One that is not for this client is as if unknown."""
    others = [name for name in names if name != issuer]
    if not others:
        return ()
    held = frozenset(client.scope.split())
    found = tuple(each for each in resources.named(connection, others) if not held.isdisjoint(each.scope))
    if len(found) < len(others):
        raise InvalidTarget("resource is unknown, or not for this client")
    return found


def _usable(held: Iterable[str], scope: tuple[str, ...]) -> frozenset[str]:
    usable = frozenset(held).intersection(scope)
    if not usable:
        raise AuthorizationRefused("invalid_scope", "no scope of this resource is asked or granted")
    return usable
