"""Any active member puts a proposal to the vote."""

from __future__ import annotations

from governance.modules.questions import Admission


class Anyone(Admission, frozen=True):
    """``anyone/1``"""

    NAME = "anyone/1"
    KEYS = ("rule.admission.anyone",)
