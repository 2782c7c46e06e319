"""Whether what a person authorized still counts: whatever ends an authorization is a condition of one expression."""

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, exists, or_

from idp.interactions.tables import consents
from idp.oidc.tables import grants
from idp.people.tables import people
from idp.sessions.tables import sessions


def may_act() -> ColumnElement[bool]:
    """Whether what a grant gave still counts: asked by every query that issues or answers anything for a person.

    The account is active and nothing was cut off since; the session has not ended, unless the application holds
    offline access; the consent was not withdrawn since. What was granted in the very second of the cut lives with a
    session that came after it, and no longer. Takes `now` (seconds UTC) as a parameter.
    """
    person_acts = exists().where(
        people.c.id == grants.c.person_id, people.c.state == "active", people.c.cutoff_at <= grants.c.created_at
    )
    cut_before = exists().where(people.c.id == grants.c.person_id, people.c.cutoff_at < grants.c.created_at)
    session_lives = exists().where(
        sessions.c.id == grants.c.session_id,
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at > bindparam("now", type_=BigInteger),
    )
    consent_withdrawn = exists().where(
        consents.c.person_id == grants.c.person_id,
        consents.c.client_id == grants.c.client_id,
        consents.c.withdrawn_at >= grants.c.created_at,
    )
    in_its_time = or_(and_(grants.c.offline.is_(True), cut_before), session_lives)
    return and_(grants.c.revoked_at.is_(None), person_acts, in_its_time, ~consent_withdrawn)
