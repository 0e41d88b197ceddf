"""What the clerk says in the sample village, by the service's own functions: rolls, lots, what was hidden, counts."""

from __future__ import annotations

from app import announcements
from app.announcements import Announcement
from app.demo.founding import Place
from app.demo.writer import Pen, Said, Written
from governance.books import counts, proposals, tallying
from governance.books.ballots import Ballot
from governance.books.openings import PATH
from governance.books.proposals import Proposal
from ledger import canonical, ids
from ledger.private import Opening


class Clerk:
    """Follows the votes it is told of until they have been counted."""

    def __init__(self, pen: Pen, place: Place) -> None:
        self._pen = pen
        self._said = Said(ids.CLERK, (place.clerk,))
        self._votes: list[str] = []
        self._sealed: dict[str, Opening] = {}

    def follow(self, proposal: str) -> None:
        """A vote has been called."""
        self._votes.append(proposal)

    def keep(self, ballot: Written) -> None:
        """The service has what was sealed in a ballot."""
        for opening in ballot.openings:
            if opening.path == PATH:
                self._sealed[canonical.b64(ballot.id)] = opening

    def announce(self, at: int) -> None:
        """Whatever is to be said of each vote now."""
        for vote in list(self._votes):
            proposal = self._pen.state.need(Proposal, vote)
            if proposal.opened_index is None and not proposal.drawing:
                continue
            look = announcements.look(vote, self._pen.published, self._pen.state)
            self._say(at, look.said)
            if look.sealed:
                self._open(at, vote, tallying.cast(self._pen.state, self._pen.state.need(Proposal, vote)))
            if self._pen.state.need(Proposal, vote).count_entry is not None:
                self._votes.remove(vote)

    def _open(self, at: int, vote: str, cast: list[Ballot]) -> None:
        """What was hidden until the close, and then the count; of what stays confidential the count alone."""
        proposal = self._pen.state.need(Proposal, vote)
        rule = proposals.pinned(self._pen.state, proposal)
        if rule.secrecy.OPENED:
            waiting = [(ballot.member, self._sealed[ballot.statement]) for ballot in cast]
            self._say(at, announcements.publications(vote, waiting))
            found = counts.count(self._pen.state, proposal, rule)
        else:
            found = counts.opened(self._pen.state, proposal, rule, lambda one: self._sealed[one.statement].value)
        body = counts.announcement(proposal, rule, *found)
        self._say(at, [Announcement("proposal.count/1", body, vote)])

    def _say(self, at: int, said: list[Announcement]) -> None:
        for one in said:
            self._pen.write(at, self._said, one.type, one.body)
