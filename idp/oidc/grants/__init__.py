"""The grants of the token endpoint, one module each; adding one is a module and a line of this table.

A grant is a step of one transaction: parse, judge, consume, issue. It answers the members of the token response.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from clients.client import Client
from idp.foundation.provider import Provider
from idp.web.parameters import Parameters


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A token request whose client is authenticated. `now` in seconds UTC."""

    client: Client
    form: Parameters
    address: str
    now: int


Members = Mapping[str, str | int]
GrantStep = Callable[[Connection, Provider, TokenRequest], Members]
