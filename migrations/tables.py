"""Every table of the provider, whichever package declares it."""

from importlib import import_module
from pathlib import Path

import clients.tables
import idp
import idp.foundation.audit
import idp.foundation.limits
import idp.foundation.turns
import keys.tables
from idp.foundation.database import metadata

_ROOT = Path(idp.__file__).parent
for _tables in sorted(_ROOT.rglob("tables.py")):
    import_module(".".join(("idp", *_tables.relative_to(_ROOT).with_suffix("").parts)))

METADATA = (keys.tables.metadata, clients.tables.metadata, metadata)
"""In the order of the packages: a table may refer to those of the packages before its own."""
