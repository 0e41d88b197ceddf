"""How this installation's anchors on a public chain stand: batches, states, the account, and trouble in words."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, get
from litestar.di import NamedDependency

from app.access import OPT, Access
from app.anchors.standing import Standing, batches, of_installation
from app.api.problems import language
from app.installation import Installation
from app.pages.page import Page, show

_MICRO: Final = 10**12
"""Wei in a millionth of a coin."""


@get("/anchors", opt={OPT: Access.OPEN})
async def anchors(request: Request[Any, Any, Any], installation: NamedDependency[Installation]) -> Page:
    """Open to everyone: all of it is on the chain, or says no more than that something is amiss."""
    pool = installation.database.pool
    standing = await of_installation(pool)
    return await show(
        request,
        None,
        "anchors/anchors.html",
        anchoring=installation.anchoring,
        standing=standing,
        trouble=_words(request, standing),
        balance=None if standing.balance is None else _coins(standing.balance),
        batches=await batches(pool),
        now=installation.clock.now(),
    )


def _words(request: Request[Any, Any, Any], standing: Standing) -> str:
    """The trouble in words, without what is nobody's business: hosts and files are in the log."""
    if not standing.trouble:
        return ""
    texts, lang = request.app.state.texts, language(request)
    key = f"anchors.trouble.{standing.trouble.partition('.')[2]}"
    if key not in texts.keys(lang):
        key = "anchors.trouble.other"
    return str(texts.t(lang, key, **{"code": standing.trouble} | standing.params))


def _coins(wei: int) -> str:
    whole, rest = divmod(wei // _MICRO, 10**6)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


ROUTES: Final = (anchors,)
