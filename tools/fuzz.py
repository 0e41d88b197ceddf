"""Coverage-guided fuzzing of a reader: ``python -m tools.fuzz statement --seconds 60``; ``all`` for each in turn.

Needs atheris (``pip install atheris``, in ``pyproject.toml`` the group ``fuzz``; no test needs it). What it finds is
written to ``--findings`` as a file to be given again: ``python -m tools.fuzz statement FILE``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

_LONGEST = 16_384
"""Bytes of an input."""
_PATIENCE = 5
"""Seconds that a reader may take for one before it counts as a finding."""
_MEMORY = 2048


def fuzz(name: str, seconds: int, findings: Path, again: list[str]) -> None:
    """One reader, in this process, which libFuzzer ends."""
    try:
        import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415 - optional
    except ImportError:
        sys.exit("atheris is not installed here: pip install atheris")
    with atheris.instrument_imports(include=["ledger", "contracts", "app.sequencer.submission"]):
        from tests.fuzzing.targets import TARGETS, survives  # noqa: PLC0415 - to be instrumented
    target = TARGETS[name]
    with tempfile.TemporaryDirectory(prefix="yui-fuzz-") as folder:
        for number, seed in enumerate(target.seeds()):
            (Path(folder) / f"{number:05d}").write_bytes(seed)
        limits = [f"-max_total_time={seconds}", f"-max_len={_LONGEST}", f"-timeout={_PATIENCE}"]
        rest = [f"-rss_limit_mb={_MEMORY}", f"-artifact_prefix={findings}/{name}-", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *limits, *rest, *(again or [folder])], lambda data: survives(target, data))
        atheris.Fuzz()


def main() -> None:
    """The readers named, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("reader", help="which one, or: all")
    parser.add_argument("again", nargs="*", help="inputs to be read once, instead of fuzzing")
    parser.add_argument("--seconds", type=int, default=60, help="how long for each")
    parser.add_argument("--findings", type=Path, default=Path(".fuzz"), help="where inputs go that broke something")
    args = parser.parse_args()
    args.findings.mkdir(exist_ok=True)
    if args.reader != "all":
        fuzz(args.reader, args.seconds, args.findings, args.again)
        return
    from tests.fuzzing.targets import TARGETS  # noqa: PLC0415 - instrumented where it is fuzzed

    more = ["--seconds", str(args.seconds), "--findings", str(args.findings)]
    command = [sys.executable, "-m", "tools.fuzz"]
    broken = [name for name in TARGETS if subprocess.run([*command, name, *more], check=False).returncode]
    sys.exit(f"broken: {', '.join(broken)}" if broken else 0)


if __name__ == "__main__":
    main()
