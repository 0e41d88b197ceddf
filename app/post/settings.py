"""What an operator decides about mail. Absent by default: nothing is sent anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Tls = Literal["starttls", "tls", "none"]
PORTS: Final[dict[Tls, int]] = {"starttls": 587, "tls": 465, "none": 25}
_OWN: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Posting:
    """``sender``: the address that letters come from and bounces go to. ``user`` empty: without a log-in.

    ``per_minute``: letters that the server is given in a minute. ``tries``: after as many without success a letter has
    failed. ``timeout``: seconds for a step of the conversation; ``patience``: for the answer to a whole letter, which
    servers may take long to give (RFC 5321 section 4.5.3.2.6: ten minutes).

    ValueError where a password would go over the network in the clear.
    """

    host: str
    port: int
    sender: str
    tls: Tls = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    per_minute: int = 60
    tries: int = 24
    timeout: float = 60.0
    patience: float = 600.0

    def __post_init__(self) -> None:
        if self.user and self.tls == "none" and self.host not in _OWN:
            raise ValueError("a password in the clear")

    @property
    def domain(self) -> str:
        """The sender's."""
        return self.sender.rpartition("@")[2]
