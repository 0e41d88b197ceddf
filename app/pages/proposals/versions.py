"""Two versions of a proposal beside each other."""

from __future__ import annotations

import difflib
from typing import Annotated, Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.access import OPT, Access
from app.api.problems import Problem
from app.naming import sees_titles
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_proposal, texts_of, words_of
from app.visit import Visit
from governance.books.proposals import Version

Lines = list[tuple[str, str]]
"""(mark, line): ``-`` of the earlier, ``+`` of the later, nothing of both."""
MAX_LINES: Final = 1000
"""Longer texts are shown one after the other instead of line by line."""
_Number = Annotated[int, QueryParameter(ge=0, le=1_000_000)]


@get("/c/{slug:str}/proposals/{id:str}/versions", opt={OPT: Access.COOP})
async def versions(
    request: Asked, visit: NamedDependency[Visit], id: FromPath[str], a: _Number = 0, b: _Number = 0
) -> Page:
    """Version ``a`` against ``b``; the last two where none are named."""
    proposal = await need_proposal(visit, id)
    if not sees_titles(visit):
        raise Problem("access.sign_in", 401)
    words = words_of(request, visit)
    kept = await visit.reading.children(Version, proposal.id)
    numbers = {version.number: version for version in kept}
    later = numbers.get(b or proposal.version, kept[-1])
    earlier = numbers.get(a or later.number - 1, kept[0])
    old = await texts_of(visit, proposal, earlier.statement)
    new = await texts_of(visit, proposal, later.statement)
    return await show(
        request,
        visit,
        "proposals/versions.html",
        proposal=proposal,
        title=new[0],
        before=earlier,
        after=later,
        choices=[
            (one.number, words.t("proposals.compare.version", n=one.number, when=words.fmt.moment(one.at)))
            for one in kept
        ],
        diffs={
            "title": compare([old[0]], [new[0]]),
            "text": compare(old[1].splitlines(), new[1].splitlines()),
            "options": compare(old[2], new[2]),
        },
    )


def compare(before: list[str], after: list[str]) -> Lines:
    """What was taken away, added and kept, line by line; nothing where both are the same.

    Whole lines only, and no search in very long texts: it would take time by the square, and anyone may ask for it.
    """
    if before == after:
        return []
    if max(len(before), len(after)) > MAX_LINES:
        return [*(("-", line) for line in before), *(("+", line) for line in after)]
    marked: Lines = []
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            marked += [("", line) for line in before[start:end]]
        else:
            marked += [("-", line) for line in before[start:end]]
            marked += [("+", line) for line in after[new_start:new_end]]
    return marked
