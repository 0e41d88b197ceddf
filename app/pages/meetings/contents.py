"""What the papers of a meeting say: read from the ledger, and from what the office adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from app.decisions.words import Words
from app.meetings.changes import differences, told, versions
from app.meetings.guests import Home
from app.meetings.officers import offices
from app.pages.meetings.calendar import page_of
from app.pages.meetings.common import Said, said
from app.pages.meetings.on_paper import Asked, asked
from app.pages.proposals.common import Asked as Request
from app.pages.proposals.common import rule_of, texts_of, words_of
from app.papers.ballot_form import Written
from app.papers.circulation import Circulation
from app.papers.convocation import Convocation
from app.papers.households import Household, Voter
from app.papers.labels import Labels
from app.papers.meeting import Item
from app.papers.meeting import Meeting as Told
from app.papers.paper import Code, House
from app.papers.proxy_form import Proxies
from app.papers.reception import Expected, Reception
from app.reading import short
from app.roll import Person
from app.visit import Visit
from governance.books.ballots import Ballot
from governance.books.meetings import Meeting
from governance.books.proposals import Proposal
from governance.books.proxies import Proxy
from governance.rule import Rule

MANY: Final = 100_000
LINE: Final = 200
"""Characters of a line that the office adds."""
EVENING: Final = 17
"""The hour by which forms are to be back, on the day before."""


class Wishes(NamedTuple):
    """What the office adds: by when (ms) and to which address forms come back, whom to ask, whether both sides of a
    sheet are printed on, how many labels one has, and the group that a circulated one goes round in.
    """

    by: int
    back: str = ""
    contact: str = ""
    duplex: bool = False
    labels: Literal[12, 24] = 12
    group: str = ""


class Matter(NamedTuple):
    """An item of the agenda, the rule that decides it, its title, its text, and what a written ballot asks of it."""

    proposal: Proposal
    rule: Rule
    title: str
    text: str
    asked: Asked

    @property
    def on_paper(self) -> bool:
        """Whether a written ballot has a place for it."""
        return self.asked.asks in ("vote", "choose")


class Desk:
    """One meeting, its texts, and the words of who asks: what all its papers are made of.

    ``voters``: who gets forms, where that is known; without any, everybody.
    """

    def __init__(
        self, request: Request, visit: Visit, meeting: Meeting, texts: Said, matters: list[Matter], now: int
    ) -> None:
        self.meeting, self.texts, self.matters = meeting, texts, matters
        self.changes: list[str] = []
        self.voters = frozenset[str]()
        self.words: Words = words_of(request, visit)
        self.url = page_of(request, visit, meeting)
        self._visit, self._now = visit, now

    @property
    def title(self) -> str:
        """The meeting's title."""
        return self.texts.title or self.words.t("meetings.untitled", id=self.meeting.id[:10])

    @property
    def letter(self) -> str:
        """What it begins with: first of all what is not as it was told before, and that it is a second convocation."""
        t, first = self.words.t, list[str]()
        if self.changes:
            first.append("\n".join([t("paperwork.changes"), *self.changes]))
        if self.meeting.convocation > 1:
            first.append(t("paperwork.second"))
        if not first:
            return self.texts.notes
        return "\n\n".join([*first, self.texts.notes or t("papers.convocation.letter", meeting=self.title)])

    @property
    def votes_online(self) -> bool:
        """Whether one can vote on an item from afar with a device."""
        return any("online" in matter.rule.channels for matter in self.matters)

    @property
    def has_forms(self) -> bool:
        """Whether anything can be sent back on paper."""
        return any(matter.on_paper or matter.rule.proxy.ALLOWED for matter in self.matters)

    @property
    def _motions(self) -> bool:
        """Whether what is moved in the room may be decided too, as far as the rules of the agenda say."""
        return self.meeting.convocation == 1 and any(matter.rule.venue.motions() for matter in self.matters)

    def back_by(self) -> int:
        """By when forms are to be back unless the office says otherwise (ms): the evening before, if there is one."""
        fmt = self.words.fmt
        day = fmt.local(self.meeting.starts_at) - timedelta(days=1)
        evening = int(day.replace(hour=EVENING, minute=0, second=0, microsecond=0).timestamp() * 1000)
        return evening if evening > self._now else self.meeting.starts_at

    def wishes(self, asked: Mapping[str, str]) -> Wishes:
        """What the office has filled in."""
        line = {name: str(asked.get(name, ""))[:LINE].strip() for name in ("back", "contact", "group")}
        by = moment_of(str(asked.get("by", "")), self.words) or self.back_by()
        return Wishes(by, duplex=bool(asked.get("duplex")), labels=24 if asked.get("labels") == "24" else 12, **line)

    async def house(self, wishes: Wishes) -> House:
        """The co-op, as it signs: by whoever convened the meeting."""
        profile, reading = self._visit.coop.profile, self._visit.reading
        fields = ("name", "member_word")
        texts = await reading.texts([(profile, f"profile/{field}") for field in fields])
        name, member = (str(texts.get((profile, f"profile/{field}"), "")) for field in fields)
        convener = (await reading.names([self.meeting.convener])).get(self.meeting.convener, "")
        return House(
            name=name or self._visit.slug,
            address=wishes.back,
            contact=wishes.contact,
            head=await self._convener(convener),
            member=member,
        )

    async def _convener(self, name: str) -> str:
        """Who called it together, with what they were then where they held an office."""
        who, at = self.meeting.convener, self.meeting.convened_at
        roles = (await offices(self._visit.reading, at)).get(who)
        if roles is None:
            return self.words.t("paperwork.convener", name=name)
        return self.words.t(
            "paperwork.convener.officer", name=name, office=self.words.t(f"paperwork.officer.{roles[0]}")
        )

    async def convocation(self, homes: Iterable[Home], wishes: Wishes) -> Convocation:
        """The letters, with the forms that the rules of the items allow."""
        return Convocation(
            house=await self.house(wishes),
            dated=self._now,
            meeting=self._told(),
            households=tuple(self._household(home) for home in homes),
            letter=self.letter,
            documents=tuple(self.texts.documents),
            proxies=self._proxies(wishes),
            written=self._written(wishes),
            online=self.votes_online,
            page=Code(self.url, self.words.t("paperwork.page")),
            duplex=wishes.duplex,
        )

    def labels(self, homes: Iterable[Home], wishes: Wishes) -> Labels:
        """Where the letters go."""
        households = tuple(self._household(home) for home in homes)
        return Labels(dated=self._now, households=households, per_sheet=wishes.labels)

    async def reception(self, people: Sequence[Person], wishes: Wishes) -> Reception:
        """Everyone who may come, and what of theirs has arrived already."""
        reading, came = self._visit.reading, dict[str, str]()
        for matter in self.matters:
            for ballot in await reading.children(Ballot, matter.proposal.id, limit=MANY):
                if ballot.via == "paper" and ballot.counts:
                    came[ballot.member] = "written"
        for proxy in await reading.children(Proxy, self.meeting.id, limit=MANY):
            if proxy.to is not None:
                came.setdefault(proxy.member, "proxy")
        return Reception(
            house=await self.house(wishes),
            dated=self._now,
            meeting=self.title,
            starts=self.meeting.starts_at,
            expected=tuple(_expected(person, came) for person in people),
        )

    async def circulation(self, homes: Sequence[Home], wishes: Wishes) -> Circulation:
        """A notice that goes round in one group."""
        group, t = wishes.group, self.words.t
        items = [f"{t('papers.item.vote', n=n)} {matter.title}" for n, matter in enumerate(self.matters, 1)]
        reports = [f"{t('papers.item.report', n=n)} {report}" for n, report in enumerate(self.texts.reports, 1)]
        letter = self.letter or t("papers.convocation.letter", meeting=self.title)
        return Circulation(
            house=await self.house(wishes),
            dated=self._now,
            title=t("papers.convocation.title", meeting=self.title),
            text="\n".join([letter, *self.facts(), *items, *reports]),
            households=tuple(_called(home) for home in homes if home.group == group),
            group=group,
            page=Code(self.url, t("paperwork.page")),
        )

    def facts(self) -> list[str]:
        """When and where it is, and how to take part from elsewhere, each on a line."""
        return [f"{fact['name']}: {' '.join(fact['text'])}" for fact in self._told().facts(self.words.fmt)]

    def _told(self) -> Told:
        votes = tuple(
            Item(number=number, title=matter.title, text=matter.text, **matter.asked._asdict())
            for number, matter in enumerate(self.matters, 1)
        )
        reports = (Item(number=n, title=text, asks="report") for n, text in enumerate(self.texts.reports, 1))
        online = "" if self.meeting.mode == "room" else self.words.t("paperwork.online")
        place = self.texts.place or (self.words.t("meetings.mode.online") if self.meeting.mode == "online" else "")
        return Told(
            title=self.title, starts=self.meeting.starts_at, place=place, items=(*votes, *reports), online=online
        )

    def _household(self, home: Home) -> Household:
        voters = tuple(self._voter(person) for person in home.people)
        return Household(members=voters, postcode=home.postcode, address=home.address)

    def _voter(self, person: Person) -> Voter:
        """The codes lead an official to where what comes back is entered; whose it is stands in them as an id."""
        returned, number = f"{self.url}/returned/{person.id}", person.number or short(person.id)
        return Voter(
            number=person.number,
            name=person.name,
            forms=not self.voters or person.id in self.voters,
            proxy=Code(f"{returned}#proxy", number),
            ballot=Code(f"{returned}#ballot", number),
        )

    def _proxies(self, wishes: Wishes) -> Proxies | None:
        rules = [matter.rule.proxy for matter in self.matters if matter.rule.proxy.ALLOWED]
        if not rules:
            return None
        caps = [most for rule in rules if (most := rule.most(self.meeting.gathers)) is not None]
        chair = all(rule.to_chair() for rule in rules)
        who = "household" if any(rule.within_household() for rule in rules) else "voter"
        terms = [f"proxy.{who}", f"proxy.blank.{'chair' if chair else 'none'}", "unsigned"]
        terms += ["proxy.motions"] if self._motions else []
        return Proxies(by=wishes.by, chair=chair, cap=min(caps, default=None), terms=self._terms(*terms, "own_first"))

    def _written(self, wishes: Wishes) -> Written | None:
        if not any(matter.on_paper for matter in self.matters):
            return None
        terms = ["unmarked", "unsigned", *(["unmarked.motions"] if self._motions else [])]
        return Written(by=wishes.by, terms=self._terms(*terms, "own_first"))

    def _terms(self, *names: str) -> tuple[str, ...]:
        return tuple(self.words.t(f"paperwork.{name}") for name in names)


async def desk(request: Request, visit: Visit, meeting: Meeting, now: int) -> Desk:
    """Everything that the papers of this meeting need to know."""
    found = await visit.reading.find_many(Proposal, meeting.agenda)
    matters, words = [], words_of(request, visit)
    for proposal in (found[id_] for id_ in meeting.agenda):
        _, rule = await rule_of(visit.reading, proposal)
        title, text, options = await texts_of(visit, proposal)
        title = title or words.t("proposals.untitled", id=proposal.id[:11])
        matters.append(Matter(proposal, rule, title, text, await asked(visit, words, proposal, rule, options)))
    made = Desk(request, visit, meeting, await said(visit, meeting), matters, now)
    if meeting.version > 1:
        first, *_, last = await versions(visit.reading, meeting)
        made.changes = told(differences(first, last, words), words)
    return made


def moment_of(text: str, words: Words) -> int | None:
    """What was chosen as a day and time on the co-op's clock, in ms; None where it is no such thing."""
    try:
        chosen = datetime.fromisoformat(text)
    except ValueError:
        return None
    if chosen.tzinfo is not None:
        return None
    return int(chosen.replace(tzinfo=words.fmt.local(0).tzinfo).timestamp() * 1000)


def _called(home: Home) -> str:
    """A household as a circulated sheet has it: by its name, else by its people's."""
    return home.people[0].household or "・".join(person.name for person in home.people)


def _expected(person: Person, came: Mapping[str, str]) -> Expected:
    arrived = came.get(person.id, "")
    return Expected(
        number=person.number,
        name=person.name,
        kana=person.kana,
        came_in="proxy" if arrived == "proxy" else "written" if arrived else "",
    )
