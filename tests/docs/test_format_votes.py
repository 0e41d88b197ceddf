"""What docs/format.md says of ballots, lots and meetings is what the programs do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from governance import lots
from governance.all_books import BOOKS
from governance.books.convening import MAX_AGENDA, MAX_SIGNERS
from governance.books.hands import MOST as MOST_HANDS
from governance.books.notices import MOST as MOST_NOTIFIED
from governance.count import ABSTAIN, MAX_OPTIONS, MAX_PROJECTS, Paper, options
from governance.modules.method import MODULES
from governance.modules.method.majority_judgement import MAX_GRADES
from governance.modules.method.projects import MAX_APPROVALS
from governance.modules.method.quadratic import MAX_CREDITS
from governance.modules.method.score import MAX_SCORE
from governance.modules.method.weighted import MAX_POINTS
from governance.rule import MAX_CHOICE, Rule, accepts, parse
from ledger import canonical
from tests.governance.documents import CHOICE, document

PAGE = (Path(__file__).parents[2] / "docs" / "format.md").read_text(encoding="utf-8")
METHOD, BODY = "| `method` |", "| statement | body |"
NUMBER = "[1-9][0-9]*"
GRAMMAR = {
    "*option*": f"option_{NUMBER}",
    "*approvals*": f"{NUMBER}(,{NUMBER})*",
    "*amounts*": f"{NUMBER}:{NUMBER}(,{NUMBER}:{NUMBER})*",
    "*ranking*": f"{NUMBER}(={NUMBER})*(>{NUMBER}(={NUMBER})*)*",
}
TRIED = (
    *("yes", "no", "consent", "object", "option_1", "option_01", "option_3", "", " 1", "1 ", "１"),
    *("1", "0", "1,2", "2,1", "1,,2", "1:1", "1:0", "1:1,2:2", "1:5,3:2", "3:2,1:5", "1:70,3:30"),
    *("1>2", "1=2", "2=1", "3>1=2", "1>1", "lowest"),
)


def table(head: str) -> list[list[str]]:
    """The cells of a table's rows."""
    rows = PAGE[PAGE.index(head) :].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def code(cell: str) -> str:
    (found,) = re.findall("`(.*?)`", cell)
    return str(found)


def rule_of(row: list[str]) -> tuple[Rule, Paper]:
    number = int(row[4])
    plain = CHOICE if number else document()
    method = {"module": code(row[0]), **json.loads(code(row[3]))}
    if code(row[0]) == "consent/1":
        plain = plain | {"threshold": {"module": "no_objection/1"}}
    return parse(plain | {"method": method}), Paper(number, 1, (1,) * number, number)


def test_every_method_has_its_row() -> None:
    assert {code(row[0]) for row in table(METHOD)} == {module.NAME for module in MODULES}


@pytest.mark.parametrize("row", table(METHOD), ids=lambda row: str(row[0]))
def test_what_a_ballot_may_say(row: list[str]) -> None:
    rule, paper = rule_of(row)
    assert accepts(rule, paper, code(row[5]))
    assert not accepts(rule, paper, code(row[6]))
    assert accepts(rule, paper, ABSTAIN)


@pytest.mark.parametrize("row", table(METHOD), ids=lambda row: str(row[0]))
def test_nothing_else_than_the_grammar_is_taken(row: list[str]) -> None:
    rule, paper = rule_of(row)
    named = [GRAMMAR[name] for name in re.findall(r"\*\w+\*", row[1])]
    grammar = "|".join([*named, *re.findall("`(.*?)`", row[1])])
    taken = [choice for choice in TRIED if accepts(rule, paper, choice)]
    assert taken
    assert all(re.fullmatch(grammar, choice, re.ASCII) for choice in taken)


def test_bounds_are_as_the_page_says() -> None:
    assert MAX_CHOICE == 8_000
    assert (MAX_OPTIONS, MAX_PROJECTS, MAX_APPROVALS) == (200, 10_000, 1_000)
    assert (MAX_SCORE, MAX_GRADES, MAX_POINTS, MAX_CREDITS) == (100, 10, 1_000, 10_000)
    assert (MAX_AGENDA, MAX_SIGNERS, MOST_NOTIFIED, MOST_HANDS) == (50, 5, 200, 5_000)
    bounds = [row[2] for row in table(METHOD)]
    for bound in (MAX_SCORE, MAX_GRADES, MAX_POINTS, MAX_CREDITS, MAX_APPROVALS):
        assert any(f"{bound:,} at most" in said for said in bounds)


def test_the_lots_are_drawn_as_shown() -> None:
    (root,) = re.findall(r"coop.example/owase\n3\n(.*?)\n\n— ", PAGE)
    seed = lots.seed("coop.example/owase", "prop_" + "b" * 26, canonical.unb64(root, 32))
    order = lots.order(seed, options(Paper(3)))
    assert f"so `order` is `{json.dumps(order)}`" in PAGE
    drawn, among = lots.draw(seed, ["mem_" + letter * 26 for letter in "abcd"], 2)
    last = canonical.b64(lots.ticket(seed, drawn[-1]))
    assert f"with `among` {among} and `last` `{last}`" in PAGE
    assert f"{lots.ticket(seed, drawn[-1]).hex()} {drawn[-1]}" in PAGE


def bodies() -> dict[str, dict[str, bool]]:
    """Of every statement about meetings the members of its body, and whether they may be left out."""
    return {
        type_: {field.name: not field.required for field in msgspec.structs.fields(handler.body)}
        for type_, handler in BOOKS.handlers.items()
        if type_.partition(".")[0] in ("meeting", "proxy", "minutes")
    }


def test_every_statement_about_meetings_has_its_row_with_its_body() -> None:
    found = {type_: row[1] for row in table(BODY) for type_ in re.findall("`(.*?)`", row[0])}
    assert found.keys() == bodies().keys()
    for type_, body in bodies().items():
        if type_ == "meeting.amend/1":
            left_out = {"kind", "chair", "signers", "series", "after"}
            assert body.keys() == {"meeting", *bodies()["meeting.convene/1"].keys() - left_out}
            continue
        said = {name: bool(mark) for name, mark in re.findall(r"`(\w+)`(\?)?", re.sub(r"\(.*?\)", "", found[type_]))}
        assert said == body
