"""A letter: what it says and to whom, what it is called, and the bytes that a mail server is given.

The bytes follow from the letter, its id, the sender and the moment of queueing alone: every try sends the same
(``Message-ID`` and ``Date`` too), so a server that drops repetitions can.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, Literal, NamedTuple

import msgspec

from ledger import canonical, ids
from ledger.errors import FormatError

Method = Literal["", "PUBLISH", "REQUEST", "CANCEL"]

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*\Z")
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\Z")
_WITHIN: Final = re.compile(r"[^\s<>()\[\],;:\"'\\/|、。]+@[^\s<>()\[\],;:\"'\\/|、。]+")
_LINK: Final = re.compile(r"https?://[^\s<>\"'\\^`{|}\x00-\x1f\x7f]+")
_LONGEST_LOCAL, _LONGEST = 64, 254


class Notice(NamedTuple):
    """What letters are about: ``subject``, an id (a meeting's, say); ``kind`` of notice; its ``version``."""

    subject: str
    kind: str
    version: int

    def id_for(self, member: str) -> str:
        """The letter's id, of which there is one for each notice and member."""
        about = {"kind": self.kind, "member": member, "subject": self.subject, "version": self.version}
        return ids.object_id("mail", hashlib.sha256(b"yui/v1/letter\n" + canonical.encode(about)).digest())


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One member's. ``name`` as envelopes have it, ``coop`` the sender's name, ``origin`` the ledger's.

    ``text``: plain, paragraphs apart by an empty line. ``calendar``: an iCalendar object with that ``method``.
    ``unsubscribe``: a page where the receiver can stop letters of this kind; empty for those that the law demands.
    """

    member: str
    address: str
    name: str
    coop: str
    origin: str
    subject: str
    text: str
    lang: Literal["ja", "en"] = "ja"
    calendar: str = ""
    method: Method = ""
    unsubscribe: str = ""

    def check(self) -> None:
        """FormatError ``mail.header`` or ``mail.link`` for what could be read as another header, or is no link."""
        for path, text in (("subject", self.subject), ("coop", self.coop)):
            if _CONTROL.search(text):
                raise FormatError("mail.header", path=path)
        if self.unsubscribe:
            check_link(self.unsubscribe)


def check_link(link: str) -> str:
    """The web address; FormatError ``mail.link`` where it is none."""
    if not _LINK.fullmatch(link) or not link.isascii():
        raise FormatError("mail.link", link=link)
    return link


def address_of(typed: str) -> str:
    """The address as mail servers take it, its domain in ASCII; empty where it is none.

    Local parts outside ASCII, which few servers take, and quoted ones count as none.
    """
    local, _, domain = unicodedata.normalize("NFKC", typed).strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        return ""
    fits = len(local) <= _LONGEST_LOCAL and len(local) + 1 + len(domain) <= _LONGEST
    return f"{local}@{domain}" if fits and _LOCAL.match(local) and _DOMAIN.match(domain) else ""


def address_in(contact: str) -> str:
    """The first mail address among what somebody gave as contact (numbers, addresses, remarks); empty without one."""
    found = _WITHIN.findall(unicodedata.normalize("NFKC", contact))
    return next(filter(None, map(address_of, found)), "")


def one_line(text: str) -> str:
    """The text as headers can have it: a space where it has line breaks and other control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def compose(letter: Letter, id_: str, sender: str, queued: int) -> bytes:
    """The message, in lines of ASCII that end with CRLF; ``queued`` in ms."""
    date = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=queued)
    lines = [
        f"From: {_words('From', letter.coop)} <{sender}>",
        # What a member is called is no reason to leave one out: where a name has a line break, it has a space here.
        f"To: {_words('To', _CONTROL.sub(' ', letter.name))} <{letter.address}>",
        f"Subject: {_words('Subject', letter.subject)}",
        f"Date: {format_datetime(date)}",
        f"Message-ID: <{id_}@{_host(letter.origin)}>",
        "Auto-Submitted: auto-generated",  # RFC 3834: no holiday answers to nobody
        f"Content-Language: {letter.lang}",
    ]
    if letter.unsubscribe:
        lines.append(f"List-Unsubscribe: <{letter.unsubscribe}>")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii") + _body(letter, id_)


def _body(letter: Letter, id_: str) -> bytes:
    """The same text as text and as a page, and what belongs into a calendar; with the headers that say so."""
    body = EmailMessage(policy=SMTP)
    body.set_content(letter.text, charset="utf-8", cte="base64")
    body.add_alternative(as_html(letter.text, letter.lang), subtype="html", charset="utf-8", cte="base64")
    if letter.calendar:
        # RFC 6047: among the alternatives, its method named, so that mail programs offer to put it in the diary.
        kind = {"method": letter.method}
        body.add_alternative(letter.calendar, subtype="calendar", charset="utf-8", cte="base64", params=kind)
    body.set_boundary(f"=_{id_}")
    return body.as_bytes()


def _words(header: str, text: str) -> str:
    """RFC 2047, always: what anybody typed never stands in a header as it is.

    ``EmailMessage`` would read encoded words that were typed, and write the line breaks in them (CVE-2024-6923).
    """
    return Header(text, charset="utf-8", header_name=header).encode(linesep="\r\n")


def as_html(text: str, lang: str) -> str:
    """The same as a page: paragraphs, lines, and links where addresses of pages stand."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    body = "\n".join("<p>" + "<br>\n".join(map(_linked, one.split("\n"))) + "</p>" for one in paragraphs)
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head><meta charset="utf-8"></head>\n<body>\n{body}\n</body>\n</html>'
    )


def _linked(line: str) -> str:
    parts, start = [], 0
    for found in _LINK.finditer(line):
        link = html.escape(found.group())
        parts += [html.escape(line[start : found.start()]), f'<a href="{link}">{link}</a>']
        start = found.end()
    return "".join([*parts, html.escape(line[start:])])


def _host(origin: str) -> str:
    """The right half of message ids: the host in the ledger's name."""
    host = origin.partition("/")[0].partition(":")[0]
    return host if _DOMAIN.match(host) else "ledger.invalid"
