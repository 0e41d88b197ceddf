"""A report on paper: as lines for people, as JSON for programs, and as a file of evidence for others to check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.audit.words import Words
from ledger import canonical, checkpoint, tiles
from ledger.errors import LedgerError
from ledger.evidence import Evidence, path_between
from ledger.signed_note import parse_vkey
from ledger.tiles import Tile, TileReader
from ledger.verify import Report
from ledger.verify.report import Finding, Step
from ledger.verify.tree import Copy

SHOWN = 10
"""Findings shown for each step."""


def lines(name: str, report: Report, words: Words) -> Iterator[str]:
    """The report in words."""
    yield words.say("title", name=name)
    if report.checkpoint is not None:
        yield words.say("head", origin=report.checkpoint.origin, size=report.checkpoint.size)
    if report.genesis is not None:
        yield words.say("genesis", hash=report.genesis)
    yield ""
    for step in report.steps:
        yield from _step_lines(step, words)
    yield ""
    yield words.say(f"verdict.{report.exit_code}")


def as_json(name: str, report: Report) -> dict[str, Any]:
    """The report for programs. Codes and parameters are stable; sentences are not part of it."""
    head = report.checkpoint
    return {
        "checkpoint": None
        if head is None
        else {"origin": head.origin, "root": canonical.b64(head.root), "size": head.size},
        "exit_code": report.exit_code,
        "genesis": report.genesis,
        "name": name,
        "steps": [_step_json(step) for step in report.steps],
        "verdict": {0: "verified", 1: "finding", 2: "could_not_check"}[report.exit_code],
    }


def evidence(name: str, report: Report, copy: Copy) -> dict[str, Any]:
    """The report with what it rests on: the signed checkpoint, the exact bytes of every entry it names, and checkpoints
    that contradict each other (``ledger/evidence.py``), which ``yui verify-evidence`` checks.
    """
    entries = sorted({finding.entry for finding in report.findings if finding.entry is not None})
    leaves = {str(index): leaf for index in entries if (leaf := _leaf(copy, report, index)) is not None}
    return {
        **as_json(name, report),
        "contradictions": [found.to_json() for found in contradictions(report, copy)],
        "entries": leaves,
        "note": _text(copy, "checkpoint"),
    }


def contradictions(report: Report, copy: Copy) -> Iterator[Evidence]:
    """What somebody keeps against what is shown now, proven from the tiles of this copy, or of the other one."""
    for finding in report.findings:
        vkey = finding.params.get("vkey", report.vkey)
        if vkey is not None and {"earlier", "now"} <= finding.params.keys():
            kept, shown = finding.params["earlier"].encode(), finding.params["now"].encode()
            said = finding.params.get("proof")
            path = _path(copy, kept, shown) if said is None else tuple(map(canonical.unb64, said))
            yield Evidence(parse_vkey(vkey), kept, shown, path, key_changes(report, copy))


def key_changes(report: Report, copy: Copy) -> tuple[bytes, ...]:
    """The entries of this copy in which one key of the log names the next."""
    leaves = (_leaf(copy, report, key.since - 1) for key in report.keys[:-1])
    return tuple(canonical.unb64(leaf) for leaf in leaves if leaf is not None)


def _path(copy: Copy, kept: bytes, shown: bytes) -> tuple[bytes, ...]:
    try:
        old, new = checkpoint.parse(kept)[0].size, checkpoint.parse(shown)[0].size
        return path_between(TileReader(lambda tile: copy.read(tile.path), new).node, old, new)
    except LedgerError:
        return ()  # then it is the two notes alone


def _step_lines(step: Step, words: Words) -> Iterator[str]:
    status = words.say(f"status.{step.status}")
    reason = f": {words.code(step.reason.code, step.reason.params)}" if step.reason is not None else ""
    if step.status == "finding":
        reason = ""
    yield f"{step.number:>2}  {words.say(f'step.{step.name}')} … {status}{reason}"
    for finding in step.findings[:SHOWN]:
        yield f"      {_finding_line(finding, words)}"
    if step.count > SHOWN:
        yield f"      {words.say('more', count=step.count - SHOWN)}"
    for note in step.notes:
        yield f"      ({words.code(note.code, note.params)})"


def _finding_line(finding: Finding, words: Words) -> str:
    place = "" if finding.entry is None else f"{words.say('entry', entry=finding.entry)}: "
    return f"{place}{words.code(finding.code, finding.params)} [{finding.code}]"


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "count": step.count,
        "findings": [
            {"code": finding.code, "entry": finding.entry, "params": dict(finding.params)} for finding in step.findings
        ],
        "name": step.name,
        "notes": [{"code": note.code, "params": dict(note.params)} for note in step.notes],
        "number": step.number,
        "reason": None if step.reason is None else {"code": step.reason.code, "params": dict(step.reason.params)},
        "status": step.status,
    }


def _leaf(copy: Copy, report: Report, index: int) -> str | None:
    if report.checkpoint is None:
        return None
    number, position = divmod(index, tiles.WIDTH)
    width = min(tiles.WIDTH, report.checkpoint.size - number * tiles.WIDTH)
    try:
        return canonical.b64(tiles.decode_bundle(copy.read(Tile(None, number, width).path), width)[position])
    except LedgerError:
        return None


def _text(copy: Copy, path: str) -> str | None:
    try:
        return copy.read(path).decode(errors="replace")
    except LedgerError:
        return None
