"""What a site says of its own accessibility follows from its audit, and from nothing else."""

import pytest

from idp.foundation.settings import Brand
from idp.web.legal import accessibility_mention, conformity


@pytest.mark.parametrize(
    ("brand", "state", "mention"),
    [
        pytest.param(Brand(), "none", "Accessibilité : non conforme", id="no audit yet"),
        pytest.param(Brand(audit_rate=100), "none", "Accessibilité : non conforme", id="a rate without an audit"),
        pytest.param(Brand(audit_date="2026-10-01", audit_rate=49), "none", "Accessibilité : non conforme", id="49 %"),
        pytest.param(
            Brand(audit_date="2026-10-01", audit_rate=50),
            "partial",
            "Accessibilité : partiellement conforme",
            id="50 %",
        ),
        pytest.param(
            Brand(audit_date="2026-10-01", audit_rate=99),
            "partial",
            "Accessibilité : partiellement conforme",
            id="99 %",
        ),
        pytest.param(
            Brand(audit_date="2026-10-01", audit_rate=100), "full", "Accessibilité : totalement conforme", id="100 %"
        ),
    ],
)
def test_the_state_follows_the_share_of_criteria_met(brand: Brand, state: str, mention: str) -> None:
    assert conformity(brand) == state
    assert accessibility_mention(brand).msgid == mention
