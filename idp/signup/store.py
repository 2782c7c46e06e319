"""Activations, as they are kept."""

from dataclasses import dataclass

from idp.messages.message import Channel
from idp.people.proofs import Ledger, Proof
from idp.signup.tables import activations


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation(Proof):
    """A link or a code that was sent, by which channel, and where it was asked for."""

    kind: Channel
    interaction_id: str
    client_id: str | None
    browser_digest: str


sent = Ledger(activations, Activation, Channel)
