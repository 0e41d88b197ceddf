"""Documents inside statements are said in words, wholly, and different ones differently."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.texts import LANGUAGES
from app.texts import sentence_template as template
from app.texts.sentence_template import MAX_ITEMS, parse
from app.texts.sentences import Sentences, catalogue
from governance import presets, rule
from governance.count import Count
from ledger import canonical
from ledger.books import policies
from ledger.books.commons_policy import UNITS, BookingTerms
from tests.documents import ANYTHING, CODES, COMMONS, POLICIES, Json, rules, spoilt
from tests.ledger.test_vectors import read

UNSAID = {
    "credential": "a passkey's own id means nothing to people",
    "availability/kind": "opening hours say that it is a calendar",
    "terms/cancellation": "an empty one is none",
    "free_hours": "cancelling is always free",
    "denominator": "said with its numerator, or nothing is charged at all",
    "last/signatures": "whether they hold is checked; nobody could read them",
}
"""All that sentences pass over with ``{-path}``, and why."""
SETTINGS = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
AREAS = st.sampled_from(sorted(POLICIES))


ROWS = read("sentences")["rows"]


def example(type_: str) -> Json:
    """A statement of that type."""
    text = next(row["statement"] for row in ROWS if f'"type":"{type_}"' in row["statement"])
    found: Json = canonical.decode(text.encode())
    return found


DRAFT = example("proposal.draft/1")


def effect(lang: str, document: Json, privates: Json | None = None) -> str:
    """What a proposal with that effect says of it."""
    statement = DRAFT | {"body": DRAFT["body"] | {"effects": [document]}}
    return Sentences(lang).of(statement, privates).partition("\n")[2]


def adopting(lang: str, document: Json, privates: Json | None = None) -> str:
    return effect(lang, {"effect": "rule", "kind": "ordinary", "document": document}, privates)


def changing(lang: str, area: str, document: Json, privates: Json | None = None) -> str:
    return effect(lang, {"effect": "policy", "area": area, "document": document}, privates)


def paths_in(said: str) -> list[str]:
    return re.findall(r"effects/0[a-z0-9_/]*=", said)


@SETTINGS
@given(document=rules())
def test_any_rule_is_said_in_words_alone(document: Json) -> None:
    rule.parse(document)
    for lang in LANGUAGES:
        assert not paths_in(adopting(lang, document))


@SETTINGS
@given(area=AREAS, data=st.data())
def test_any_policy_is_said_in_words_alone(area: str, data: st.DataObject) -> None:
    document = data.draw(POLICIES[area])
    policies.check(area, document)
    for lang in LANGUAGES:
        left = [path for path in paths_in(changing(lang, area, document)) if not path.endswith("transfer_cap=")]
        assert not left  # a limit of null is said as no limit, and once more as it stands


@SETTINGS
@given(documents=st.tuples(rules(), rules()), question=st.sampled_from([*rule.QUESTIONS, "channels"]))
def test_different_rules_are_said_differently(documents: tuple[Json, Json], question: str) -> None:
    one = documents[0]
    other = {name: answer for name, answer in one.items() if name != question}
    other |= {question: documents[1][question]} if question in documents[1] else {}
    assume(one != other)
    for lang in LANGUAGES:
        assert adopting(lang, one) != adopting(lang, other)


@SETTINGS
@given(area=AREAS, data=st.data())
def test_different_policies_are_said_differently(area: str, data: st.DataObject) -> None:
    one, two = data.draw(POLICIES[area]), data.draw(POLICIES[area])
    name = data.draw(st.sampled_from(sorted(two)))
    other = one | {name: two[name]}
    assume(policies.AREAS[area](one) != policies.AREAS[area](other))
    for lang in LANGUAGES:
        assert changing(lang, area, one) != changing(lang, area, other)


@SETTINGS
@given(document=spoilt(rules()), key=CODES, value=ANYTHING)
def test_nothing_put_into_a_rule_stays_unsaid(document: Json, key: str, value: Any) -> None:
    """By a word of its own or by path and value: what differs is never said alike."""
    assume(key not in document)
    for lang in LANGUAGES:
        assert adopting(lang, document) != adopting(lang, document | {key: value})
        assert f"effects/0/document/{key}" in adopting(lang, document | {key: value})


@SETTINGS
@given(document=COMMONS, value=ANYTHING)
def test_a_strange_member_deep_in_a_policy_is_shown(document: Json, value: Any) -> None:
    document["kinds"][0] |= {"bonus": value}
    document["bookings"] |= {"fee": value}
    for lang in LANGUAGES:
        said = changing(lang, "commons", document)
        assert "effects/0/document/kinds/0/bonus" in said
        assert "effects/0/document/bookings/fee" in said


PEOPLE_EFFECTS: list[Json] = [
    {"effect": "elect", "role": "auditor", "scope": "coop", "candidates": ["mem_a", "mem_b"], "from": None,
     "until": "2027-03-31T15:00:00.000Z"},
    {"effect": "suspend", "member": "mem_a", "until": None},
    {"effect": "suspend", "member": "mem_a", "until": "2027-03-31T15:00:00.000Z"},
    {"effect": "expel", "member": "mem_a"},
    {"effect": "mint", "member": "mem_a", "amount": 5},
    {"effect": "project", "lead": "mem_a"},
    {"effect": "federation", "origin": "union.example"},
    {"effect": "articles"},
    {"effect": "allot"},
]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_done_to_people_and_the_coop_is_said_in_words(lang: str) -> None:
    said = [effect(lang, document) for document in PEOPLE_EFFECTS]
    assert not [text for text in said if paths_in(text) or "origin=" in text]
    assert len(set(said)) == len(said)
    other = effect(lang, PEOPLE_EFFECTS[0] | {"candidates": ["mem_b", "mem_a"]})
    assert other != said[0]


def test_presets_for_the_record() -> None:
    """One rule as people read it, in full: a change of these words is a change of what members agree to."""
    majority = presets.parse(resources.files(presets).joinpath("simple_majority.json").read_bytes()).rules()["ordinary"]
    assert adopting("ja", majority) == (
        "可決されたら:\n・ふつうの議案の決め方を次のように改める。在籍する組合員の全員が投票できる。ひとり一票。"
        "賛成・反対・棄権から選ぶ。定足数はない。可決の条件は、支持が有効な票(棄権も含む)の過半数。同数は否決。"
        "投票の期間は7日、実行は可決のすぐ後。だれが何を選んだかは台帳に記録される。"
        "投票は自分の端末で、書面で、お手伝い役と一緒にできる。"
    )
    assert adopting("en", majority) == (
        "If it passes:\n- Changes the rule for ordinary matters to: every active member may vote; one member, "
        "one vote; yes, no or abstain; no quorum; to pass takes the support of more than half of the votes cast, "
        "abstentions included; a tie is a rejection; voting lasts 7 days, and takes effect at once; who chose "
        "what is recorded in the ledger; votes come in on one's own device, on paper, with a concierge."
    )


def test_long_lists_are_cut_and_counted() -> None:
    kinds = [{"code": f"kind_{n}", "unit": "day", "tokens": 1} for n in range(MAX_ITEMS + 12)]
    policy = {"kinds": kinds, "mode": "counts", "claim_days": 1, "objection_seconds": 0, "gifts": "off",
              "attestation": {"count": 1, "by": ["member"]}, "bookings": {"payout": "burn"}}  # fmt: skip
    assert f"kind_{MAX_ITEMS - 1}" in changing("ja", "commons", policy)
    assert f"kind_{MAX_ITEMS}" not in changing("ja", "commons", policy)
    assert "、ほか12件" in changing("ja", "commons", policy)
    assert ", and 12 more" in changing("en", "commons", policy)
    strange = {f"n{n}": n for n in range(MAX_ITEMS + 3)}
    assert ", and 5 more" in effect("en", {"effect": "rain", "much": strange, "where": "here"})


def test_equal_rules_are_said_once() -> None:
    row = next(row for row in ROWS if '"type":"ledger.genesis/1"' in row["statement"])
    for lang, joined in (("ja", "加入の議案、ふつうの議案、方針の議案、役の議案:"),
                         ("en", "For admissions, ordinary matters, policies, roles: ")):  # fmt: skip
        assert joined in row[lang][0]
    # Equal means equal in bytes: yes is not one.
    statement = example("ledger.genesis/1")
    statement["body"]["rules"] = {"admit": {"late": True}, "role": {"late": 1}}
    assert "rules/admit/late=true" in (said := Sentences("en").of(statement))
    assert "rules/role/late=1" in said


def test_words_from_outside_are_cleaned_and_cut() -> None:
    said = effect("en", {"effect": "rain", "note": "a\u202eb\n\u0007" + "x" * 400})
    assert "a�b �" in said
    assert "…” (405 characters in all)" in said
    named = changing("en", "commons", {"kinds": {"commit": "AAAA"}}, {"effects/0/document/kinds": "b\nc"})
    assert "effects/0/document/kinds=“b c”" in named


def test_what_the_policy_leaves_out_is_said_as_it_will_hold() -> None:
    terms = BookingTerms(payout="burn")
    days = {"confirm_days": terms.confirm_days, "pickup_days": terms.pickup_days, "settle_days": terms.settle_days}
    policy = {"kinds": [{"code": "a", "unit": "day", "tokens": 1}], "mode": "counts", "claim_days": 1, "gifts": "off",
              "objection_seconds": 0, "attestation": {"count": 1, "by": ["member"]}}  # fmt: skip
    full = {"kinds": [policy["kinds"][0] | {"per": 1}], "bookings": {"payout": "burn"} | days}  # type: ignore[index]
    for lang in LANGUAGES:
        assert changing(lang, "commons", policy | {"bookings": {"payout": "burn"}}) == changing(
            lang, "commons", policy | full
        )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_count_says_weight_where_it_differs_from_heads(lang: str) -> None:
    statement = example("proposal.count/1")

    def told(**tally: Count) -> str:
        statement["body"]["tally"] = {choice: {"heads": c.heads, "weight": c.weight} for choice, c in tally.items()}
        return Sentences(lang).of(statement)

    assert told(yes=Count(1200, 1200)).count("1,200") == 1
    assert {"1,200", "7"} <= set(re.findall("[0-9,]*[0-9]", told(yes=Count(1200, 7))))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_of_the_documents_has_a_word(lang: str) -> None:
    words = catalogue(lang)
    for unit in UNITS:
        assert f"word.each.{unit}" in words
    for base in ("all", "present", "cast", "yes_no"):
        assert f"word.base.{base}" in words


def test_nothing_is_passed_over_but_on_purpose() -> None:
    for lang in LANGUAGES:
        templates = [text for key, text in catalogue(lang).items() if not key.startswith(("word.", "format."))]
        assert {path for text in templates for path in silences(parse(text))} == UNSAID.keys()


def silences(nodes: Any) -> list[str]:
    found = []
    for node in nodes:
        if isinstance(node, template.Silence):
            found.append(node.path)
        elif isinstance(node, template.Each):
            found += silences(node.body)
        elif isinstance(node, template.Test):
            found += silences(node.then) + silences(node.otherwise)
    return found
