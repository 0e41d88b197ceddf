"""What the methods have in common that compare every two options: which rankings a ballot may say."""

from __future__ import annotations

from governance.count import ABSTAIN, MAX_OPTIONS, Paper
from governance.modules.method.ranking import is_ranking
from governance.modules.questions import Line, Method


class Comparing(Method, frozen=True):
    """``equal``: whether a ballot may put several options on one level. The second of the ``KEYS`` says so."""

    OPTIONS = (2, MAX_OPTIONS)

    equal: bool

    def describe(self) -> Line:
        """Whether options may be equal."""
        return self.KEYS[1 if self.equal else 0], {}

    def accepts(self, choice: str, paper: Paper) -> bool:
        """A ranking, or abstain."""
        return choice == ABSTAIN or is_ranking(choice, paper.options, equal=self.equal)
