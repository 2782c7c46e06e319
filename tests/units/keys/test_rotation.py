"""How keys follow one another: whatever happens, live tokens can be checked and exactly one key signs."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import rotation
from keys.errors import NoSuchKey, StageRefused
from keys.jwk import Jwk
from keys.ring import ALGORITHMS_HELD, Key, KeyRing, Stage, algorithms_held
from keys.rotation import MakeKey, Policy
from tests.units.keys.hostile import NOW

POLICY = Policy(announce_for=100, active_for=1_000, retire_for=300)
LIFE, STALE = 240, 60
"""Tokens live 240 s and a process may use a ring 60 s old: together the 300 s for which a key retires."""


@pytest.fixture(scope="module")
def make_key() -> MakeKey:
    """Numbered keys over one real key: only their names matter here."""
    jwk, numbers = Jwk.generate("EdDSA"), count()

    def make(alg: str, now: int, stage: Stage) -> Key:
        use = "enc" if alg == "RSA-OAEP-256" else "sig"
        return Key(f"{alg}-{next(numbers)}", use, alg, stage, now, now, jwk)

    return make


def stored(ring: KeyRing) -> KeyRing:
    """The ring as the store gives it back: without what was withdrawn."""
    return KeyRing(tuple(key for key in ring if key.stage is not Stage.WITHDRAWN), ring.version + 1)


def published_kids(ring: KeyRing) -> set[str]:
    return {entry["kid"] for entry in ring.published()["keys"]}


def one_active_each(ring: KeyRing) -> bool:
    return sorted(key.alg for key in ring if key.stage is Stage.ACTIVE) == sorted(ALGORITHMS_HELD)


Event = tuple[str, int]
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["wait", "wait", "calendar", "calendar", "announce", "succeed", "retire", "sign", "sign"]),
        st.integers(min_value=0, max_value=400),
    ),
    max_size=60,
)


def happen(event: str, amount: int, ring: KeyRing, now: int, make_key: MakeKey) -> KeyRing:
    """What an operator or the calendar does to the ring."""
    if event == "calendar":
        return rotation.advance(ring, now, POLICY, make_key)
    if event == "announce":
        return rotation.announce(ring, now, make_key)
    if event == "succeed":
        return rotation.succeed(ring, now, make_key)
    usable = [key for key in ring if key.stage is not Stage.RETIRING]
    return rotation.retire(ring, usable[amount % len(usable)].kid, now, make_key) if event == "retire" else ring


@given(events=EVENTS)
@settings(max_examples=200)
def test_every_live_token_can_be_checked_and_exactly_one_key_is_active(events: list[Event], make_key: MakeKey) -> None:
    now = NOW
    ring = stored(rotation.begin(KeyRing(), now, make_key))
    older = [(now, ring)]
    living: list[tuple[str, int]] = []
    for event, amount in events:
        now += amount if event == "wait" else 0
        before, ring = ring, stored(happen(event, amount, ring, now, make_key))
        older.append((now, ring))
        if event == "sign":
            # The ring of a process that has not looked for up to STALE seconds: the last one stored before then.
            seen = [held for at, held in older if at <= now - amount % STALE] or [older[0][1]]
            living += [(seen[-1].signing_key(alg).kid, now + LIFE) for alg in ("RS256", "ES256", "EdDSA")]
        living = [(kid, until) for kid, until in living if until > now]
        assert {kid for kid, _ in living} <= published_kids(ring)
        assert {kid for kid, _ in living} <= {key.kid for key in ring.verification_keys()}
        assert one_active_each(ring)
        assert all(key.stage_at >= now or key in before.keys for key in ring)


@given(
    waits=st.lists(st.integers(min_value=0, max_value=1_500), max_size=80),
)
@settings(max_examples=200)
def test_left_to_the_calendar_no_key_signs_before_it_was_published_long_enough(
    waits: list[int], make_key: MakeKey
) -> None:
    now = NOW
    ring = stored(rotation.begin(KeyRing(), now, make_key))
    first_published = dict.fromkeys(published_kids(ring), now - POLICY.announce_for)
    for wait in waits:
        now += wait
        ring = stored(rotation.advance(ring, now, POLICY, make_key))
        for kid in published_kids(ring):
            first_published.setdefault(kid, now)
        for alg in ("RS256", "ES256", "EdDSA"):
            assert now - first_published[ring.signing_key(alg).kid] >= POLICY.announce_for


def test_a_key_lives_through_its_stages_at_the_times_of_the_policy(make_key: MakeKey) -> None:
    ring = stored(rotation.begin(KeyRing(), NOW, make_key))
    first = ring.signing_key("ES256").kid
    stages = []
    for now in range(NOW, NOW + 1_400):
        ring = stored(rotation.advance(ring, now, POLICY, make_key))
        key = ring.by_kid(first)
        stages.append((key.stage if key else Stage.WITHDRAWN, len([each for each in ring if each.alg == "ES256"])))
    changes = [(at + 1, *after) for at, (before, after) in enumerate(pairwise(stages)) if before != after]
    assert changes == [
        (900, Stage.ACTIVE, 2),  # its successor is announced
        (1_000, Stage.RETIRING, 2),  # the successor signs
        (1_300, Stage.WITHDRAWN, 1),
    ]


def test_nothing_due_is_nothing_changed(make_key: MakeKey) -> None:
    ring = stored(rotation.begin(KeyRing(), NOW, make_key))
    assert rotation.advance(ring, NOW + 899, POLICY, make_key) is ring
    assert rotation.begin(ring, NOW + 899, make_key) is ring
    assert rotation.advance(ring, NOW - 5_000, POLICY, make_key) is ring  # a clock set back


def test_keys_announced_one_after_the_other_sign_one_after_the_other(make_key: MakeKey) -> None:
    ring = rotation.announce(stored(rotation.begin(KeyRing(), NOW, make_key)), NOW, make_key)
    ring = stored(rotation.announce(ring, NOW + 10, make_key))
    assert len(published_kids(ring)) == 3 * len(ALGORITHMS_HELD)
    first, second = (key.kid for key in ring if key.alg == "ES256" and key.stage is Stage.ANNOUNCED)
    signing = {}
    for now in (NOW + 99, NOW + 100, NOW + 109, NOW + 110):
        ring = stored(rotation.advance(ring, now, POLICY, make_key))
        signing[now - NOW] = ring.signing_key("ES256").kid
    assert signing[99] not in {first, second}
    assert [signing[100], signing[109], signing[110]] == [first, first, second]


def test_an_algorithm_that_is_left_out_has_no_key_and_the_one_it_had_retires(make_key: MakeKey) -> None:
    ring = stored(rotation.announce(rotation.begin(KeyRing(), NOW, make_key), NOW, make_key))
    fewer = algorithms_held(("RS256", "ES256"))
    policy = replace(POLICY, algorithms=fewer)
    ring = stored(rotation.advance(ring, NOW + 1, policy, make_key))
    assert {key.stage for key in ring if key.alg == "EdDSA"} == {Stage.RETIRING}
    assert ring.algorithms() == ("RS256", "ES256")
    assert rotation.advance(ring, NOW + 2, policy, make_key) is ring
    for step in (rotation.announce, rotation.succeed):
        assert {key.alg for key in step(ring, NOW + 2, make_key, fewer) if key not in ring.keys} == set(fewer)
    assert "EdDSA" not in {key.alg for key in stored(rotation.advance(ring, NOW + 301, policy, make_key))}
    assert rotation.advance(ring, NOW + 3, POLICY, make_key).active("EdDSA") is not None


def test_an_announced_key_takes_over_by_itself(make_key: MakeKey) -> None:
    ring = stored(rotation.announce(rotation.begin(KeyRing(), NOW, make_key), NOW, make_key))
    coming = {alg: key.kid for alg in ALGORITHMS_HELD if (key := ring.announced(alg))}
    early = rotation.advance(ring, NOW + 99, POLICY, make_key)
    assert not {key.kid for key in early if key.stage is Stage.ACTIVE} & set(coming.values())
    late = rotation.advance(ring, NOW + 100, POLICY, make_key)
    assert {key.alg: key.kid for key in late if key.stage is Stage.ACTIVE} == coming


def test_in_a_hurry_the_announced_key_signs_at_once_and_the_old_one_is_still_published(make_key: MakeKey) -> None:
    ring = stored(rotation.announce(rotation.begin(KeyRing(), NOW, make_key), NOW, make_key))
    coming, old = ring.announced("RS256"), ring.signing_key("RS256")
    hurried = rotation.succeed(ring, NOW + 1, make_key)
    assert coming is not None
    assert hurried.signing_key("RS256").kid == coming.kid
    assert old.kid in published_kids(hurried)


Leave = Callable[[KeyRing, str, int, MakeKey], KeyRing]


@pytest.mark.parametrize(("leave", "still_shown"), [(rotation.retire, True), (rotation.withdraw, False)])
def test_an_active_key_that_leaves_is_replaced_at_once(make_key: MakeKey, leave: Leave, still_shown: bool) -> None:
    ring = stored(rotation.begin(KeyRing(), NOW, make_key))
    leaving = ring.signing_key("EdDSA").kid
    after = leave(ring, leaving, NOW + 1, make_key)
    assert one_active_each(after)
    assert after.signing_key("EdDSA").kid != leaving
    assert (leaving in published_kids(after)) is still_shown


def test_a_key_announced_retiring_or_unknown_leaves_as_it_should(make_key: MakeKey) -> None:
    ring = stored(rotation.announce(rotation.begin(KeyRing(), NOW, make_key), NOW, make_key))
    coming = ring.announced("ES256")
    assert coming is not None
    retiring = rotation.retire(ring, coming.kid, NOW + 1, make_key)
    assert one_active_each(retiring)
    with pytest.raises(StageRefused, match="cannot become"):
        rotation.retire(retiring, coming.kid, NOW + 2, make_key)
    assert coming.kid not in published_kids(rotation.withdraw(retiring, coming.kid, NOW + 2, make_key))
    with pytest.raises(NoSuchKey):
        rotation.retire(ring, "unknown", NOW, make_key)


@pytest.mark.parametrize(
    "durations",
    [(0, 1_000, 300), (100, 100, 300), (100, 50, 300), (100, 1_000, 0), (-1, 1_000, 300)],
    ids=["no announcement", "no service", "service shorter than announcement", "no retirement", "negative"],
)
def test_a_policy_that_leaves_a_stage_no_time_is_refused(durations: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        Policy(*durations)
