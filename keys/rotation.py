"""How a key ring moves on (pure): announced → active → retiring → withdrawn.

Every function takes a ring and the time and returns the next ring, in which what was withdrawn still stands so that
the store sees it; ``keys.store.save`` makes it so. Nothing here decides for two processes at once: the store does.

What holds after every step: exactly one active key per algorithm; a key is published for ``announce_for`` seconds
before it signs (unless an operator hurries), and for ``retire_for`` seconds after it has signed for the last time.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from keys.errors import NoSuchKey
from keys.ring import ALGORITHMS_HELD, Key, KeyRing, Stage

MakeKey = Callable[[str, int, Stage], Key]
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Policy:
    """How long each stage lasts, in seconds.

    ``announce_for`` must exceed the time for which applications may keep our key set (its ``max-age``), ``retire_for``
    the life of the longest-lived token we sign plus the time for which a process may keep an older ring. ``algorithms``
    are those of the ring: a key of another one retires.
    """

    announce_for: int = _DAY
    active_for: int = 90 * _DAY
    retire_for: int = 7 * _DAY
    algorithms: tuple[str, ...] = ALGORITHMS_HELD

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for durations that leave no key time to be seen, to serve or to be checked."""
        if min(self.announce_for, self.retire_for) <= 0 or self.active_for <= self.announce_for:
            raise ValueError("announce_for and retire_for must be positive, and active_for longer than announce_for")


def begin(
    ring: KeyRing, now: int, make_key: MakeKey = Key.new, algorithms: Collection[str] = ALGORITHMS_HELD
) -> KeyRing:
    """Give an active key to every algorithm that has none: a first start, an upgrade, the day after a leak."""
    for alg in algorithms:
        if ring.active(alg) is None:
            ring = _succeed(ring, alg, now, make_key)
    return ring


def advance(ring: KeyRing, now: int, policy: Policy, make_key: MakeKey = Key.new) -> KeyRing:
    """Do what the calendar asks at ``now``; the same ring when nothing is due."""
    ring = begin(ring, now, make_key, policy.algorithms)
    for key in ring.keys:
        if key.stage is Stage.RETIRING:
            if now - key.stage_at >= policy.retire_for:
                ring = _replaced(ring, key.moved(Stage.WITHDRAWN, now))
        elif key.alg not in policy.algorithms:
            ring = _replaced(ring, key.moved(Stage.RETIRING if key.stage is Stage.ACTIVE else Stage.WITHDRAWN, now))
    for alg in policy.algorithms:
        active, announced = ring.active(alg), ring.announced(alg)
        if announced is not None:
            if now - announced.stage_at >= policy.announce_for:
                ring = _succeed(ring, alg, now, make_key)
        elif active is not None and now - active.stage_at >= policy.active_for - policy.announce_for:
            ring = _added(ring, make_key(alg, now, Stage.ANNOUNCED))
    return ring


def announce(
    ring: KeyRing, now: int, make_key: MakeKey = Key.new, algorithms: Collection[str] = ALGORITHMS_HELD
) -> KeyRing:
    """Announce a successor to every active key, after those announced before; the calendar will make it active."""
    for alg in algorithms:
        ring = _added(ring, make_key(alg, now, Stage.ANNOUNCED))
    return ring


def succeed(
    ring: KeyRing, now: int, make_key: MakeKey = Key.new, algorithms: Collection[str] = ALGORITHMS_HELD
) -> KeyRing:
    """Replace every active key at once, by its announced successor or by a key no application has seen yet."""
    for alg in algorithms:
        ring = _succeed(ring, alg, now, make_key)
    return ring


def retire(
    ring: KeyRing, kid: str, now: int, make_key: MakeKey = Key.new, algorithms: Collection[str] = ALGORITHMS_HELD
) -> KeyRing:
    """Stop using one key, and go on publishing it while what it signed is alive. An active key is replaced at once.

    Raises ``NoSuchKey``, and ``StageRefused`` for a key already retiring.
    """
    return begin(_left(ring, kid, Stage.RETIRING, now), now, make_key, algorithms)


def withdraw(
    ring: KeyRing, kid: str, now: int, make_key: MakeKey = Key.new, algorithms: Collection[str] = ALGORITHMS_HELD
) -> KeyRing:
    """Take one key out of the published set at once: everything it signed is refused from now on. An active key is
    replaced at once.

    Raises ``NoSuchKey``.
    """
    return begin(_left(ring, kid, Stage.WITHDRAWN, now), now, make_key, algorithms)


def _left(ring: KeyRing, kid: str, stage: Stage, now: int) -> KeyRing:
    key = ring.by_kid(kid)
    if key is None:
        raise NoSuchKey("no key of the ring bears this kid")
    return _replaced(ring, key.moved(stage, now))


def _succeed(ring: KeyRing, alg: str, now: int, make_key: MakeKey) -> KeyRing:
    active, announced = ring.active(alg), ring.announced(alg)
    if active is not None:
        ring = _replaced(ring, active.moved(Stage.RETIRING, now))
    if announced is not None:
        return _replaced(ring, announced.moved(Stage.ACTIVE, now))
    return _added(ring, make_key(alg, now, Stage.ACTIVE))


def _added(ring: KeyRing, key: Key) -> KeyRing:
    return replace(ring, keys=(*ring.keys, key))


def _replaced(ring: KeyRing, moved: Key) -> KeyRing:
    return replace(ring, keys=tuple(moved if key.kid == moved.kid else key for key in ring.keys))
