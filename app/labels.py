"""What a co-op calls its kinds of contribution: its own words where it has given any, else the catalogue's."""

from __future__ import annotations

from app.reading import Reading
from app.texts import Catalogue
from governance.books.proposals import Proposal
from ledger import canonical, private
from ledger.books.policies import Policy, PolicyHead
from ledger.statement import parse_leaf


async def commons(reading: Reading) -> Policy:
    """The commons policy in force."""
    head = await reading.find(PolicyHead, "commons")
    policy = None if head is None else await reading.find(Policy, f"commons/{head.version}")
    if policy is None:
        raise LookupError("a founded co-op has a commons policy")
    return policy


async def kind_labels(reading: Reading, policy: Policy, texts: Catalogue, lang: str) -> dict[str, str]:
    """Name of each kind of contribution in a version of the policy, by code."""
    own = await _own_words(reading, policy)
    labels: dict[str, str] = {}
    for kind in policy.commons().kinds:
        word = own.get(kind.name.commit) if kind.name is not None else None
        key = f"kinds.{kind.code}"
        labels[kind.code] = word or (texts.t(lang, key) if key in texts.keys(lang) else kind.code)
    return labels


async def _own_words(reading: Reading, policy: Policy) -> dict[str, str]:
    """Names by commitment. A commitment is bound to the statement that proposed it, so it is opened there."""
    if not any(kind.name for kind in policy.commons().kinds):
        return {}
    proposal = await reading.find(Proposal, policy.proposal) if policy.proposal else None
    where = "statement_id = $2" if proposal else "index = 0 AND $2::bytea IS NULL"
    leaf = await reading.pool.fetchval(
        f"SELECT leaf FROM entry WHERE ledger_id = $1 AND {where}",  # noqa: S608 (two fixed conditions)
        reading.ledger_id,
        canonical.unb64(proposal.statement) if proposal else None,
    )
    entry = parse_leaf(leaf)
    statement = canonical.b64(entry.id)
    paths = dict(private.commitments(entry.statement.body))
    opened = await reading.texts([(statement, path) for path in paths])
    return {paths[path]: str(value) for (_, path), value in opened.items()}
