"""How the commons are spoken of to one reader: amounts of tokens, quantities in natural units, kinds and terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_decimal
from litestar import Request

from app.api.problems import language
from app.labels import commons, ever, kind_labels
from app.texts import Catalogue
from app.texts.formats import Formats
from app.texts.sentences import catalogue
from app.visit import Visit
from ledger.books.commons_policy import UNITS, CommonsPolicy
from ledger.books.terms import Cancellation, Terms

_HOUR: Final = 60
_DAY: Final = 1440
_SHORT_DAY: Final = {"ja": "M月d日", "en": "d MMM"}


@dataclass(frozen=True)
class Telling:
    """``token``: the co-op's own word; ``kinds`` and ``listed``: labels of the policies in force, by code; the latter
    of subjects and areas.
    """

    texts: Catalogue
    lang: str
    t: Callable[..., str]
    fmt: Formats
    token: str
    policy: CommonsPolicy
    kinds: Mapping[str, str]
    listed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def tokens(self, amount: int) -> str:
        """``12 結``."""
        return self.fmt.amount(amount, self.token)

    def signed(self, amount: int) -> str:
        """``+12 結``, ``−3 結``."""
        return ("+" if amount > 0 else "−" if amount < 0 else "") + self.tokens(abs(amount))

    def quantity(self, unit: str, smallest: int) -> str:
        """A quantity in a unit's smallest parts: ``1時間30分``, ``2.5kg``, ``3回``."""
        if unit == "hour":
            return self.minutes(smallest)
        number = format_decimal(Decimal(smallest) / UNITS[unit], "#,##0.###", locale=self.lang)
        return self.t(f"units.{unit}.amount", n=number)

    def units(self, unit: str, whole: int) -> str:
        """A quantity in whole units, as stock is counted: ``3箱``."""
        return self.quantity(unit, whole * UNITS[unit])

    def minutes(self, minutes: int) -> str:
        """A length of time: ``1日``, ``1時間30分``."""
        days, rest = divmod(minutes, _DAY)
        if days and not rest:
            return self.t("units.days", n=self.fmt.integer(days))
        hours, left = divmod(minutes, _HOUR)
        parts = [self.t("units.hours", n=self.fmt.integer(hours))] if hours else []
        parts += [self.t("units.minutes", n=left)] if left or not hours else []
        separator: str = catalogue(self.lang)["format.time_join"]
        return separator.join(parts)

    def clock(self, minute: int) -> str:
        """A minute of the day: ``9:00``."""
        return f"{minute // _HOUR}:{minute % _HOUR:02d}"

    def weekday(self, number: int) -> str:
        """``月``, ``Mon``."""
        return str(catalogue(self.lang)[f"word.weekday.{number}"])

    def day(self, text: str) -> str:
        """A calendar day of a statement (``2026-04-01``) as people write it."""
        return self.fmt.day(date.fromisoformat(text))

    def short_day(self, when: int | date) -> str:
        """``4月1日``, ``1 Apr``; of a millisecond or of a calendar day."""
        day = when if isinstance(when, date) else self.fmt.local(when).date()
        return format_date(day, _SHORT_DAY[self.lang], locale=self.lang)

    def cls(self, code: str) -> str:
        """What a class of members is called."""
        return str(catalogue(self.lang).get(f"word.class.{code}", code))

    def joined(self, parts: Iterable[str]) -> str:
        """``甲、乙``."""
        separator: str = catalogue(self.lang)["format.join"]
        return separator.join(parts)

    def kind(self, code: str) -> str:
        """What a kind of contribution is called; its code where a later policy has dropped it."""
        return self.kinds.get(code, code)

    def rate(self, code: str) -> str:
        """What a kind earns: ``1時間につき10 結``."""
        kind = self.policy.kind(code)
        if self.policy.mode == "counts" or kind.tokens == 0:
            return self.t("work.rate.none")
        return self.t("work.rate", unit=self.units(kind.unit, kind.per), tokens=self.tokens(kind.tokens))

    def cost(self, terms: Terms, unit: str, slot: int | None) -> str:
        """What a thing costs: ``1箱 12 結``, ``1時間 10 結``, ``無料``."""
        if terms.cost == 0:
            return self.t("things.free")
        each = self.units(unit, 1) if slot is None else self.minutes(slot)
        return self.t("things.cost.each", each=each, tokens=self.tokens(terms.cost))

    def cancelling(self, cancellation: Cancellation, *, stock: bool) -> str:
        """What cancelling costs, as a sentence; ``stock`` has no start, but a last day of pick-up."""
        if cancellation.numerator == 0:
            return self.t("things.cancel.free.stock" if stock else "things.cancel.free")
        until = self.minutes(cancellation.free_hours * _HOUR) if cancellation.free_hours else ""
        share = self.fmt.fraction(Fraction(cancellation.numerator, cancellation.denominator))
        key = ("things.cancel.until.stock" if stock else "things.cancel.until") if until else "things.cancel.once"
        return self.t(key, until=until, share=share)


async def telling_of(request: Request[Any, Any, Any], visit: Visit) -> Telling:
    """The manner of speaking to whoever asks."""
    return await telling(visit, request.app.state.texts, language(request))


async def telling(visit: Visit, texts: Catalogue, lang: str) -> Telling:
    """The manner of speaking of one co-op in a language, by the policy in force."""
    t: Callable[..., str] = partial(texts.t, lang)
    version = await commons(visit.reading)
    return Telling(
        texts=texts,
        lang=lang,
        t=t,
        fmt=Formats(lang, t, visit.coop.utc_offset),
        token=await visit.reading.text(visit.coop.profile, "profile/token_word", catalogue(lang)["word.token"]),
        policy=version.commons(),
        kinds=await kind_labels(visit.reading, version, texts, lang),
        listed=await ever(visit.reading, texts, lang),
    )
