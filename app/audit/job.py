"""One audit for a program that waits for it: ``python -m app.audit.job COPY STATE`` tells how it goes, then the report.

A line of JSON each time: ``{"done": 512, "size": 5171}``, and in the end ``{"report": …, "evidence": …}``. A process of
its own, for a pass takes all cores for a while and the service has requests to answer.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from app.audit import paper
from app.audit.run import Options, audit

_STEP: Final = 256


def main(source: str, state: str) -> None:
    """Audit the one copy at ``source``; ``state``: the folder that remembers what was verified."""
    with ExitStack() as stack:
        for audited in audit(source, Options(state=Path(state)), stack, _progress):
            found = audited.report.exit_code == 1
            evidence = paper.evidence(audited.name, audited.report, audited.copy) if found else None
            _say({"report": paper.as_json(audited.name, audited.report), "evidence": evidence})


def _progress(done: int, size: int) -> None:
    if done % _STEP == 0 or done == size:
        _say({"done": done, "size": size})


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message, ensure_ascii=False), flush=True)  # noqa: T201  (this is how it is heard)


if __name__ == "__main__":
    main(*sys.argv[1:])
