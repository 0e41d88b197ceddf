"""Effects that change what the co-op goes by: its rules, its policies, its articles, the key of its log."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from governance import outcome, standing
from governance.books import articles, rules
from governance.count import Count, Paper
from governance.documents import Fault
from governance.effects.base import Decision, Effect, inside
from governance.modules.questions import Ask, Roll
from governance.outcome import Votes
from governance.rule import Rule
from governance.standing import Standing
from ledger.books import operator, policies
from ledger.books.members import Member
from ledger.errors import FormatError, Refusal
from ledger.fold import Context, Moment
from ledger.signed_note import parse_vkey

_FEW: Final = 20


class AdoptRule(Effect, frozen=True):
    """A rule for a kind of proposal comes into force, for votes that open from then on."""

    NAME = "rule"
    KINDS = ("rules",)

    kind: str
    document: dict[str, Any]

    def check(self) -> None:
        """The document must be possible for that kind."""
        if self.kind not in rules.ALL:
            raise Fault("kind", "unknown_kind")
        with inside("document"):
            rules.check(self.kind, self.document)

    def execute(self, moment: Moment, decision: Decision) -> None:
        """Refused when nobody could vote under it; and where it decides about rules, when nothing could pass under it
        as the members stand: nobody could ever change it back.
        """
        found = rules.check(self.kind, self.document)
        panel = found.electorate.panel()
        who = found if panel is None else msgspec.structs.replace(found, electorate=panel.of)
        if self.kind == rules.RULES or not _some_vote(moment, who):
            everyone = list(standing.everyone(moment.state, found.needs, (moment.index, moment.time)))
            roll = who.roll(everyone, Ask(opens_at=moment.time))
            if roll.heads == 0:
                raise Refusal("rule.nobody_may_vote", kind=self.kind)
            if self.kind == rules.RULES and not (_can_be_called(found, everyone) and _can_pass(found, roll)):
                raise Refusal("rule.nothing_passes", kind=self.kind)
        rules.adopt(moment, self.kind, self.document, decision.proposal)


def _some_vote(moment: Moment, rule: Rule) -> bool:
    """Whether any of a few members has a vote: then nobody need read all of them, of whom there may be a million."""
    few = moment.state.children(Member, limit=_FEW)
    stands = (standing.one(moment.state, rule.needs, member.id, (moment.index, moment.time)) for member in few)
    return any(rule.on_roll(one, Ask(opens_at=moment.time)) for one in stands)


def _can_be_called(rule: Rule, everyone: list[Standing]) -> bool:
    active = [member for member in everyone if member.active]
    return any(rule.admission.admits(member) for member in active) and len(active) > rule.admission.seconders()


def _can_pass(rule: Rule, roll: Roll) -> bool:
    """Whether it passes when everyone is for it, in a meeting's first or second convocation."""
    panel, for_ = rule.electorate.panel(), rule.method.choices(Paper())[0]
    heads = roll.heads if panel is None else min(roll.heads, panel.size)
    houses = roll.classes if rule.by_class else {"": Count(heads, roll.weight)}
    votes = Votes({house: {for_: count} for house, count in houses.items()})
    asked = (votes._replace(convocation=number) for number in (1, 2))
    return any(outcome.decide(rule, roll, each, Paper())[1].result == "passed" for each in asked)


class AdoptPolicy(Effect, frozen=True):
    """A policy document of an area comes into force."""

    NAME = "policy"
    KINDS = ("policy",)

    area: str
    document: dict[str, Any]

    def check(self) -> None:
        """The document must be possible for that area."""
        if self.area not in policies.AREAS:
            raise Fault("area", "unknown_area")
        with inside("document"):
            policies.check(self.area, self.document)

    def execute(self, moment: Moment, decision: Decision) -> None:
        """By the policies' own verb."""
        policies.adopt(moment, self.area, self.document, decision.proposal)


class ChangeLogKey(Effect, frozen=True):
    """The log gets another key: whoever holds it may come forward. It needs what a change of the rules needs."""

    NAME = "log_key"
    KINDS = ("rules",)

    vkey: str

    def check(self) -> None:
        """It can be read."""
        try:
            parse_vkey(self.vkey)
        except FormatError as error:
            raise Fault("vkey", "not_a_key") from error

    def refer(self, ctx: Context) -> None:
        """A key of this log's name that is nobody's yet."""
        operator.check_new(ctx.state, self.vkey)

    def execute(self, moment: Moment, decision: Decision) -> None:
        """By the operator's own verb."""
        operator.decide(moment, self.vkey, decision.proposal)


class AdoptArticles(Effect, frozen=True):
    """The proposal's text, in the version voted on, becomes the articles of association (定款)."""

    NAME = "articles"
    KINDS = ("special",)

    def execute(self, moment: Moment, decision: Decision) -> None:
        """As the next version of the articles."""
        articles.adopt(moment, decision.proposal)
