"""When to try again: a wait that doubles, up to a ceiling that suits how long the message is worth sending."""

FIRST_WAIT_SECONDS = 5
SHORTEST_CEILING_SECONDS = 30
LONGEST_CEILING_SECONDS = 600
_TRIES_IN_A_LIFE = 30
_JITTER = 0.2


def wait(attempts: int, life_seconds: int, chance: float) -> int:
    """Seconds before the next attempt, after so many. A code of 15 minutes is tried every half minute at the least, a
    link of a day every ten minutes. `chance`, between 0 and 1, spreads the attempts of many messages by a fifth.
    """
    ceiling = min(max(life_seconds // _TRIES_IN_A_LIFE, SHORTEST_CEILING_SECONDS), LONGEST_CEILING_SECONDS)
    doubled = FIRST_WAIT_SECONDS << min(max(attempts - 1, 0), 16)
    return max(1, round(min(doubled, ceiling) * (1 - _JITTER + 2 * _JITTER * chance)))
