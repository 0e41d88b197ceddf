"""What the rule editor begins from and offers: the rule in force, nothing yet, or a document of a preset."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app import presets
from app.decisions import rule_form, rule_spelling
from app.decisions.drafting import Drafted
from app.decisions.people import find_people
from app.decisions.rule_form import Answer
from app.decisions.rule_spelling import Values, one
from app.decisions.words import Words
from app.presets import Start
from app.reading import Reading
from governance.books import rules
from governance.modules import method
from governance.rule import CHANNELS, UNANSWERED

START: Final = "start"
"""The field that says what to begin from, and the button that does it."""
IN_FORCE: Final = "in_force"
BLANK: Final = "blank"
FOUND: Final = 5
"""How many members are offered for one name searched for."""
_CHOOSES: Final = {
    rules.CHOICE: {"module": "single_choice/1"},
    rules.ELECTION: {"module": "single_choice/1"},
    rules.BUDGET: {"module": "equal_shares/1", "most": 10, "completion": "add1"},
}


@dataclass(frozen=True)
class Offer:
    """One thing to begin from: what forms call it by, and in words."""

    value: str
    label: str


def blank(decides: str) -> dict[str, Any]:
    """The plainest rule for that kind of proposal: more yes than no, within a week, or the most votes."""
    document = rule_spelling.document({"channels": ["online", "paper", "assisted"]})
    document |= {"quorum": {"module": "none/1"}, "threshold": rule_spelling.blank("threshold") | {"of": "cast"}}
    if decides in _CHOOSES:
        document |= {"method": _CHOOSES[decides], "threshold": {"module": "relative_majority/1"}}
    if decides == rules.EXPULSION:
        document["electorate"] = {"module": "disinterested/1"}
    return document


def begin(start: str, decides: str, in_force: Mapping[str, Any] | None) -> dict[str, Any]:
    """The document to begin from; ``in_force``: today's, if there is a rule for that kind."""
    found = find(start, decides)
    if found is not None:
        return copy.deepcopy(found.document)
    return blank(decides) if start == BLANK or in_force is None else dict(in_force)


def find(start: str, decides: str) -> Start | None:
    """The preset's document of that name; None for anything else."""
    return next((one for one in presets.starts(decides) if one.value == start), None)


def offers(words: Words, decides: str, *, in_force: bool) -> list[Offer]:
    """All there is to begin from."""
    own = [Offer(IN_FORCE, words.t("rules.start.in_force"))] if in_force else []
    return [
        *own,
        Offer(BLANK, words.t("rules.start.blank")),
        *(Offer(start.value, preset_title(words, start)) for start in presets.starts(decides)),
    ]


def preset_title(words: Words, start: Start) -> str:
    """``労働者協同組合:特別議決``."""
    name = words.t(f"presets.{start.preset}.title")
    return words.t("presets.document", preset=name, document=words.t(f"presets.{start.preset}.{start.name}"))


def _suiting(answer: Answer, decides: str) -> Answer:
    """Without methods that can't decide such proposals, unless the document names one."""
    if answer.question != "method":
        return answer
    suits = {one.NAME for one in method.MODULES if rules.misfit(decides, one) is None} | {answer.chosen}
    return answer._replace(modules=tuple(name for name in answer.modules if name in suits))


async def context(
    reading: Reading, words: Words, values: Values, drafted: Drafted, classes: Collection[str], *, in_force: bool
) -> dict[str, Any]:
    """Everything that the form's template shows. Faults are put where the form has a place for them."""
    document, decides = drafted.document or {}, one(values, "decides")
    answers = [_suiting(answer, decides) for answer in rule_form.answers(document, classes, words.areas)]
    table = document.get("weight")
    weights = table.get("weights") if isinstance(table, dict) and table.get("module") == "table/1" else None
    people = {} if weights is None else await _people(reading, one(values, "find"), weights)
    places = rule_form.paths(answers) | {f"weight/weights/{id_}" for id_ in people}
    chosen = one(values, START) or (IN_FORCE if in_force else BLANK)
    return {
        "answers": answers,
        "channels": rule_form.channels(document),
        "all_channels": CHANNELS,
        "errors": {_place(path, places): told for path, told in drafted.errors.items()},
        "fractions": rule_form.usual,
        "offers": offers(words, decides, in_force=in_force),
        # Once open it stays so, whatever is taken back in it.
        "further_open": bool(one(values, "further")) or any(question in document for question in UNANSWERED),
        "optional": tuple(UNANSWERED),
        "other": rule_form.OTHER,
        "people": people,
        "start": chosen,
        "start_from": find(chosen, decides),
        "words": words,
    }


def _place(path: str, places: Collection[str]) -> str:
    """The nearest place around the fault that the form shows; the path itself where there is none."""
    around = path
    while around not in places and "/" in around:
        around = around.rpartition("/")[0]
    return around if around in places else path


async def _people(reading: Reading, asked: str, weights: Mapping[str, Any]) -> dict[str, str]:
    """Who has a weight of their own, and whoever was searched for, by id."""
    named = await reading.names(list(weights))
    found = await find_people(reading, asked[:100]) if asked.strip() else []
    return named | {person.id: person.name for person in found[:FOUND]}
