"""Both halves say the same about any document that a statement may hold, as it should be or not."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.texts import LANGUAGES
from app.texts.sentence_template import SentenceError
from app.texts.sentences import Sentences
from ledger import canonical
from tests.documents import ANYTHING, CODES, COMMONS, MEMBERS, Json, rules, spoilt
from tests.js.test_js import ROOT, node
from tests.ledger.test_vectors import read

ROWS = read("sentences")["rows"]
Browser = Callable[[dict[str, Any]], Any]
SETTINGS = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ANY_RULE = st.one_of(rules(), spoilt(rules()))
ANY_MEMBERS = st.one_of(MEMBERS, spoilt(MEMBERS))
ANY_COMMONS = st.one_of(COMMONS, spoilt(COMMONS))
COUNTS = st.fixed_dictionaries({"heads": st.integers(0, 2), "weight": st.integers(0, 2)})
ABOUT = ["elect", "suspend", "expel", "mint", "project", "allot", "federation", "articles"]
EFFECTS = st.one_of(
    st.fixed_dictionaries({"effect": st.just("rule"), "kind": CODES, "document": ANY_RULE}),
    st.fixed_dictionaries({"effect": st.just("policy"), "area": st.just("members"), "document": ANY_MEMBERS}),
    st.fixed_dictionaries({"effect": st.just("policy"), "area": st.just("commons"), "document": ANY_COMMONS}),
    spoilt(st.fixed_dictionaries({"effect": st.just("admit"), "applicant": CODES, "class": CODES})),
    spoilt(
        st.fixed_dictionaries(
            {"effect": st.sampled_from(ABOUT)},
            optional={
                "member": CODES,
                "lead": CODES,
                "role": CODES,
                "scope": CODES,
                "origin": CODES,
                "until": st.none(),
                "from": st.none(),
                "amount": st.integers(-1, 9),
                "candidates": st.lists(CODES, max_size=2),
            },
        )
    ),
    ANYTHING,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser's half, asked line by line."""
    with subprocess.Popen(
        [node(), "tests/js/speaker.js"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        pipe_in, pipe_out = process.stdin, process.stdout
        assert pipe_in is not None
        assert pipe_out is not None

        def ask(request: dict[str, Any]) -> Any:
            pipe_in.write(json.dumps(request).encode() + b"\n")
            pipe_in.flush()
            return json.loads(pipe_out.readline())

        yield ask
        pipe_in.close()


def agree(browser: Browser, type_: str, change: Json, privates: Json) -> None:
    row = next(row for row in ROWS if f'"type":"{type_}"' in row["statement"])
    statement = canonical.decode(row["statement"].encode())
    statement["body"] |= change
    for lang in LANGUAGES:
        said: Any
        try:
            said = Sentences(lang).of(statement, privates)
        except SentenceError as error:
            said = {"code": error.code}
        request = {"lang": lang, "statement": canonical.encode(statement).decode(), "privates": privates}
        assert browser(request) == said


@SETTINGS
@given(effects=st.lists(EFFECTS, min_size=1, max_size=3), value=ANYTHING)
def test_proposals(browser: Browser, effects: list[Any], value: Any) -> None:
    agree(browser, "proposal.draft/1", {"effects": effects}, {"effects/0/document/kinds/0/name": value, "text": value})


@SETTINGS
@given(found=st.dictionaries(CODES, ANY_RULE, max_size=4), policies=spoilt(
    st.fixed_dictionaries({"commons": ANY_COMMONS, "members": ANY_MEMBERS})))  # fmt: skip
def test_foundings(browser: Browser, found: Json, policies: Json) -> None:
    agree(browser, "ledger.genesis/1", {"rules": found, "policies": policies}, {})


@SETTINGS
@given(tally=st.dictionaries(CODES, st.one_of(ANYTHING, COUNTS, spoilt(COUNTS)), max_size=3))
def test_counts(browser: Browser, tally: Json) -> None:
    agree(browser, "proposal.count/1", {"tally": tally}, {})


@SETTINGS
@given(terms=spoilt(st.fixed_dictionaries({"title": st.just({"commit": "AAAA"}), "cost": st.integers(0, 9),
    "needs_confirmation": st.booleans(), "cancellation": st.dictionaries(
        st.sampled_from(["free_hours", "numerator", "denominator"]), st.integers(-1, 5))})))  # fmt: skip
def test_offers(browser: Browser, terms: Json) -> None:
    agree(browser, "resource.update/1", {"terms": terms}, {})


_OPTIONS = st.integers(1, 210)
_MARKS = st.one_of(
    _OPTIONS.map(str), st.tuples(_OPTIONS, st.integers(0, 1_000_000)).map(lambda pair: f"{pair[0]}:{pair[1]}")
)
BALLOTS = st.one_of(
    st.lists(_MARKS, min_size=1, max_size=8).flatmap(
        lambda marks: st.lists(st.sampled_from([",", ">", "="]), min_size=len(marks), max_size=len(marks)).map(
            lambda between: "".join(mark + sign for mark, sign in zip(marks, between, strict=True))[:-1]
        )
    ),
    st.lists(_OPTIONS, min_size=2, max_size=30, unique=True).map(lambda named: ">".join(map(str, named))),
    st.text("0123456789,:>=", max_size=12),
)


@SETTINGS
@given(choice=BALLOTS)
def test_ballots(browser: Browser, choice: str) -> None:
    agree(browser, "ballot.cast/1", {"choice": choice}, {})
