"""Choices are commitments until voting closes, and open afterwards: nobody sees how the vote stands while it runs.

Their openings travel with the ballots and stay sealed; at the close they become readable for whoever may read the
ballots. An opening that is then missing is a finding against the operator, who could have peeked: pages say so.
"""

from __future__ import annotations

from governance.modules.questions import Secrecy


class Hidden(Secrecy, frozen=True):
    """``hidden/1``"""

    NAME = "hidden/1"
    KEYS = ("rule.secrecy.hidden",)
    SEALED = True
    OPENED = True
