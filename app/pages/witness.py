"""What this installation is as a witness: its key to give to others, what it witnesses, and how old that is."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, get
from litestar.di import NamedDependency

from app.access import OPT, Access
from app.installation import Installation
from app.pages.page import Page, show


@get("/witness", opt={OPT: Access.OPEN})
async def witness(request: Request[Any, Any, Any], installation: NamedDependency[Installation]) -> Page:
    """Open to everyone: it says nothing that the witnessed logs don't show to those who ask."""
    own = installation.witness
    watched = [] if own is None else await own.watched()
    return await show(
        request,
        None,
        "witness/witness.html",
        now=installation.clock.now(),
        name="" if own is None else own.key.name,
        key="" if own is None else own.key.text(),
        address=request.app.state.web.address,
        watched=watched,
    )


ROUTES: Final = (witness,)
