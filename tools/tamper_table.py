"""The table of what is found when an operator is dishonest, from a run: ``python -m tools.tamper_table``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ledger.verify import Report
from ledger.verify.report import STEPS
from tests.audit.acts import ACTS, Act, Found, bytes_only, is_refused_falsely, rebuilt, with_evidence
from tests.audit.sample import FilesCopy, export_village, sample_village
from tests.simulator import Village

FILE = Path(__file__).parents[1] / "docs" / "tamper.md"

HEAD = """# What a dishonest operator could do, and what finds it

Each act is done to a real ledger of some 300 entries in two ways: **bytes only**, where files of the copy are changed
and no key is used, and **signed**, where the operator, who holds all of the service's keys, rebuilds the tree and signs
it anew, and shows neither records nor private values. A cell is the step of `yui verify` that names it, its code, and
the entry. "Not detectable" is meant: nothing in that copy shows it, and the last column says what does. A dash: the act
has no such form, because no signature covers what it changes, or because it takes a signature to do it at all.

This table is written by a run (`python -m tools.tamper_table`), and a test holds it to the next one.

| act | bytes only | signed | what reveals it then |
| --- | --- | --- | --- |
"""

TAIL = """
A member's `seen` makes every later signature a witness to the history before it: that is why an operator who drops,
inserts or backdates has to forge the members' signatures after that point, not only the tree.
"""


def table(village: Village, folder: Path, work: Path) -> str:
    """The whole page; ``folder``: the village's export, ``work``: an empty folder."""
    rows = [_row(act, village, folder, work / str(number)) for number, act in enumerate(ACTS)]
    shown = "folding at the size that it names accepts the statement" if is_refused_falsely(village) else "not shown"
    rows.append(f"| refuse a statement falsely | – | not detectable | the signed refusal: {shown} |")
    return HEAD + "\n".join(rows) + "\n" + TAIL


def _row(act: Act, village: Village, folder: Path, work: Path) -> str:
    changed = _cell(bytes_only(act, village, FilesCopy.of(folder)), act.bytes_)
    signed = rebuilt(act, village, work / "signed")
    kept = with_evidence(act, village, work / "kept") if act.kept else None
    revealed = "" if kept is None else f"{act.kept}: {_cell(kept, act.reveals)}"
    return f"| {act.title} | {changed} | {'–' if signed is None else _cell(signed, act.signed)} | {revealed} |"


def _cell(report: Report, expected: Found | None) -> str:
    """The finding that names the act, among whatever else it brings about."""
    if not report.findings:
        return "not detectable"
    named = next((one for one in report.findings if (one.step, one.code) == expected), report.findings[0])
    place = "" if named.entry is None else f", no. {named.entry}"
    return f"step {named.step} ({STEPS[named.step - 1]}): `{named.code}`{place}"


def main() -> None:
    """Write the page."""
    village = sample_village()
    with tempfile.TemporaryDirectory() as name:
        folder = export_village(village, Path(name) / "village")
        FILE.write_text(table(village, folder, Path(name) / "work"), encoding="utf-8")


if __name__ == "__main__":
    main()
