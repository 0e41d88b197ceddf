"""Choices are commitments: the operator, who holds their openings, announces the count, and an auditor with the
openings recounts it. Members never see who chose what.
"""

from __future__ import annotations

from governance.modules.questions import Secrecy


class Confidential(Secrecy, frozen=True):
    """``confidential/1``"""

    NAME = "confidential/1"
    KEYS = ("rule.secrecy.confidential",)
    SEALED = True
