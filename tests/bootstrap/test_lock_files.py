"""The lock files: everything pinned and hashed, no address, no path, tests on top of exactly what runs."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")


def requirements(lock: str) -> dict[str, list[str]]:
    """Requirement line, such as ``litestar==2.25.0``, to its hashes."""
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {words[0]: [word for word in words if word.startswith("--hash=sha256:")] for words in lines}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_and_hashed(lock: str) -> None:
    found = requirements(lock)
    assert found
    assert [
        line for line, hashes in found.items() if not hashes or not re.fullmatch(r"[a-z0-9.-]+==[\w.+]+", line)
    ] == []


def test_tests_run_on_the_versions_that_are_served() -> None:
    assert set(requirements("requirements.lock")) <= set(requirements("requirements-test.lock"))


@pytest.mark.parametrize("lock", [*LOCKS, "package-lock.json"])
def test_no_address_and_no_path_of_a_machine(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    assert re.findall(r"(?:^|[\s\"'])(/\w[^\s]*)", text) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_requirements_stand_in_order(lock: str) -> None:
    names = [line.split("==")[0] for line in requirements(lock)]
    # Some stand there twice: in one version for old Pythons, in another for new ones.
    assert all(first <= second for first, second in pairwise(names))
