"""Rules, steps and faults have words in both languages, and say what they mean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from app.decisions import rule_form, rule_spelling
from app.decisions.effect_words import rule_changes
from app.decisions.steps import BY_OTHER, tell_step
from app.decisions.words import Words
from app.texts import LANGUAGES, Catalogue
from governance import rule
from governance.count import Count, Step
from governance.modules.method import MODULES as METHODS
from tests.documents import rules
from tests.governance.deciding import decide
from tests.governance.documents import CHOICE, document, quorum, share

TEXTS = Catalogue.load()
MODULES = Path(rule.__file__).parent


def words(lang: str) -> Words:
    return Words(TEXTS, lang, 540)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_that_a_rule_describes_itself_with_has_a_text(lang: str) -> None:
    assert set(rule.KEYS) - TEXTS.keys(lang) == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_that_a_rule_is_refused_for_has_a_text(lang: str) -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in MODULES.rglob("*.py"))
    reasons = set(re.findall(r'Fault\([^,()]+, "([a-z_]+)"\)', sources)) | set(
        re.findall(r'reason="([a-z_]+)"', sources)
    )
    assert len(reasons) > 15
    assert {f"rules.fault.{reason}" for reason in reasons} - TEXTS.keys(lang) <= {
        # Not reached by any form: an effect is always one of those there are, at most twenty of its own kind.
        f"rules.fault.{reason}"
        for reason in ("unknown_effect", "wrong_kind", "too_many", "not_a_time")
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_answer_field_and_setting_of_the_form_has_a_name(lang: str) -> None:
    told = words(lang)
    for question, modules in rule.QUESTIONS.items():
        assert told.t(f"rules.question.{question}")
        assert told.t(f"rules.question.{question}.help")
        for module in modules:
            assert told.module(question, module.NAME)
            spelt = rule_spelling.document({f"{question}/module": [module.NAME]})
            for answer in rule_form.answers(spelt, ["member"]):
                for control in answer.controls:
                    assert told.field(control)
                    assert all(told.setting(control, option) for option in control.options)
    assert all(told.t(f"rules.channel.{channel}") for channel in rule.CHANNELS)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=rules())
def test_any_rule_is_read_aloud_by_question(document: dict[str, Any]) -> None:
    found = rule.parse(document)
    for lang in LANGUAGES:
        told = words(lang)
        by_question = told.answers(found)
        assert list(by_question.values())[:-1] == told.rule(found)[: len(by_question) - 1]
        assert all(by_question.values())
        assert not re.search(r"[{}]|None|mem_[a-z2-7]{26}", " ".join(by_question.values()))


def test_conditions_are_numbered() -> None:
    parts = [share("1/2", "all", strict=False) | {"unit": "heads"}, share("2/3", "all", strict=False)]
    found = rule.parse(document(threshold={"module": "all_of/1", "parts": parts}))
    assert words("ja").answers(found)["threshold"] == (
        "可決には、次のすべてが要ります。(1)可決の条件:賛成が、議決権者全員の票の2分の1以上。票の重みによらず、人数で数えます。"
        "(2)可決の条件:賛成が、議決権者全員の票の3分の2以上。"
    )
    assert words("en").answers(found)["threshold"] == (
        "To pass takes all of these. (1) To pass, yes needs at least half of all votes on the roll. This is counted by "
        "heads, whatever votes weigh. (2) To pass, yes needs at least two thirds of all votes on the roll."
    )


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"threshold": share("1/2", "cast", strict=True)}, "可決の条件:賛成が、有効な投票の過半数。"),
        ({"threshold": share("2/3", "all", strict=False)}, "可決の条件:賛成が、議決権者全員の票の3分の2以上。"),
        ({"quorum": quorum("heads", "2/3", strict=True)}, "成立に必要な投票者の数(定足数):議決権者の3分の2を超える。"),
        ({"electorate": {"module": "by_class/1", "classes": ["member", "junior"]}},
         "投票できるのは、投票が始まるときに在籍している次の区分の人です:組合員、junior。"),
        ({"weight": {"module": "by_class/1", "weights": {"member": 3}, "others": 1}},
         "一票の重みは区分で決まります:組合員 3、そのほか 1。"),
        ({"timing": {"module": "fixed/1", "voting_seconds": 604_800, "delay_seconds": 5400,
                     "timelock_seconds": 86_400}},
         "投票の期間は7日です。呼びかけから投票の開始まで、1時間と30分以上あけます。可決してから1日後に実行します。"),
    ],
)  # fmt: skip
def test_a_rule_read_aloud(answers: dict[str, Any], said: str) -> None:
    assert said in words("ja").rule(rule.parse(document(**answers)))


def test_a_meetings_rule_speaks_of_who_is_present() -> None:
    found = rule.parse(
        document(
            venue={"module": "meeting/1", "kinds": ["general"], "motions": False},
            quorum={"module": "all_of/1", "parts": [quorum("heads", "1/2", strict=False), {"module": "none/1"}]},
            threshold=share("2/3", "present", strict=False),
            timing={"module": "fixed/1", "voting_seconds": 60, "delay_seconds": 864_000, "timelock_seconds": 86_400},
        )
    )
    told = words("ja").rule(found)
    assert "可決の条件:賛成が、出席した人の票の3分の2以上。" in told
    assert (
        "会議の10日前までに招集します(日数には、招集の日と会議の日を入れません)。"
        "招集のときから、議長が採決を締め切るまで投票できます。可決してから1日後に実行します。" in told
    )
    assert any("議決権者の2分の1以上。書面や投票、委任状も出席に数えます。" in line for line in told)


def test_a_choice_speaks_of_the_leading_option() -> None:
    found = rule.parse(CHOICE | {"threshold": share("1/2", "cast", strict=True)})
    assert "可決の条件:いちばん多い選択肢が、有効な投票の過半数。" in words("ja").rule(found)


def votes(n: int) -> str:
    return f"{n}票"


def points(n: int) -> str:
    return f"{n}点"


def test_the_steps_of_a_count_have_their_numbers() -> None:
    found = rule.parse(
        document(quorum=quorum("heads", "1/2", strict=False), threshold=share("1/2", "cast", strict=True))
    )
    tally = {"yes": Count(3, 3), "no": Count(3, 3), "abstain": Count(1, 1)}
    outcome = decide(found, Count(14, 14), tally, 0)
    steps = [tell_step(words("ja"), step, votes, chooses=False, tie="否決です。") for step in outcome.steps]
    assert [(step.asked, step.found, step.holds) for step in steps] == [
        ("議決権者 14人の2分の1以上、つまり7人以上の投票が要ります。", "投票したのは7人でした。", True),
        ("有効な投票 7票の過半数、つまり4票以上の賛成が要ります。", "賛成は3票でした。", False),
        ("3票ずつで並びました。", "否決です。", True),
    ]
    assert [step.short for step in steps] == ["", "あと1票足りません。", ""]


def test_what_a_count_has_chosen_need_not_have_most_votes() -> None:
    ahead = Step("threshold", "weight", 30, "over", None, "rival", 29, 30, holds=True)
    cheaper = Step("threshold", "weight", 23, "over", None, "rival", 29, 30, holds=True)
    first, second = (tell_step(words("ja"), step, points, chooses=True) for step in (ahead, cheaper))
    assert (first.asked, first.found) == (
        "いちばん多い選択肢が、次に多い選択肢(29点)を上回る必要があります。",
        "いちばん多い選択肢は30点でした。",
    )
    assert "上回る" not in second.asked + second.found
    assert second.found == "ありました。"
    graded = tell_step(words("ja"), ahead, str, chooses=True, method="majority_judgement/1")
    assert (graded.asked, graded.found) == (second.asked, second.found)


def test_methods_that_do_not_count_most_votes_exist() -> None:
    assert {method.NAME for method in METHODS} >= BY_OTHER


def test_in_a_meeting_a_quorum_is_of_those_present() -> None:
    found = rule.parse(document(quorum=quorum("heads", "1/2", strict=False)))
    (step, *_) = decide(found, Count(14, 14), {"yes": Count(5, 5)}, 0).steps
    told = tell_step(words("ja"), step, str, chooses=False, met=True)
    assert told.asked == "議決権者 14人の2分の1以上、つまり7人以上の出席が要ります。"
    english = tell_step(words("en"), step, str, chooses=False, met=True)
    assert english.asked == "At least half of 14 members on the roll must be present: at least 7."
    assert told.found == "出席は、書面や投票、委任状を含めて5人です。"
    assert told.short == "あと2人足りません。"


def test_a_comparison_says_its_label_once() -> None:
    changes = {change.label: change.after for change in rule_changes(words("ja"), None, document())}
    assert changes["可決の条件"] == "賛成が、賛成と反対を合わせた票の過半数。"
