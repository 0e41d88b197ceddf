"""``./yui`` from nothing, a second time, after a change, after an accident, and two at once."""

import subprocess
from pathlib import Path

from tests.bootstrap.conftest import Checkout, write_program


def test_sets_up_through_a_symlink_from_anywhere_in_a_path_with_spaces_and_japanese(
    fresh: Checkout, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "app").mkdir(parents=True)
    (elsewhere / "app" / "__init__.py").write_text("raise SystemExit('the wrong app')")
    (elsewhere / "first").symlink_to(Path("..") / "結 の 里" / "yui" / "yui")
    (elsewhere / "second").symlink_to("first")

    answer = fresh.start("--help", script=elsewhere / "second", cwd=elsewhere)

    assert answer.returncode == 0, answer.stderr
    assert "usage: yui" in answer.stdout
    assert fresh.installed_version() == "1.0"
    assert (fresh.venv / "requirements.lock").read_bytes() == (fresh.folder / "requirements.lock").read_bytes()


def test_arguments_arrive_as_they_were_given(ready: Checkout) -> None:
    (ready.folder / "app" / "cli" / "__main__.py").write_text("import sys\nprint(sys.argv[1:])\nsys.exit(7)\n")
    answer = ready.start("verify", "a b", "", "*", "結")
    assert answer.stdout == "['verify', 'a b', '', '*', '結']\n"
    assert answer.returncode == 7


def test_second_start_needs_no_python_on_path_and_installs_nothing(ready: Checkout) -> None:
    (ready.tools / "python3").unlink()
    before = sorted(path.stat().st_mtime_ns for path in ready.venv.rglob("*.dist-info/*"))
    answer = ready.start("--help")
    assert answer.returncode == 0
    assert answer.stderr == ""
    assert before == sorted(path.stat().st_mtime_ns for path in ready.venv.rglob("*.dist-info/*"))


def test_changed_lock_is_installed_into_the_same_environment(ready: Checkout) -> None:
    kept = ready.venv / "kept"
    kept.touch()
    ready.pin("1.1")
    assert ready.start("--help").returncode == 0
    assert ready.installed_version() == "1.1"
    assert kept.exists()


def test_environment_made_by_hand_is_accepted(ready: Checkout) -> None:
    (ready.venv / "requirements.lock").unlink()
    kept = ready.venv / "kept"
    kept.touch()
    assert ready.start("--help").returncode == 0
    assert kept.exists()
    assert (ready.venv / "requirements.lock").exists()


def test_interrupted_set_up_is_made_anew(ready: Checkout) -> None:
    (ready.venv / "yui-incomplete").touch()
    for module in ready.venv.rglob("yui_tiny.py"):
        module.write_text("half of a li")
    assert ready.start("--help").returncode == 0
    assert ready.installed_version() == "1.0"
    assert not (ready.venv / "yui-incomplete").exists()


def test_environment_whose_python_is_gone_is_made_anew(ready: Checkout) -> None:
    for python in ready.venv.glob("bin/python*"):
        python.unlink()
        python.symlink_to("/nowhere/python3")
    assert ready.start("--help").returncode == 0
    assert ready.installed_version() == "1.0"


def test_two_at_once_take_turns_and_install_once(ready: Checkout) -> None:
    ready.pin("1.2")
    installations, go_on = ready.folder / "installations", ready.folder / "go on"
    copy = ready.tools / "cp"  # each installation begins by copying the lock
    real = copy.resolve()
    copy.unlink()
    wait = f'tries=0; while [ ! -e "{go_on}" ] && [ $tries -lt 400 ]; do sleep 0.05; tries=$((tries + 1)); done'
    write_program(copy, f'echo one >> "{installations}"\n{wait}\nexec "{real}" "$@"')

    with _started(ready) as first:
        _read_until(first, "Setting up")
        with _started(ready) as second:
            _read_until(second, "waiting")
            go_on.touch()
            assert [first.wait(60), second.wait(60)] == [0, 0]

    assert installations.read_text() == "one\n"
    assert ready.installed_version() == "1.2"


def _started(checkout: Checkout) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [checkout.folder / "yui", "--help"],
        env=checkout.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _read_until(process: "subprocess.Popen[str]", words: str) -> None:
    assert process.stderr
    said = []
    for line in process.stderr:
        said.append(line)
        if words in line:
            return
    raise AssertionError(said)
