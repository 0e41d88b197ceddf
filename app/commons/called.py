"""What sentences call things: by their names, and contributions and movements, untitled, by who, what and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.commons.telling import Telling
from app.labels import as_said, kind_labels
from app.naming import names_for, sees_names
from app.reading import R
from app.texts.sentences import catalogue
from app.visit import Visit
from ledger.books.contributions import Contribution
from ledger.books.policies import Policy
from ledger.books.resources import Resource
from ledger.books.tokens import COMMONS, Movement


async def names_of(visit: Visit, say: Telling, ids: Iterable[str], **more: str) -> dict[str, str]:
    """What sentences call ids, kinds and their units: for ``data-names``, and for sentences made here."""
    wanted = {*ids, *([visit.member.id] if visit.member else [])}
    named = await names_for(visit, wanted) | await _called(visit, say, wanted)
    kinds = {f"kind:{code}": label for code, label in say.kinds.items()}
    units = {f"unit:{kind.code}": kind.unit for kind in say.policy.kinds}
    return named | kinds | units | as_said(say.listed) | more


async def _called(visit: Visit, say: Telling, ids: Iterable[str]) -> dict[str, str]:
    """``con_…``, ``mov_…`` and ``unit:res_…`` among those ids in words; strangers read short ids for people."""
    wanted = set(ids)
    works = await _some(visit, Contribution, wanted, "con_")
    movements = await _some(visit, Movement, wanted, "mov_")
    resources = await _some(visit, Resource, wanted, "res_")
    people = {c.member for c in works.values()} | {m for one in movements.values() for m in (one.source, one.target)}
    names = await visit.reading.names(people - {COMMONS}) if people and sees_names(visit) else {}

    def who(id_: str) -> str:
        if id_ == COMMONS:
            return say.t("tokens.told.commons")
        known = names.get(id_)
        return say.t("pages.person", name=known) if known else f"{catalogue(say.lang)['word.id.mem']} {id_[4:10]}"

    moved = {
        id_: say.t(f"tokens.told.{m.verb}", source=who(m.source), target=who(m.target), on=say.fmt.day(m.at))
        for id_, m in movements.items()
    }
    units = {f"unit:{id_}": one.unit for id_, one in resources.items() if one.type == "stock"}
    return await _works(visit, say, works, who) | moved | units


async def _works(
    visit: Visit, say: Telling, works: dict[str, Contribution], who: Callable[[str], str]
) -> dict[str, str]:
    """Each by the policy under which it was reported: later ones may have dropped its kind."""
    versions = await visit.reading.find_many(Policy, {f"commons/{c.policy}" for c in works.values()}) if works else {}
    labels = {id_: await kind_labels(visit.reading, one, say.texts, say.lang) for id_, one in versions.items()}
    told = {}
    for id_, c in works.items():
        version = versions[f"commons/{c.policy}"]
        told[id_] = say.t(
            "work.told",
            who=who(c.member),
            kind=labels[version.id][c.activity],
            quantity=say.quantity(version.commons().kind(c.activity).unit, c.quantity),
            on=say.day(c.on),
        )
    return told


async def _some(visit: Visit, kind: type[R], ids: set[str], prefix: str) -> dict[str, R]:
    found = [id_ for id_ in ids if id_.startswith(prefix)]
    return await visit.reading.find_many(kind, found) if found else {}
