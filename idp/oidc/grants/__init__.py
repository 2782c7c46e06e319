"""The grants of the token endpoint, one module each; adding one is a module and a line of this table.

A grant is a step of one transaction: parse, judge, consume, issue. It answers the members of the token response.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from clients.client import Client
from idp.foundation.audit import Event, Line
from idp.foundation.provider import Provider
from idp.oidc.grant import Grant
from idp.web.parameters import Parameters


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A token request whose client is authenticated. `kind` names the grant in the audit; `now` in seconds UTC."""

    client: Client
    form: Parameters
    address: str
    now: int
    kind: str

    def line(self, grant: Grant | None = None) -> Line:
        """The audit line of the tokens that this request is given."""
        return Line(
            Event.TOKEN_ISSUED,
            self.now,
            person_id=grant.person_id if grant else None,
            client_id=self.client.client_id,
            session_id=grant.session_id if grant else None,
            address=self.address,
            detail={"grant": self.kind},
        )


Members = Mapping[str, str | int]
GrantStep = Callable[[Connection, Provider, TokenRequest], Members]
