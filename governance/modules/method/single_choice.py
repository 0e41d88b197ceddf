"""One of several options that the proposal brings along, or abstain."""

from __future__ import annotations

from governance.modules.questions import (
    INVALID,
    MAX_OPTIONS,
    NOBODY,
    Bases,
    Count,
    Leading,
    Method,
    Tally,
    total,
)


class SingleChoice(Method, frozen=True):
    """``single_choice/1``: choices are ``option_1``, ``option_2`` … by position, and ``abstain``."""

    NAME = "single_choice/1"
    KEYS = ("rule.method.single_choice",)
    OPTIONS = (2, MAX_OPTIONS)
    BASES = ("all", "present", "cast")

    def choices(self, options: int) -> tuple[str, ...]:
        """Options in the proposal's order, then abstain."""
        return (*(f"option_{number}" for number in range(1, options + 1)), "abstain")

    def bases(self, roll: Count, tally: Tally) -> Bases:
        """Abstentions are cast."""
        cast = sum((count for choice, count in tally.items() if choice != INVALID), NOBODY)
        return {"all": roll, "present": total(tally), "cast": cast}

    def leading(self, tally: Tally, options: int) -> Leading:
        """The option of most weight; none when several have most: its place in the list decides nothing."""
        counts = {choice: tally.get(choice, NOBODY) for choice in self.choices(options)[:-1]}
        first, second = sorted(counts.values(), key=lambda count: count.weight, reverse=True)[:2]
        if first.weight == second.weight:
            return Leading(None, first, second, tied=first.weight > 0)
        return Leading(max(counts, key=lambda choice: counts[choice].weight), first, second, tied=False)
