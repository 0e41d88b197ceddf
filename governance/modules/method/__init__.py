"""What a ballot says and how ballots are counted."""

from __future__ import annotations

from typing import Final

from governance.modules.method.single_choice import SingleChoice
from governance.modules.method.yes_no_abstain import YesNoAbstain
from governance.modules.questions import Method

MODULES: Final[tuple[type[Method], ...]] = (YesNoAbstain, SingleChoice)
