"""How people of the sample village mark their ballots, whatever the method asks for: by leaning and chance."""

from __future__ import annotations

from random import Random

from app.demo import rulebook
from app.demo.motions import Motion
from governance.count import ABSTAIN
from governance.rule import Rule


def mark(rule: Rule, motion: Motion, options: int, random: Random) -> str:
    """One ballot, on that many options; ``motion.leaning`` says how people lean."""
    leaning = motion.leaning or tuple(1 + (number == options - 1) for number in range(options))
    if not rule.chooses:
        return _answer(motion.yes, random)
    if rule.method.COSTS:
        return _approve(leaning, random)
    if rule.method.NAME == "stv/1":
        return _rank(leaning, random)
    if rule.method.NAME == "majority_judgement/1":
        return _grade(leaning, random)
    return f"option_{random.choices(range(1, options + 1), weights=leaning)[0]}"


def _answer(yes: int, random: Random) -> str:
    if random.random() < 0.06:  # noqa: PLR2004
        return ABSTAIN
    return "yes" if random.randrange(100) < yes else "no"


def _rank(leaning: tuple[int, ...], random: Random) -> str:
    """Some name all, most two or three."""
    left = list(range(1, len(leaning) + 1))
    ranked: list[int] = []
    for _ in range(random.choice((1, 2, 2, 3, 3, len(leaning)))):
        if left:
            ranked.append(random.choices(left, weights=[leaning[one - 1] for one in left])[0])
            left.remove(ranked[-1])
    return ">".join(map(str, ranked))


def _grade(leaning: tuple[int, ...], random: Random) -> str:
    """The more lean towards an option, the better its grades."""
    top = rulebook.GRADES - 1
    found = []
    for option, weight in enumerate(leaning, 1):
        grade = min(top, max(0, round(random.gauss(top * weight / (1 + max(leaning)), 1.2))))
        if grade:
            found.append(f"{option}:{grade}")
    return ",".join(found) or ABSTAIN


def _approve(leaning: tuple[int, ...], random: Random) -> str:
    """What one would like to have, never more than the rule lets one name."""
    liked = [one for one, weight in enumerate(leaning, 1) if random.random() < weight / (2 + max(leaning))]
    chosen = sorted(random.sample(liked, min(len(liked), rulebook.MOST_PROJECTS)))
    return ",".join(map(str, chosen)) or ABSTAIN
