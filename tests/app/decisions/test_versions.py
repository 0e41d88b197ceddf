"""Two versions beside each other, also very long ones."""

from __future__ import annotations

import time

from app.pages.proposals.versions import MAX_LINES, compare


def test_lines_are_told_apart() -> None:
    assert compare(["春", "夏", "冬"], ["春", "秋", "冬"]) == [("", "春"), ("-", "夏"), ("+", "秋"), ("", "冬")]
    assert compare(["春"], ["春"]) == []


def test_a_long_text_does_not_take_long() -> None:
    before = [f"line {n} of the text, {n * 7919 % 1000}" for n in range(MAX_LINES)]
    after = [f"line {n} of the next, {n * 7907 % 1000}" for n in range(MAX_LINES)]
    began = time.process_time()
    assert compare(before, after)[0] == ("-", before[0])
    longer = compare([*before, "end"], after)
    assert time.process_time() - began < 10  # seconds; by similar lines it would be minutes
    assert longer == [*(("-", line) for line in [*before, "end"]), *(("+", line) for line in after)]
