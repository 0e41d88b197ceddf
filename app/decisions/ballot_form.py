"""What a ballot looks like to fill in, for every method that can't be answered with one tap.

The browser spells the text that is signed (``app/static/js/ballot``); here is what it is filled in on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isqrt
from typing import Final, Literal, NamedTuple

from app.decisions.words import Words
from app.texts import ballot_text
from app.texts.sentences import catalogue
from governance.count import ABSTAIN, Paper
from governance.modules.method.approval import Approval
from governance.modules.method.borda import Borda
from governance.modules.method.copeland import Copeland
from governance.modules.method.irv import InstantRunoff
from governance.modules.method.majority_judgement import MajorityJudgement
from governance.modules.method.projects import Budgeting
from governance.modules.method.quadratic import Quadratic
from governance.modules.method.schulze import Schulze
from governance.modules.method.score import Score
from governance.modules.method.stv import SingleTransferableVote
from governance.modules.method.weighted import Weighted
from governance.modules.questions import Method

Family = Literal["approvals", "projects", "grades", "scores", "points", "credits", "ranking"]
IN_WORDS: Final = range(2, 8)
"""So many grades have names of their own; more are numbers."""
PICKED: Final = 20
"""Up to so many places are picked from a list; more are typed."""
_FORMATS: Final = ("format.ballot.", "format.join", "format.place")


class Row(NamedTuple):
    """An option: its number and name, and what the reader's present ballot gives it (nothing: an empty text)."""

    number: int
    label: str
    value: str = ""
    cost: int = 0


class BallotForm(NamedTuple):
    """``limit``: most options that can be named, highest score or grade, points or credits, places.

    ``equal``: whether options may share a place; ``transfers``: whether votes pass on to the next. ``text``: the
    reader's present ballot as it is spelt, if any. ``places``: what they are called, where they are few enough to be
    picked. ``formats``: how rankings are written.
    """

    family: Family
    rows: Sequence[Row]
    limit: int
    equal: bool = False
    transfers: bool = False
    text: str = ""
    budget: int = 0
    grades: Sequence[tuple[int, str]] = ()
    places: Sequence[str] = ()
    formats: Mapping[str, str] = {}

    @property
    def abstains(self) -> bool:
        """Whether the present ballot abstains."""
        return self.text == ABSTAIN

    @property
    def chooses(self) -> bool:
        """Whether the present ballot gives something."""
        return bool(self.text) and not self.abstains

    @property
    def help(self) -> str:
        """The key of what is said above it."""
        manner = ".transfers" if self.transfers else ".equal" if self.equal else ""
        return f"ballot.help.{self.family}{manner}"

    @property
    def highest(self) -> int:
        """The most that one option can be given."""
        return isqrt(self.limit) if self.family == "credits" else self.limit


def ballot_form(
    method: Method, paper: Paper, labels: Mapping[int, str], text: str, words: Words, costs: Mapping[int, int] = {}
) -> BallotForm | None:
    """The form for a method; None where every choice can be listed.

    ``labels``: of the options that are shown, and of those that the present ballot, ``text``, names.
    """
    if method.LISTED:
        return None
    family, limit = _family(method, paper)
    values = _values(text)
    named = labels if family == "projects" else range(1, paper.options + 1)
    rows = [Row(one, words.option(one, labels), values.get(one, ""), costs.get(one, 0)) for one in named]
    return BallotForm(
        family,
        rows,
        limit,
        equal=bool(getattr(method, "equal", False)),
        transfers=isinstance(method, InstantRunoff | SingleTransferableVote),
        text=text,
        budget=paper.budget,
        grades=grades(limit + 1, words) if family == "grades" else (),
        places=_places(limit, words) if family == "ranking" and limit <= PICKED else (),
        formats={key: text for key, text in catalogue(words.lang).items() if key.startswith(_FORMATS)},
    )


def grades(number: int, words: Words) -> list[tuple[int, str]]:
    """Grades from the lowest to the highest, each with its name."""
    if number not in IN_WORDS:
        return [(grade, str(grade)) for grade in range(number)]
    return [(grade, f"{grade} {words.t(f'ballot.grade.{number}.{grade}')}") for grade in range(number)]


def _places(limit: int, words: Words) -> list[str]:
    formats = catalogue(words.lang)
    return [formats[ballot_text.place(number)].format(number).strip(" :") for number in range(1, limit + 1)]


def _family(method: Method, paper: Paper) -> tuple[Family, int]:
    match method:
        case Approval():
            return "approvals", paper.options if method.most is None else min(method.most, paper.options)
        case Budgeting():
            return "projects", method.most
        case MajorityJudgement():
            return "grades", method.grades - 1
        case Score():
            return "scores", method.highest
        case Weighted():
            return "points", method.points
        case Quadratic():
            return "credits", method.credits
        case InstantRunoff() | SingleTransferableVote() | Schulze() | Copeland() | Borda():
            return "ranking", paper.options
        case _:
            raise LookupError(method.NAME)


def _values(text: str) -> Mapping[int, str]:
    """What a ballot gives each option that it names: a mark, an amount or a place."""
    match ballot_text.read(text):
        case ballot_text.Approved(named):
            # One option alone is spelt alike where options are ranked: it has the first place, and it is ticked.
            return dict.fromkeys(named, "1")
        case ballot_text.Given(amounts):
            return {number: str(amount) for number, amount in amounts.items()}
        case ballot_text.Ranked(levels):
            return {number: str(place) for place, level in enumerate(levels, 1) for number in level}
        case None:
            return {}
