"""The process's log: one JSON object a line on standard error, and never a secret in it."""

import json
import logging
import re
from datetime import UTC, datetime

from idp.foundation.secrets import Kind

_SECRET = re.compile(rf"\b({'|'.join(kind.value for kind in Kind)})_[A-Za-z0-9_-]{{43}}")
_LONGEST = 2_000
_CHATTY = ("authlib", "httpx2", "httpcore2", "asyncio", "sqlalchemy", "alembic", "aiosmtplib")
"""Libraries that write tokens, addresses or rows at DEBUG and at INFO: never below WARNING, whatever is asked for."""


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        message = redacted(record.getMessage())[:_LONGEST]
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
        }
        if record.exc_info:
            line["exception"] = redacted(self.formatException(record.exc_info))[-4 * _LONGEST :]
        return json.dumps(line)


def redacted(line: str) -> str:
    """The text with every secret of ours cut to its prefix."""
    return _SECRET.sub(r"\1_…", line)


def configure_logs(level: int = logging.INFO) -> None:
    """Send every log line of the process through the formatter above."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.getLogger("uvicorn.access").disabled = True
