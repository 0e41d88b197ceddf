"""What the web half of an installation is told: where people reach it, and how much of it one caller may have."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SECRET_SIZE: Final = 32


@dataclass(frozen=True)
class WebSettings:
    """``address``: the one public address, without a slash at the end. ``demo``: the role switcher is there.

    ``secret``: 32 bytes that seal session cookies; shared by all processes of an installation. ``metrics_token``
    opens ``/metrics`` to others than this machine; empty: to nobody else. ``mail_from``: the address that letters come
    from; empty: this installation sends none.
    """

    address: str
    secret: bytes
    demo: bool = False
    requests_per_minute: int = 600
    max_body: int = 8_388_608
    metrics_token: str = ""
    mail_from: str = ""

    @property
    def secure(self) -> bool:
        """Whether people come by HTTPS, so that cookies may insist on it."""
        return self.address.startswith("https://")

    @property
    def cookie_prefix(self) -> str:
        """What cookies' names begin with: over HTTPS browsers then take them from this host alone (RFC 6265bis).

        Ports have no cookies of their own, and two sample villages stand on one machine.
        """
        if self.secure:
            return "__Host-"
        return f"demo-{self.address.rpartition(':')[2].strip('/')}-" if self.demo else ""

    @property
    def csrf_cookie(self) -> str:
        """The cookie whose value forms send back."""
        return f"{self.cookie_prefix}csrftoken"

    @property
    def host(self) -> str:
        """The address's host name: the RP id of passkeys made here."""
        return self.address.partition("://")[2].partition("/")[0].rpartition(":")[0] or self.address.partition("://")[2]


def web_secret(data: Path) -> bytes:
    """The installation's own secret, made at first use and readable by this account only."""
    path = data / "web-secret"
    if not path.exists():
        draft = data / f".web-secret-{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET_SIZE))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)  # of several processes the first one wins, and nobody reads half a secret
        draft.unlink()
    return path.read_bytes()
