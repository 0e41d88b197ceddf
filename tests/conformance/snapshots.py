"""Counts by Snapshot's own library, in a Node that stays there for as long as the tests ask it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

SCRIPT: Final = Path(__file__).parent / "snapshot.cjs"


class Ballot(NamedTuple):
    """What Snapshot calls a vote: a choice as its method writes it, and voting power."""

    choice: Any
    balance: int


class Scores(NamedTuple):
    """What the library answers: a score for each choice, in floating point; the total; how many votes are valid."""

    scores: list[float]
    total: float
    valid: int


class Example(NamedTuple):
    """A method's example as the package brings it: the ballots, and the scores that its own tests expect."""

    choices: list[str]
    ballots: list[Ballot]
    scores: list[float]


class Snapshot:
    """The running library."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def count(self, method: str, choices: int, ballots: Iterable[Ballot]) -> Scores:
        """Scores of these ballots among so many choices, which have no names."""
        votes = [ballot._asdict() for ballot in ballots]
        named = [str(number) for number in range(1, choices + 1)]
        return Scores(**self._ask({"choices": named, "method": method, "votes": votes}))

    def example(self, method: str) -> Example:
        """The package's example of that method."""
        found = self._ask({"example": True, "method": method})
        ballots = [Ballot(vote["choice"], vote["balance"]) for vote in found["votes"]]
        return Example(found["proposal"]["choices"], ballots, found["scores"])

    def _ask(self, question: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the library fell over: see what it wrote to stderr"
        return json.loads(answer)


@contextmanager
def running() -> Iterator[Snapshot]:
    """The library in a Node of its own. Where there is none the test says so and is skipped."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: ./yui test brings it")
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([node, str(SCRIPT)], **pipes) as process:
        try:
            yield Snapshot(process)
        finally:
            process.kill()


def leaders(scores: Sequence[float]) -> set[int]:
    """Numbers, from 1, of the choices with the highest score. Floating point is forgiven what it can't do."""
    return {number for number, score in enumerate(scores, 1) if score > 0 and score >= max(scores) * (1 - 1e-9)}
