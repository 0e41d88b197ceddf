"""Why the embedded PostgreSQL can't run: a stable code and one sentence in each language."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

SENTENCES: dict[str, dict[str, str]] = {
    "database.in_use": {
        "ja": "データフォルダー {data} は、起動中の別の結(プロセス {pid})が使っています。"
        "書き出すだけなら、止めずにアドレスを指定できます(yui export http://… フォルダー)。",
        "en": "The data directory {data} is in use by another running Yui (process {pid}). "
        "To export, name its address instead (yui export http://… FOLDER).",
    },
    "database.no_binaries": {
        "ja": "この計算機で動く PostgreSQL がありません({reason})。YUI_DATABASE_URL で外部のものを指定してください。",
        "en": "There is no PostgreSQL for this machine ({reason}); name a server of your own in YUI_DATABASE_URL.",
    },
    "database.no_account": {
        "ja": "PostgreSQL は root では動かず、専用利用者 {account} も作れません。一般の利用者で起動してください。",
        "en": "PostgreSQL won't run as root and the account {account} can't be made; start Yui as an ordinary user.",
    },
    "database.not_owner": {
        "ja": "{path} は別の利用者のものです。作成した利用者で起動するか、所有者を改めてください。",
        "en": "{path} belongs to another user; start Yui as the user who made it, or change its owner.",
    },
    "database.not_a_database": {
        "ja": "{path} には PostgreSQL のデータベースではないものが入っています。",
        "en": "{path} holds something that is not a PostgreSQL database.",
    },
    "database.version": {
        "ja": "{path} は PostgreSQL {found} のデータベースですが、この結は PostgreSQL {needed} を使います。",
        "en": "{path} is a database of PostgreSQL {found}, but this Yui runs PostgreSQL {needed}.",
    },
    "database.disk_full": {
        "ja": "{path} のあるディスクがいっぱいです。空きを作ってから起動し直してください。",
        "en": "The disk that holds {path} is full; make room and start again.",
    },
    "database.failed": {
        "ja": "PostgreSQL を起動できませんでした: {reason}",
        "en": "PostgreSQL did not start: {reason}",
    },
}


class EmbeddedError(Exception):
    """The embedded database can't be started; ``code`` is stable, ``params`` are the facts of the sentence."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def sentence(self, language: str) -> str:
        """What is wrong and what to do, in one sentence; ``language`` is ``ja`` or ``en``."""
        return SENTENCES[self.code][language].format_map(self.params)

    def __str__(self) -> str:
        return self.sentence("en")


def from_os_error(error: OSError, data: Path) -> EmbeddedError:
    """The error for what the operating system refused us in the data directory."""
    if isinstance(error, PermissionError):
        return EmbeddedError("database.not_owner", path=str(error.filename or data))
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return EmbeddedError("database.disk_full", path=str(data))
    return EmbeddedError("database.failed", reason=str(error))


def from_words(said: str, data: Path) -> EmbeddedError:
    """The error for what PostgreSQL said before it ended: its last word of weight, never a wall of log."""
    if "No space left on device" in said:  # strerror in the C locale, which its environment sets
        return EmbeddedError("database.disk_full", path=str(data))
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    grave = [line for line in lines if any(word in line for word in ("FATAL:", "PANIC:", "ERROR:", "error:"))]
    return EmbeddedError("database.failed", reason=(grave or lines or ["it ended without a word"])[-1])
