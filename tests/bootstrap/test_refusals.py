"""What can go wrong before Python speaks: one sentence in each language, a code other than 0 and 1, nothing broken."""

import subprocess
from pathlib import Path

import pytest

from tests.bootstrap.conftest import ROOT, Checkout, in_small_world, write_program

BROKEN_NETWORK = {"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}


def refusal(answer: subprocess.CompletedProcess[str]) -> str:
    """The English sentence, after seeing that nothing but it, its Japanese and the word about setting up was said."""
    assert answer.returncode == 2, answer.stderr
    assert answer.stdout == ""
    said = [
        line for line in answer.stderr.splitlines() if "Setting up (" not in line and "準備をしています" not in line
    ]
    assert len(said) == 2, answer.stderr
    assert all(line.startswith("yui: ") for line in said)
    assert not said[0].isascii()
    return said[1]


def python_of_version(tools: Path, name: str, version: str, *, new_enough: bool = False, has_venv: bool = True) -> None:
    """A program that answers what ``./yui`` asks of a Python."""
    write_program(
        tools / name,
        f"""case "$*" in
            *version_info*) echo {version} {new_enough} ;;
            *ensurepip*) exit {0 if has_venv else 1} ;;
            *flock*) ;;
            *'-m venv'*) printf '%s\\n' "$FAKE_VENV_SAYS" >&2; exit 1 ;;
        esac""",
    )


def test_no_python(bare: Checkout) -> None:
    assert "No Python 3.11 or newer was found" in refusal(bare.start("--help"))
    assert not bare.venv.exists()


def test_python_too_old(bare: Checkout) -> None:
    python_of_version(bare.tools, "python3", "3.9.2")
    assert "Python 3.9.2 is too old" in refusal(bare.start("--help"))


def test_newer_python_under_another_name_is_found(bare: Checkout) -> None:
    python_of_version(bare.tools, "python3", "3.9.2")
    python_of_version(bare.tools, "python3.12", "3.12.1", new_enough=True)
    assert "Cannot write" in refusal(bare.start("--help", env={"FAKE_VENV_SAYS": "Permission denied"}))


def test_python_asked_for_by_name_is_not_replaced(fresh: Checkout) -> None:
    old = fresh.tools / "my python"
    python_of_version(fresh.tools, old.name, "3.10.0")
    assert "Python 3.10.0 is too old" in refusal(fresh.start("--help", env={"YUI_PYTHON": str(old)}))
    assert "No Python" in refusal(fresh.start("--help", env={"YUI_PYTHON": "/nowhere/python"}))


def test_python_without_venv(bare: Checkout) -> None:
    python_of_version(bare.tools, "python3", "3.11.2", new_enough=True, has_venv=False)
    assert "apt install python3-venv" in refusal(bare.start("--help"))


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("Error: [Errno 122] Disk quota exceeded", "The disk is full"),
        ("Error: [Errno 30] Read-only file system: '.venv'", "Cannot write to"),
        ("Error: [Errno 13] Permission denied: '.venv'", "Cannot write to"),
    ],
)
def test_reason_is_read_from_what_failed(bare: Checkout, said: str, meaning: str) -> None:
    python_of_version(bare.tools, "python3", "3.11.2", new_enough=True)
    assert meaning in refusal(bare.start("--help", env={"FAKE_VENV_SAYS": said}))


def test_unknown_failure_shows_what_was_said(bare: Checkout) -> None:
    python_of_version(bare.tools, "python3", "3.11.2", new_enough=True)
    answer = bare.start("--help", env={"FAKE_VENV_SAYS": "the dog ate it"})
    assert answer.returncode == 2
    assert "the dog ate it\n" in answer.stderr
    assert "Setting up failed" in answer.stderr


def test_no_network_leaves_what_was_there(ready: Checkout) -> None:
    before = (ready.folder / "requirements.lock").read_bytes()
    ready.pin("2.0")
    assert "could not be downloaded" in refusal(ready.start("--help", env=BROKEN_NETWORK))
    assert ready.installed_version() == "1.0"

    (ready.folder / "requirements.lock").write_bytes(before)
    assert ready.start("--help", env=BROKEN_NETWORK).returncode == 0


def test_package_with_another_hash_is_refused(ready: Checkout) -> None:
    ready.pin("2.0", digest="0" * 64)
    assert "does not match its pinned hash" in refusal(ready.start("--help"))
    assert ready.installed_version() == "1.0"


def test_full_disk(fresh: Checkout) -> None:
    """A real disk of 3 MB: the environment begins to be made and finds no room."""
    script = 'mount -t tmpfs -o size=3m tmpfs "$1"; cp -r "$2/." "$1"; "$1/yui" --help'
    disk = fresh.folder.parent / "disk"
    disk.mkdir()
    assert "The disk is full" in refusal(in_small_world(script, disk, fresh.folder, env=fresh.environment()))


def test_read_only_folder(fresh: Checkout) -> None:
    script = 'mount -t tmpfs tmpfs "$1"; cp -r "$2/." "$1"; mount -o remount,ro "$1"; "$1/yui" --help'
    disk = fresh.folder.parent / "disk"
    disk.mkdir()
    answer = in_small_world(script, disk, fresh.folder, env=fresh.environment())
    assert f"Cannot write to {disk}" in refusal(answer)


def test_read_only_folder_that_is_set_up_starts(ready: Checkout) -> None:
    script = 'mount -t tmpfs tmpfs "$1"; cp -a "$2/." "$1"; mount -o remount,ro "$1"; "$1/yui" --help'
    disk = ready.folder.parent / "disk"
    disk.mkdir()
    answer = in_small_world(script, disk, ready.folder, env=ready.environment())
    assert answer.returncode == 0, answer.stderr
    assert "usage: yui" in answer.stdout


def test_script_runs_in_a_plain_posix_shell() -> None:
    """No function, test or expansion that only bash knows; shellcheck says the same where it is installed."""
    answer = subprocess.run(["sh", "-n", ROOT / "yui"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert (ROOT / "yui").read_text().startswith("#!/bin/sh\n")
