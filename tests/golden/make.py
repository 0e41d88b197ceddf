"""Makes the golden ledger of a release: ``python -m tests.golden.make 0.1.0`` writes ``tests/golden/0.1.0.zip``.

Run it once, when the release is made, and never again for that release: the point of a golden ledger is that later
programs fold it to the same records. It prints the hash that ``test_golden.py`` holds it to.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.audit.sample import export_village
from tests.golden.story import whole_story

FOLDER = Path(__file__).parent


def make(release: str) -> str:
    """Write the archive; SHA-256 of its records."""
    with tempfile.TemporaryDirectory() as name:
        folder = export_village(whole_story(), Path(name) / release)
        with zipfile.ZipFile(FOLDER / f"{release}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                # A fixed date, so that the same ledger is the same archive.
                item = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (2026, 1, 1, 0, 0, 0))
                item.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(item, path.read_bytes())
        return hashlib.sha256((folder / "records.jsonl").read_bytes()).hexdigest()


if __name__ == "__main__":
    print(make(sys.argv[1]))  # noqa: T201 - a command for developers
