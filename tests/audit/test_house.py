"""What an audit asks of governance's books."""

from __future__ import annotations

import msgspec

from app.audit.house import _said
from governance.books.counts import Announced
from governance.count import NOBODY, Count, Counted, Round

FULL = Counted(
    tally={"option_1": Count(1, 1)},
    winners=("option_1",),
    support=Count(1, 1),
    rival=NOBODY,
    cast=Count(1, 1),
    abstained=NOBODY,
    tied=("option_1",),
    unit=2,
    rounds=(Round({"option_1": 1}),),
    pairs=((0,),),
    grades=((0, 1),),
)


def test_a_sealed_count_is_compared_by_what_an_announcement_can_tell() -> None:
    """Else a right count would be called wrong for what nobody could have published of it."""
    told = {field.name for field in msgspec.structs.fields(Announced)} | {"tally", "abstained"}
    for field in msgspec.structs.fields(Counted):
        said, counted = getattr(_said(FULL), field.name), getattr(FULL, field.name)
        assert said == counted if field.name in told else said == ()
