"""What a co-op calls its kinds of contribution, the subjects of its proposals and its areas: its own words where it has
given any, else the catalogue's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from app.reading import Reading
from app.texts import Catalogue
from governance.books.proposals import Proposal
from ledger import canonical, private
from ledger.books.policies import Policy, PolicyHead
from ledger.statement import parse_leaf

_WORDS: Final = {"topics": "topic", "areas": "area_of"}
"""As which words sentences look the codes of those lists up."""


async def commons(reading: Reading) -> Policy:
    """The commons policy in force."""
    return await _in_force(reading, "commons")


async def members(reading: Reading) -> Policy:
    """The members' policy in force."""
    return await _in_force(reading, "members")


async def _in_force(reading: Reading, area: str) -> Policy:
    head = await reading.find(PolicyHead, area)
    policy = None if head is None else await reading.find(Policy, f"{area}/{head.version}")
    if policy is None:
        raise LookupError(f"a founded co-op has a policy for {area}")
    return policy


async def kind_labels(reading: Reading, policy: Policy, texts: Catalogue, lang: str) -> dict[str, str]:
    """Name of each kind of contribution in a version of the policy, by code."""
    kinds = policy.commons().kinds
    own = await _own_words(reading, policy) if any(kind.name for kind in kinds) else {}
    return {
        kind.code: (own.get(kind.name.commit) if kind.name is not None else None)
        or plain_label(texts, lang, "kinds", kind.code)
        for kind in kinds
    }


async def member_labels(reading: Reading, policy: Policy, texts: Catalogue, lang: str) -> dict[str, dict[str, str]]:
    """Name of each subject (``topics``) and area (``areas``) in a version of the members' policy, by code."""
    lists = policy.members().lists()
    own = await _own_words(reading, policy) if any(names for _, names in lists.values()) else {}
    return {
        group: {
            code: (own.get(names[code].commit) if code in names else None) or plain_label(texts, lang, group, code)
            for code in codes
        }
        for group, (codes, names) in lists.items()
    }


async def given_up(reading: Reading, texts: Catalogue, lang: str) -> dict[str, dict[str, str]]:
    """What each subject and area was last called that there is no more, by code, said to be given up; codes that never
    had a name are left out.
    """
    present, *former = await reading.children(Policy, "members", newest_first=True)
    now = {group: set(codes) for group, (codes, _) in present.members().lists().items()}
    found: dict[str, dict[str, str]] = {group: {} for group in now}
    for version in former:
        lists = version.members().lists()
        gone = {group: set(codes) - now[group] - found[group].keys() for group, (codes, _) in lists.items()}
        if any(gone.values()):
            named = await member_labels(reading, version, texts, lang)
            for group, codes in gone.items():
                called = {code: named[group][code] for code in codes if named[group][code] != code}
                found[group] |= {code: texts.t(lang, "common.given_up", name=name) for code, name in called.items()}
    return found


async def ever(reading: Reading, texts: Catalogue, lang: str) -> dict[str, dict[str, str]]:
    """Name of each subject and area that there is or was, by code."""
    gone = await given_up(reading, texts, lang)
    now = await member_labels(reading, await members(reading), texts, lang)
    return {group: gone[group] | now[group] for group in now}


async def in_force(reading: Reading, group: str, texts: Catalogue, lang: str) -> dict[str, str]:
    """Name of each subject (``topics``) or area (``areas``) that there now is, by code."""
    return (await member_labels(reading, await members(reading), texts, lang))[group]


def as_said(labels: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Names of subjects and areas as sentences look them up."""
    return {f"{_WORDS[group]}:{code}": name for group, named in labels.items() for code, name in named.items()}


def plain_label(texts: Catalogue, lang: str, group: str, code: str) -> str:
    """What the catalogue calls a code of ``kinds``, ``topics`` or ``areas``; the code where it has no word for it."""
    key = f"{group}.{code}"
    return texts.t(lang, key) if key in texts.keys(lang) else code


async def _own_words(reading: Reading, policy: Policy) -> dict[str, str]:
    """Names by commitment. A commitment is bound to the statement that proposed it, so it is opened there."""
    return await reading.once(("words", policy.id), partial(_open_words, reading, policy))


async def _open_words(reading: Reading, policy: Policy) -> dict[str, str]:
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
