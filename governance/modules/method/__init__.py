"""What a ballot says and how ballots are counted."""

from __future__ import annotations

from typing import Final

from governance.modules.method.approval import Approval
from governance.modules.method.borda import Borda
from governance.modules.method.consent import Consent
from governance.modules.method.copeland import Copeland
from governance.modules.method.equal_shares import EqualShares
from governance.modules.method.greedy_budget import GreedyBudget
from governance.modules.method.irv import InstantRunoff
from governance.modules.method.majority_judgement import MajorityJudgement
from governance.modules.method.quadratic import Quadratic
from governance.modules.method.schulze import Schulze
from governance.modules.method.score import Score
from governance.modules.method.single_choice import SingleChoice
from governance.modules.method.stv import SingleTransferableVote
from governance.modules.method.weighted import Weighted
from governance.modules.method.yes_no_abstain import YesNoAbstain
from governance.modules.questions import Method

MODULES: Final[tuple[type[Method], ...]] = (
    YesNoAbstain,
    Consent,
    SingleChoice,
    Approval,
    Score,
    MajorityJudgement,
    InstantRunoff,
    Schulze,
    Copeland,
    Borda,
    SingleTransferableVote,
    Weighted,
    Quadratic,
    EqualShares,
    GreedyBudget,
)
