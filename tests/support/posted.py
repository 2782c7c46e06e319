"""What waits in the outbox of a provider in this process, unsealed: the words of each message and whom it goes to."""

import json
import re
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from idp.messages.outbox import seal_purpose
from idp.messages.tables import outbox
from keys.sealing import Seal
from tests.support.provider import Site


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that was written, sent or not."""

    channel: str
    purpose: str
    to: str
    subject: str
    text: str
    expires_at: int

    @property
    def code(self) -> str:
        """The code of six digits that it carries."""
        found = set(re.findall(r"(?<!\d)\d{6}(?!\d)", self.text))
        assert len(found) == 1, self.text
        return str(found.pop())

    def link(self, containing: str) -> str:
        """The address in it that contains something."""
        found = [each for each in re.findall(r"https?://\S+", self.text) if containing in each]
        assert len(found) == 1, self.text
        return str(found[0])


async def posted(site: Site) -> list[Posted]:
    """Everything written so far, oldest first."""
    return await site.provider.database.transaction(_read, site.provider.seal)


def _read(connection: Connection, seal: Seal) -> list[Posted]:
    rows = connection.execute(select(outbox).order_by(outbox.c.created_at, outbox.c.id)).mappings()
    return [_open(row, seal) for row in rows]


def _open(row: RowMapping, seal: Seal) -> Posted:
    recipient, words = (seal.open(seal_purpose(row["id"], part), row[part]) for part in ("recipient", "body"))
    said = json.loads(words)
    return Posted(
        row["channel"], row["purpose"], recipient.decode(), said.get("subject", ""), said["text"], row["expires_at"]
    )
