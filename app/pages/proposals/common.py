"""What the pages about proposals have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from litestar import Request

from app.api.problems import Problem, language
from app.decisions.effect_words import current_rule
from app.decisions.items import item_labels
from app.decisions.listing import Item
from app.decisions.words import Words
from app.installation import Installation
from app.labels import given_up, in_force
from app.naming import sees_titles
from app.reading import Reading
from app.visit import Visit
from governance.books import ballots
from governance.books.proposals import Proposal, as_called
from governance.books.rules import RuleVersion
from governance.count import MAX_OPTIONS
from governance.rule import Rule
from ledger.books.members_policy import MembersPolicy
from ledger.books.policies import Policy, PolicyHead
from ledger.state import State, each

Asked = Request[Any, Any, Any]


def words_of(request: Asked, visit: Visit) -> Words:
    """The manner of telling about decisions to this reader."""
    return Words(request.app.state.texts, language(request), visit.coop.utc_offset)


async def area_words_of(request: Asked, visit: Visit) -> Words:
    """The same with the names of the areas: where those are told, or rules that may be about some."""
    texts, lang = request.app.state.texts, language(request)
    areas = await in_force(visit.reading, "areas", texts, lang)
    gone = await given_up(visit.reading, texts, lang)
    return Words(texts, lang, visit.coop.utc_offset, areas, gone["areas"])


async def need_proposal(visit: Visit, id_: str) -> Proposal:
    """The proposal, or a page that says there is none."""
    proposal = await visit.reading.find(Proposal, id_)
    if proposal is None:
        raise Problem("proposal.unknown", 404)
    return proposal


def need_member(visit: Visit) -> str:
    """The id of the member who asks; the route's access has made sure of one."""
    if visit.member is None:
        raise Problem("access.sign_in", 401)
    return visit.member.id


async def rule_of(reading: Reading, proposal: Proposal) -> tuple[RuleVersion, Rule]:
    """The rule that decides it, as it was called: pinned at its opening, before that the one in force."""
    version = None
    if proposal.opened_index is not None and proposal.rule is not None:
        version = await reading.find(RuleVersion, proposal.rule)
    version = version or await current_rule(reading, proposal.decides)
    if version is None:
        raise LookupError("a proposal has a rule")
    rule = version.rule()
    return version, rule if proposal.called_at is None else as_called(rule, proposal)


async def votable(installation: Installation, visit: Visit, items: Iterable[Item]) -> set[str]:
    """Ids of those among the proposals on which the reader can vote now, on a device of their own."""
    if visit.member is None:
        return set()
    member, asked = visit.member.id, {}
    opened = [one.proposal for one in items if one.stage == "voting" and one.proposal.opened_index is not None]
    # All at once, so that they are at hand then.
    await visit.reading.find_many(RuleVersion, (one.rule for one in opened if one.rule is not None))
    for proposal in opened:
        _, rule = await rule_of(visit.reading, proposal)
        if "online" in rule.channels:
            asked[proposal.id] = proposal, rule

    def question(state: State) -> set[str]:
        weights = each(partial(ballots.voting_weight, state, p, rule, member) for p, rule in asked.values())
        return {id_ for id_, weight in zip(asked, weights, strict=True) if weight > 0}

    return await installation.ask(visit.reading.ledger, question) if asked else set()


async def members_policy(reading: Reading) -> MembersPolicy:
    """The members' policy in force."""
    head = await reading.find(PolicyHead, "members")
    policy = None if head is None else await reading.find(Policy, f"members/{head.version}")
    if policy is None:
        raise LookupError("a founded co-op has a members' policy")
    return policy.members()


async def texts_of(visit: Visit, proposal: Proposal, statement: str | None = None) -> tuple[str, str, list[str]]:
    """Title, text and options of the version that a statement said, as far as the reader may see them."""
    if not sees_titles(visit):
        return "", "", []
    said = statement or proposal.statement
    # An older version may have had other options: as many as were kept for it.
    most = len(proposal.options) if said == proposal.statement else MAX_OPTIONS
    paths = ["title", "text", *(f"options/{n}" for n in range(most))]
    found = await visit.reading.texts([(said, path) for path in paths])
    options = [str(found[said, path]) for path in paths[2:] if (said, path) in found]
    return str(found.get((said, "title"), "")), str(found.get((said, "text"), "")), options


async def labels_of(visit: Visit, proposal: Proposal, options: Sequence[str], *choices: str) -> dict[int, str]:
    """What options are called, by number: a proposal's own, or those of a round's items that ``choices`` name."""
    if not proposal.items:
        return dict(enumerate(options, 1))
    numbers = {int(number) for choice in choices for number in re.findall("[0-9]+", choice)}
    return await item_labels(visit.reading, proposal, numbers, titles=sees_titles(visit))


def said_names(proposal: Proposal, title: str, labels: Mapping[int, str]) -> dict[str, str]:
    """What the signing dialog calls the proposal and its options."""
    named = {f"{proposal.id}/option_{number}": label for number, label in labels.items()}
    return named | ({proposal.id: title} if title else {})


def paragraphs(text: str) -> Sequence[str]:
    """A text as its paragraphs."""
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
