"""What ``tools/fuzz.py`` holds against every reader, on its examples and a few hundred mutations of them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzzing.targets import TARGETS, survives


@pytest.mark.parametrize("name", TARGETS)
def test_examples_are_examples(name: str) -> None:
    seeds = list(TARGETS[name].seeds())
    assert seeds
    if name not in ("signature", "cosignature"):  # whose invariant is that nothing is accepted
        assert any(survives(TARGETS[name], seed) for seed in seeds)


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_the_reader_says_no_or_means_it(name: str) -> None:
    target = TARGETS[name]
    seeds = sorted(set(target.seeds()), key=len)[:40]

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(seeds), st.data())
    def mutated(seed: bytes, data: st.DataObject) -> None:
        changed = bytearray(seed)
        for _ in range(data.draw(st.integers(0, 4))):
            place = data.draw(st.integers(0, len(changed)))
            end = data.draw(st.integers(place, min(len(changed), place + 8)))
            changed[place:end] = data.draw(st.binary(max_size=8) | st.sampled_from(_DICTIONARY))
        survives(target, bytes(changed))

    mutated()


_DICTIONARY = (
    b"\n",
    b"\n\n",
    b"null",
    b"{}",
    b"[",
    b"\xe2\x80\x94 ",
    b"\\u0000",
    b"\xff",
    b"0",
    b"-0",
    b"1e9",
    b"9" * 20,
)
