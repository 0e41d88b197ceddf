"""The commons once more, as naively as can be: people, tokens, contributions, bookings (see ``reference_model``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

HOUR = 3_600_000
DAY = 24 * HOUR
JAPAN = 9 * HOUR
COMMONS = "commons"
OPEN = ("requested", "confirmed", "handed_over")
Thing = dict[str, Any]


class Clock:
    """What is due when. Transitions happen in the order of time and name, before whatever is said at that time."""

    def __init__(self) -> None:
        self.due: dict[str, tuple[int, Callable[[int], Any]]] = {}

    def at(self, time: int, name: str, act: Callable[[int], Any]) -> None:
        """Have that happen then; the same name again moves it."""
        self.due[name] = (time, act)

    def off(self, *names: str) -> None:
        """Have it not happen."""
        for name in names:
            self.due.pop(name, None)

    def advance(self, now: int) -> None:
        """Let everything happen that is due by now."""
        while coming := [(time, name) for name, (time, _) in self.due.items() if time <= now]:
            time, name = min(coming)
            self.due.pop(name)[1](time)


class People(Clock):
    """Who belongs, from when until when, and in which role."""

    def __init__(self) -> None:
        super().__init__()
        self.members: dict[str, Thing] = {}
        self.history: list[tuple[int, str, str | None]] = []
        self.roles: dict[str, set[str]] = {}

    def active(self, *names: str) -> bool:
        """Whether all of them are active members."""
        return all(name in self.members and self.members[name]["status"] == "active" for name in names)

    def left(self, name: str) -> bool:
        return bool(self.members[name]["status"] == "left")

    def join(self, name: str, cls: str, now: int) -> None:
        self._stand(name, cls, "active", now)

    def officials(self, first: str, second: str) -> bool:
        """An administrator and another official."""
        may = self.roles.get(first, set()) & {"administrator"}
        return self.active(first, second) and bool(may and self.roles.get(second)) and first != second

    def suspend(self, name: str, until: int | None, by: tuple[str, str], now: int) -> bool:
        if not self.officials(*by) or not self.active(name) or name in by or (until is not None and until <= now):
            return False
        if until is not None:
            self.at(until, f"member.reinstates:{name}", lambda time: self._stand(name, None, "active", time))
        self.roles.pop(name, None)
        self._stand(name, None, "suspended", now)
        return True

    def reinstate(self, name: str, by: str, now: int) -> bool:
        administers = self.active(by) and "administrator" in self.roles.get(by, set())
        if not administers or self.members[name]["status"] != "suspended":
            return False
        self.off(f"member.reinstates:{name}")
        self._stand(name, None, "active", now)
        return True

    def may_leave(self, name: str) -> bool:
        """Free exit, but a co-op is never left without an administrator."""
        last = [other for other, held in self.roles.items() if "administrator" in held] == [name]
        return not self.left(name) and not last

    def _gone(self, name: str, now: int) -> None:
        self.off(f"member.reinstates:{name}")
        self.roles.pop(name, None)
        self._stand(name, None, "left", now)

    def _stand(self, name: str, cls: str | None, status: str, now: int) -> None:
        cls = cls or self.members[name]["cls"]
        self.members[name] = {"cls": cls, "status": status}
        self.history.append((now, name, cls if status == "active" else None))

    def standing(self, before: int) -> dict[str, str]:
        """The class of everyone who was active just before that moment."""
        found = {name: cls for time, name, cls in self.history if time < before}
        return {name: cls for name, cls in found.items() if cls is not None}


class Tokens(People):
    """Accounts, what of them is held, and every movement in order."""

    def __init__(self) -> None:
        super().__init__()
        self.movements: list[Thing] = []
        self.holds: dict[str, tuple[str, int]] = {}

    def total(self, name: str) -> int:
        """All that came minus all that went."""
        came = sum(m["amount"] for m in self.movements if m["target"] == name)
        return int(came - sum(m["amount"] for m in self.movements if m["source"] == name))

    def held(self, name: str) -> int:
        return sum(amount for owner, amount in self.holds.values() if owner == name)

    def available(self, name: str) -> int:
        return self.total(name) - self.held(name)

    def remaining(self, number: int) -> int:
        """What of a movement has not been reversed."""
        back = sum(m["amount"] for m in self.movements if m["reverses"] == number)
        return int(self.movements[number]["amount"] - back)

    def gift(self, source: str, target: str, amount: int) -> bool:
        if not self.active(source, target) or source == target or not 1 <= amount <= self.available(source):
            return False
        self._move("gift", source, target, amount)
        return True

    def give_back(self, by: str, number: int, amount: int) -> bool:
        """Whoever received tokens may give them back, a mint excepted; a reversal is final."""
        first = self.movements[number]
        if not self.active(by) or first["verb"] == "mint" or first["target"] != by or first["reverses"] is not None:
            return False
        if not 1 <= amount <= min(self.remaining(number), self.available(by)) or self.left(first["source"]):
            return False
        self._move("reverse", by, first["source"], amount, number)
        return True

    def _move(self, verb: str, source: str, target: str, amount: int, reverses: int | None = None) -> None:
        if amount:
            row = {"verb": verb, "source": source, "target": target, "amount": amount, "reverses": reverses}
            self.movements.append(row)


class Contributions(Tokens):
    """What was given, and what it earned."""

    def __init__(self) -> None:
        super().__init__()
        self.contributions: dict[str, Thing] = {}

    def report(self, key: str, name: str, minutes: int, now: int) -> bool:
        if not self.active(name) or not 1 <= minutes <= 1_000_000:
            return False
        found = {"member": name, "minutes": minutes, "state": "reported", "hands": {name}}
        self.contributions[key] = found | {"mint": None, "attested": None, "objector": None}
        self._wait(key, now)
        return True

    def attest(self, key: str, by: str, now: int) -> bool:
        found = self.contributions[key]
        earned = found["minutes"] * 10 // 60
        if not self.active(by) or found["state"] != "reported" or by == found["member"]:
            return False
        if earned and self.left(found["member"]):
            return False
        self.off(f"contribution.lapse:{key}")
        if earned:
            found["mint"] = len(self.movements)
            self._move("mint", COMMONS, found["member"], earned)
        found.update(state="attested", attested=now, hands=found["hands"] | {by})
        return True

    def object(self, key: str, by: str, now: int) -> bool:
        found = self.contributions[key]
        over = found["attested"] is not None and now >= found["attested"] + 7 * DAY
        if not self.active(by) or found["objector"] or found["state"] not in ("reported", "attested") or over:
            return False
        held = min(self._minted(found), self.available(found["member"]))
        if held:
            self.holds[key] = (found["member"], held)
        self.off(f"contribution.lapse:{key}")
        found.update(state="disputed", objector=by)
        return True

    def resolve(self, key: str, by: str, now: int, *, uphold: bool) -> bool:
        found = self.contributions[key]
        if not self.active(by) or not self.roles.get(by, set()) & {"administrator", "auditor"}:
            return False
        if found["state"] != "disputed" or by in found["hands"] | {found["objector"]}:
            return False
        self.holds.pop(key, None)
        if not uphold:
            back = min(self._minted(found), self.available(found["member"]))
            self._move("reverse", found["member"], COMMONS, back, found["mint"])
            found["state"] = "reversed"
        elif found["attested"] is None:
            found["state"] = "reported"
            self._wait(key, now)
        else:
            found["state"] = "attested"
        return True

    def withdraw(self, key: str, by: str) -> bool:
        found = self.contributions[key]
        if not self.active(by) or by != found["member"] or found["state"] != "reported":
            return False
        self.off(f"contribution.lapse:{key}")
        found["state"] = "withdrawn"
        return True

    def _minted(self, found: Thing) -> int:
        return 0 if found["mint"] is None else int(self.movements[found["mint"]]["amount"])

    def _wait(self, key: str, now: int) -> None:
        lapse = {"state": "lapsed"}
        self.at(now + 90 * DAY, f"contribution.lapse:{key}", lambda _: self.contributions[key].update(lapse))


class Sharing(Contributions):
    """Things by stock or by the hour, and who has booked them."""

    def __init__(self) -> None:
        super().__init__()
        self.resources: dict[str, Thing] = {}
        self.bookings: dict[str, Thing] = {}

    def offer(self, key: str, by: str, **terms: Any) -> bool:
        """``quantity`` (None for a calendar that is always open), ``capacity``, ``buffer`` (ms), ``cost``, ``deposit``,
        ``confirm``, ``free`` (ms before the start), ``share`` (of the cost forfeited after it).
        """
        if not self.active(by):
            return False
        self.resources[key] = terms | {"provider": by, "open": True}
        return True

    def restock(self, key: str, by: str, change: int) -> bool:
        thing = self.resources[key]
        if not self.active(by) or by != thing["provider"] or thing["quantity"] is None or not change:
            return False
        if self.stock(key) + change < 0:
            return False
        thing["quantity"] += change
        return True

    def close(self, key: str, by: str) -> bool:
        thing = self.resources[key]
        if not self.active(by) or by != thing["provider"] or not thing["open"]:
            return False
        thing["open"] = False
        return True

    def stock(self, key: str) -> int:
        """What is still to be had: all there ever was, less what is reserved and what somebody has."""
        gone = [b for b in self.bookings.values() if b["thing"] == key and b["state"] in (*OPEN, "settled")]
        return int(self.resources[key]["quantity"] - sum(b["quantity"] for b in gone))

    def taken(self, key: str, moment: int) -> int:
        """Places taken of a calendar at a moment, buffers included."""
        kept = [b for b in self.bookings.values() if b["thing"] == key and b["state"] in (*OPEN, "settled")]
        return sum(b["quantity"] for b in kept if b["starts"] <= moment < b["ends"] + self.resources[key]["buffer"])

    def book(self, key: str, by: str, thing_key: str, now: int, *, quantity: int, span: tuple[int, int] | None) -> bool:
        """``span``: start and end of a calendar booking; None for stock."""
        thing = self.resources[thing_key]
        kind = (span is None) == (thing["quantity"] is not None)
        if not self.active(by) or not thing["open"] or quantity < 1 or not kind:
            return False
        if not self._is_free(thing_key, thing, quantity, span, now):
            return False
        slots = 1 if span is None else (span[1] - span[0]) // HOUR
        cost = thing["cost"] * quantity * slots
        held = cost + thing["deposit"]
        if held and (by == thing["provider"] or held > self.available(by)):
            return False
        starts, ends = span or (0, 0)
        booking = {"member": by, "thing": thing_key, "quantity": quantity, "starts": starts, "ends": ends}
        self.bookings[key] = booking | {"cost": cost, "state": "requested", "stock": span is None}
        if held:
            self.holds[key] = (by, held)
        if thing["confirm"]:
            expires = now + 7 * DAY
            expires = min(expires, starts) if span else expires
            self.at(expires, f"booking.expire:{key}", lambda _: self._over(key, "expired"))
        else:
            self._confirmed(key, now)
        return True

    def _is_free(self, key: str, thing: Thing, quantity: int, span: tuple[int, int] | None, now: int) -> bool:
        if span is None:
            return quantity <= self.stock(key)
        starts, ends = span
        if not now <= starts < ends or starts % HOUR or ends % HOUR:
            return False
        # Hours are the grain of slots and buffers here: looking at each of them is enough.
        hours = range(starts, ends + thing["buffer"], HOUR)
        return all(self.taken(key, hour) + quantity <= thing["capacity"] for hour in hours)

    def confirm(self, key: str, by: str, now: int) -> bool:
        if not self._manages(key, by, "requested"):
            return False
        self._confirmed(key, now)
        return True

    def refuse(self, key: str, by: str) -> bool:
        return self._manages(key, by, "requested") and self._over(key, "refused")

    def cancel(self, key: str, by: str, now: int) -> bool:
        """Free for the provider, and for the member until confirmed and until the terms' hour."""
        booking = self.bookings[key]
        thing = self.resources[booking["thing"]]
        if not self.active(by) or booking["state"] not in ("requested", "confirmed"):
            return False
        if by == booking["member"]:
            price = 0
            if booking["state"] == "confirmed":
                if now >= booking["starts"]:
                    return False
                price = int(booking["cost"] * thing["share"]) if now > booking["starts"] - thing["free"] else 0
            return self._over(key, "cancelled", price)
        return bool(by == thing["provider"]) and self._over(key, "cancelled")

    def hand_over(self, key: str, by: str, now: int) -> bool:
        booking = self.bookings[key]
        if not self._manages(key, by, "confirmed"):
            return False
        midnight = (booking["starts"] + JAPAN) // DAY * DAY - JAPAN
        if not booking["stock"] and now < midnight:
            return False
        self.off(f"booking.no_show:{key}")
        booking["state"] = "handed_over"
        settles = (now if booking["stock"] else max(now, booking["ends"])) + 7 * DAY
        self.at(settles, f"booking.settle:{key}", lambda _: self._over(key, "settled", booking["cost"]))
        return True

    def settle(self, key: str, by: str, now: int) -> bool:
        booking = self.bookings[key]
        if not self.active(by) or by != booking["member"] or booking["state"] not in ("confirmed", "handed_over"):
            return False
        if booking["state"] == "confirmed" and not booking["stock"] and now < booking["starts"]:
            return False
        return self._over(key, "settled", booking["cost"])

    def leave(self, name: str, now: int) -> bool:
        """Open bookings of theirs and of what they offer end without cost; tokens return to the commons."""
        if not self.may_leave(name):
            return False
        offered = [key for key, thing in self.resources.items() if thing["provider"] == name]
        mine = [key for key, booking in self.bookings.items() if booking["member"] == name]
        of_mine = [key for thing in offered for key, b in self.bookings.items() if b["thing"] == thing]
        for key in (*mine, *of_mine):
            booking = self.bookings[key]
            if booking["state"] == "handed_over":
                self._over(key, "settled", booking["cost"])
            elif booking["state"] in OPEN:
                self._over(key, "cancelled")
        for key in offered:
            self.resources[key]["open"] = False
        for key in [key for key, (owner, _) in self.holds.items() if owner == name]:
            del self.holds[key]
        self._move("burn", name, COMMONS, self.total(name))
        self._gone(name, now)
        return True

    def _manages(self, key: str, by: str, state: str) -> bool:
        booking = self.bookings[key]
        return self.active(by) and by == self.resources[booking["thing"]]["provider"] and booking["state"] == state

    def _confirmed(self, key: str, now: int) -> None:
        booking = self.bookings[key]
        self.off(f"booking.expire:{key}")
        if booking["stock"]:
            booking.update(starts=now + 7 * DAY, ends=now + 7 * DAY)
        booking["state"] = "confirmed"
        self.at(booking["ends"] + DAY, f"booking.no_show:{key}", lambda _: self._no_show(key))

    def _no_show(self, key: str) -> None:
        thing = self.resources[self.bookings[key]["thing"]]
        self._over(key, "no_show", int(self.bookings[key]["cost"] * thing["share"]) + thing["deposit"])

    def _over(self, key: str, state: str, paid: int = 0) -> bool:
        booking = self.bookings[key]
        self.off(*(f"booking.{what}:{key}" for what in ("expire", "no_show", "settle")))
        self.holds.pop(key, None)
        provider = self.resources[booking["thing"]]["provider"]
        self._move("capture", booking["member"], COMMONS if self.left(provider) else provider, paid)
        booking["state"] = state
        return True
