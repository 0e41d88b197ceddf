"""For whom a ballot speaks: every shape of chain, held against the definition followed one voter at a time."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping

from hypothesis import given
from hypothesis import strategies as st

from governance import reach
from governance.reach import Path

MANY = 100_000
PEOPLE = [f"m{number}" for number in range(8)]
OUTSIDERS = ["x0", "x1"]

named = st.dictionaries(st.sampled_from(PEOPLE + OUTSIDERS), st.sampled_from(PEOPLE + OUTSIDERS))
ballots = st.sets(st.sampled_from(PEOPLE))
depths = st.none() | st.integers(1, 5)


def follow(
    voters: Collection[str],
    cast: Collection[str],
    proxies: Mapping[str, str],
    delegates: Mapping[str, str],
    depth: int | None = None,
) -> dict[str, Path]:
    return reach.follow(voters, cast, proxies, delegates, depth)


def by_hand(
    voter: str, cast: Collection[str], proxies: Mapping[str, str], delegates: Mapping[str, str], depth: int | None
) -> Path | None:
    """Where one voter's vote goes, asked step by step; None for who has a ballot, or has named nobody."""
    if voter in cast or (voter not in proxies and voter not in delegates):
        return None
    if voter in proxies:
        return Path(proxies[voter], 1, "proxy") if proxies[voter] in cast else Path("", 0, "silent")
    met, steps = [voter], 0
    while True:
        at = met[-1]
        if at not in delegates or (at != voter and at in proxies):
            return Path("", 0, "silent")
        steps, at = steps + 1, delegates[at]
        if at in cast:
            return Path(at, steps, "delegation") if depth is None or steps <= depth else Path("", 0, "too_deep")
        if at in met:
            return Path("", 0, "loop")
        if at not in PEOPLE:
            return Path("", 0, "no_vote")
        met.append(at)


@given(ballots, named, named, depths, st.permutations(PEOPLE))
def test_every_shape_is_followed_as_the_definition_says_in_any_order(
    cast: set[str], proxies: dict[str, str], delegates: dict[str, str], depth: int | None, voters: list[str]
) -> None:
    expected = {voter: by_hand(voter, cast, proxies, delegates, depth) for voter in voters}
    assert follow(voters, cast, proxies, delegates, depth) == {
        voter: path for voter, path in expected.items() if path is not None
    }


@given(ballots, named, named, depths)
def test_nobody_is_spoken_for_who_speaks_and_nobody_by_who_does_not(
    cast: set[str], proxies: dict[str, str], delegates: dict[str, str], depth: int | None
) -> None:
    found = follow(PEOPLE, cast, proxies, delegates, depth)
    assert not found.keys() & cast
    assert {path.holder for path in found.values()} - {""} <= cast
    spoken = reach.speaks_for(found.values())
    assert sum(spoken.values()) + len(cast) <= len(PEOPLE)


def test_a_loop_speaks_for_nobody_until_somebody_in_it_votes() -> None:
    ring = {"m0": "m1", "m1": "m2", "m2": "m0", "m3": "m0"}
    assert {path.why for path in follow(PEOPLE, (), {}, ring).values()} == {"loop"}
    broken = follow(PEOPLE, ("m2",), {}, ring)
    assert broken == {
        "m0": Path("m2", 2, "delegation"),
        "m1": Path("m2", 1, "delegation"),
        "m3": Path("m2", 3, "delegation"),
    }
    assert follow(PEOPLE, (), {}, {"m0": "m0"}) == {"m0": Path("", 0, "loop")}


def test_depth_is_exact_at_each_step() -> None:
    chain = {f"m{number}": f"m{number + 1}" for number in range(7)}
    for depth in range(1, 8):
        found = follow(PEOPLE, ("m7",), {}, chain, depth)
        assert [found[voter].holder for voter in PEOPLE[:7]] == [""] * (7 - depth) + ["m7"] * depth


def test_one_chain_of_all_members() -> None:
    """Longer than any stack is deep."""
    voters = [str(number) for number in range(MANY)]
    chain = {str(number): str(number + 1) for number in range(MANY - 1)}
    last = voters[-1]
    for order in (voters[::-1], random.Random(4).sample(voters, MANY)):
        found = follow(dict.fromkeys(order), (last,), {}, chain)
        assert reach.speaks_for(found.values()) == {last: MANY - 1}
        assert found["0"] == Path(last, MANY - 1, "delegation")
    shallow = follow(dict.fromkeys(voters), (last,), {}, chain, 10)
    assert reach.speaks_for(shallow.values()) == {last: 10}


def test_one_loop_of_all_members_and_one_star() -> None:
    voters = dict.fromkeys(str(number) for number in range(MANY))
    ring = {str(number): str((number + 1) % MANY) for number in range(MANY)}
    assert {path.why for path in follow(voters, (), {}, ring).values()} == {"loop"}
    star = dict.fromkeys(voters, "0")
    assert reach.speaks_for(follow(voters, ("0",), {}, star).values()) == {"0": MANY - 1}
    del star["0"]
    assert {path.why for path in follow(voters, (), {}, star).values()} == {"silent"}


def test_half_of_all_members_behind_a_circle_of_the_others() -> None:
    """Whoever starts, and wherever on the circle somebody votes."""
    voters = [str(number) for number in range(MANY)]
    half = MANY // 2
    links = {str(number): str(number + 1) for number in range(MANY - 1)} | {voters[-1]: str(half)}
    for order in (voters, random.Random(4).sample(voters, MANY)):
        asked = dict.fromkeys(order)
        assert {path.why for path in follow(asked, (), {}, links).values()} == {"loop"}
        broken = follow(asked, (str(half),), {}, links)
        assert (broken["0"].steps, broken[str(half + 1)].steps) == (half, half - 1)
