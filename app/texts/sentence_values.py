"""Single values in words for the sentences about statements; `app/static/js/sentence_values.js` says the same.

Every format takes values of its own kind alone: a document may hold anything anywhere, and what is not of the kind that
the words speak of has to be shown as it stands.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.texts import ballot_text
from app.texts.formats import Formats
from app.texts.sentence_template import SentenceError
from ledger import canonical
from ledger.errors import FormatError

_CONTROLS = re.compile("[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]")
_ID = re.compile(r"[a-z]{2,8}_[a-z2-7]{26}\Z")
_OPTION = re.compile(r"option_([1-9][0-9]{0,3})\Z")
_PARTS = re.compile(r"[1-9][0-9]{0,15}\Z")
_SHARE = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})\Z")
_VKEY = re.compile(r"[^+]+\+([0-9a-f]{8})\+")
_LENGTHS = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
_TEXT, _NUMBER = (str,), (int,)
_MINUTE, _DAY = 60_000, 86_400_000


class Values:
    """Writes values for one reader of one co-op, by the words of a catalogue and the names of a service."""

    def __init__(
        self, lang: str, words: Mapping[str, str], names: Mapping[str, str], utc_offset: int, token: tuple[str, int]
    ) -> None:
        """`names`: what ids, `class:…` and `kind:…` are called, `unit:…` of a kind or a thing, and into how many parts
        the count of a proposal divides a vote (`unit:prop_…`).

        `token`: its name and decimals.
        """
        self._words, self._names, self._token = words, names, token
        self._fmt = Formats(lang, self._refuse_text, utc_offset)
        self._formats: dict[str, tuple[tuple[type, ...], Callable[[Any, Any], str]]] = {
            "": ((bool, int, str), self._natural),
            "amount": (_NUMBER, lambda units, _: self._fmt.amount(units, *self._token)),
            "choice": (_TEXT, self._choice),
            "clock": (_NUMBER, lambda minutes, _: f"{_natural(minutes) // 60}:{minutes % 60:02d}"),
            "count": ((dict,), self._count),
            "date": (_TEXT, self._date),
            "days": (_NUMBER, lambda days, _: self._part("days", _natural(days))),
            "end": (_TEXT, self._end),
            "length": (_NUMBER, self._length),
            "minutes": (_NUMBER, lambda minutes, _: self._minutes(minutes)),
            "name": (_TEXT, lambda id_, _: self._name(id_)),
            "quantity": (_NUMBER, self._quantity),
            "ratio": (_NUMBER, self._ratio),
            "share": (_TEXT, self._share),
            "short": (_TEXT, lambda text, _: _short(text)),
            "signed": (_NUMBER, lambda number, _: ("+" if number > 0 else "") + self._fmt.integer(number)),
            "subject": (_TEXT, self._subject),
            "time": (_TEXT, lambda text, _: self._fmt.moment(_time(text))),
            "vkey": (_TEXT, _vkey),
            "votes": ((dict,), self._votes),
            "whole": (_NUMBER, lambda number, _: self._fmt.integer(number)),
            "word": ((str, int), lambda code, group: self._word(group, str(code))),
        }

    def write(self, value: Any, format_: str, argument: Any) -> str:
        """`argument`: the one in the template, or the value of the sibling that it names; SentenceError otherwise."""
        if format_ not in self._formats:
            raise SentenceError("sentence.format", format_)
        kinds, write = self._formats[format_]
        if type(value) not in kinds:
            raise SentenceError("sentence.value", format_)
        return write(value, argument)

    def integer(self, number: int) -> str:
        """`1,234`."""
        return self._fmt.integer(number)

    def fill(self, key: str, text: str) -> str:
        """A way of writing with a text in it."""
        return self._words[key].replace("{}", text)

    def _natural(self, value: Any, _: Any) -> str:
        if isinstance(value, bool):
            return self._words["word.yes_no.true" if value else "word.yes_no.false"]
        return self._fmt.integer(value) if isinstance(value, int) else clean(value)

    def _name(self, id_: str) -> str:
        known = self._names.get(id_)
        if known is not None and _ID.match(id_):
            return self.fill("format.person" if id_.startswith("mem_") else "format.thing", clean(known))
        return self._called(id_)

    def _subject(self, id_: str, _: Any) -> str:
        """At the beginning of a sentence: words of the catalogue with a capital, names as people write them."""
        if id_ in self._names and _ID.match(id_):
            return self._name(id_)
        called = self._called(id_)
        return called[:1].upper() + called[1:]

    def _called(self, id_: str) -> str:
        if not _ID.match(id_):
            return self._words.get(f"word.author.{id_}") or clean(id_)
        kind, _, rest = id_.partition("_")
        return f"{self._words.get(f'word.id.{kind}', kind)} {_short(rest)}"

    def _word(self, group: str, code: str) -> str:
        """The catalogue comes first: names from the server must not turn a yes into a no."""
        return self._words.get(f"word.{group}.{code}") or clean(self._names.get(f"{group}:{code}", code))

    def _choice(self, code: str, proposal: Any) -> str:
        option = _OPTION.match(code)
        if option:
            return self._option(int(option[1]), proposal)
        said = ballot_text.read(code)
        if said is None:
            return self._word("choice", code)
        return ballot_text.tell(said, lambda number: self._option(number, proposal), self.fill, self._fmt.integer)

    def _option(self, position: int, proposal: Any) -> str:
        number = self.fill("format.option", str(position))
        label = self._names.get(f"{proposal}/option_{position}")
        return number if label is None else number + self._words["format.option_join"] + self._thing(label)

    def _thing(self, label: str) -> str:
        return self.fill("format.thing", clean(label))

    def _quantity(self, value: int, kind: Any) -> str:
        unit = self._names.get(f"unit:{kind}")
        if isinstance(kind, str) and _ID.match(kind):
            return self._units(value, unit)
        if unit == "hour":
            return self._minutes(value)
        form = self._words.get(f"format.unit.{unit}")
        if form is None:
            return self._fmt.integer(value)
        # The smallest parts of these units are thousandths (grams, millilitres, metres).
        thousandths = unit in ("kg", "litre", "km")
        return form.replace("{}", _thousandths(value, self._fmt) if thousandths else self._fmt.integer(value))

    def _units(self, value: int, unit: str | None) -> str:
        """How many of a thing: whole units, as its stock is counted, where work is counted in their smallest parts."""
        form = "format.hours" if unit == "hour" else f"format.unit.{unit}"
        return self._words.get(form, self._words["format.units"]).replace("{}", self._fmt.integer(value))

    def _minutes(self, value: int) -> str:
        hours, minutes = divmod(_natural(value), 60)
        parts = [self.fill("format.hours", self._fmt.integer(hours))] if hours else []
        parts += [self.fill("format.minutes", str(minutes))] if minutes or not hours else []
        return self._words["format.time_join"].join(parts)

    def _length(self, seconds: int, _: Any) -> str:
        """`7日`, `1日12時間`."""
        parts: list[str] = []
        rest = _natural(seconds)
        for name, size in _LENGTHS:
            count, rest = divmod(rest, size)
            if count or (name == "seconds" and not parts):
                parts.append(self._part(name, count))
        return self._words["format.length.join"].join(parts)

    def _part(self, name: str, count: int) -> str:
        return self.fill(f"format.length.{name}" + (".one" if count == 1 else ""), self._fmt.integer(count))

    def _share(self, text: str, how: str) -> str:
        """`3分の2`, `3分の2以上` (`at_least`), `過半数` (`over`)."""
        match = _SHARE.match(text)
        if match is None:
            raise SentenceError("sentence.value", "share")
        whole = self._words.get(f"word.share.{how}.{text}") if how else None
        plain = self._words.get(f"word.share.{text}") or self._words["format.share"].replace(
            "{over}", match[1]
        ).replace("{under}", match[2])
        return whole or (self.fill(f"format.share.{how}", plain) if how else plain)

    def _ratio(self, over: int, under: Any) -> str:
        """`numerator` of `denominator`, which is 1 where it is left out."""
        under = 1 if under is None else under
        if type(under) is not int:
            raise SentenceError("sentence.value", "ratio")
        return self._share("1/1" if over == under else f"{over}/{under}", "")

    def _count(self, value: Any, _: Any) -> str:
        """Heads, and their weight where it is another number."""
        return self._votes(value, 1)

    def _votes(self, value: Any, unit: Any) -> str:
        """A count whose weight is in parts of a vote, in votes. ``unit``: how many parts, or the proposal counted."""
        if isinstance(unit, str):
            told = self._names.get(f"unit:{unit}", "1")
            unit = int(told) if _PARTS.match(told) else 1
        if set(value) != {"heads", "weight"} or any(type(number) is not int for number in (*value.values(), unit)):
            raise SentenceError("sentence.value", "votes")
        heads, weight = self._fmt.integer(value["heads"]), _parts(value["weight"], unit, self._fmt)
        return self.fill("format.heads", heads) + ("" if heads == weight else self.fill("format.weight", weight))

    def _date(self, text: str, _: Any) -> str:
        """A calendar day is the same everywhere; the day of a moment is the co-op's."""
        if "T" in text:
            return self._fmt.day(_time(text))
        return Formats(self._fmt.lang, self._refuse_text, 0).day(_time(f"{text}T00:00:00.000Z"))

    def _end(self, text: str, _: Any) -> str:
        """A term that ends at a midnight of the co-op lasts through the day before."""
        ms = _time(text)
        if (ms + self._fmt.utc_offset * _MINUTE) % _DAY:
            return self._fmt.moment(ms)
        return self.fill("format.through", self._fmt.through(ms))

    @staticmethod
    def _refuse_text(key: str, **_params: object) -> str:
        raise SentenceError("sentence.format", key)


def clean(text: str) -> str:
    """Text from outside on one line, without characters that could turn or hide what stands around it."""
    return _CONTROLS.sub(lambda match: " " if match[0] in "\n\t" else "\ufffd", text)


def _natural(number: int) -> int:
    if number < 0:
        raise SentenceError("sentence.value", str(number))
    return number


def _time(text: str) -> int:
    try:
        return canonical.parse_time(text)
    except FormatError as error:
        raise SentenceError("sentence.value", text) from error


def _short(text: str) -> str:
    return clean(text.rpartition(":")[2][:6])


def _vkey(text: str, _: Any) -> str:
    """The key's hash in a C2SP verifier key, whose name may hold a port with its colon."""
    match = _VKEY.match(text)
    return match[1] if match else _short(text)


def _parts(value: int, unit: int, fmt: Formats) -> str:
    """`value` / `unit`, exactly: with up to five decimals where these say it, as a fraction otherwise."""
    if value < 0 or unit < 1:
        raise SentenceError("sentence.value", "votes")
    whole, rest = divmod(value, unit)
    decimals, left = divmod(rest * 100_000, unit)
    if left:
        return f"{fmt.integer(value)}/{fmt.integer(unit)}"
    return fmt.integer(whole) + (f".{decimals:05d}".rstrip("0") if rest else "")


def _thousandths(value: int, fmt: Formats) -> str:
    whole, rest = divmod(abs(value), 1000)
    decimals = f".{rest:03d}".rstrip("0") if rest else ""
    return ("-" if value < 0 else "") + fmt.integer(whole) + decimals
