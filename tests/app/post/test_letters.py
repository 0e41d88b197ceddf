"""What a letter is made of: nothing that anybody typed becomes a header, and what was meant is what is read."""

from __future__ import annotations

import email
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.post.letters import Letter, Notice, address_in, address_of, as_html, check_link, compose
from ledger.errors import FormatError
from tests.app.post.desk import NOTICE, TARO, letter

ID = NOTICE.id_for(TARO)
QUEUED = 1_790_000_000_000
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=120)


def written(one: Letter) -> tuple[bytes, EmailMessage]:
    data = compose(one, ID, "yui@coops.example", QUEUED)
    return data, email.message_from_bytes(data, policy=default)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_it_says_what_it_should() -> None:
    data, message = written(letter())
    assert set(message.keys()) == HEADERS
    assert message["Subject"] == "臨時総会のお知らせ"
    assert message["From"].addresses[0].display_name == "結の里"
    assert message["To"].addresses[0].display_name == "浜辺 太郎"
    assert message["To"].addresses[0].addr_spec == f"{TARO}@people.example"
    assert message["Date"] == "Mon, 21 Sep 2026 14:13:20 +0000"
    assert message["Message-ID"] == f"<{ID}@coops.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    text, page = message.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == letter().text
    assert '<a href="https://coops.example/c/owase/meetings/1">' in page.get_content()
    assert data == written(letter())[0]


def test_what_each_letter_is_called_follows_from_what_it_is_about() -> None:
    others = [
        Notice(NOTICE.subject, NOTICE.kind, 2).id_for(TARO),
        Notice(NOTICE.subject, "meeting.cancelled", 1).id_for(TARO),
        Notice("meet_" + "b" * 26, NOTICE.kind, 1).id_for(TARO),
        NOTICE.id_for("mem_" + "x" * 26),
    ]
    assert len({ID, *others}) == 5
    assert re.fullmatch(r"mail_[a-z2-7]{26}", ID)


def test_an_invitation_goes_along_so_that_mail_programs_offer_it() -> None:
    ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
    _, message = written(letter(calendar=ics, method="REQUEST"))
    part = list(message.iter_parts())[2]
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    assert part.get_content() == ics


def test_where_letters_can_be_stopped_it_is_said() -> None:
    _, message = written(letter(unsubscribe="https://coops.example/c/owase/me"))
    assert message["List-Unsubscribe"] == "<https://coops.example/c/owase/me>"


@pytest.mark.parametrize("field", ["subject", "coop"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x00", "\x85", "\u2028"])
def test_a_line_break_in_a_header_is_refused(field: str, end: str) -> None:
    with pytest.raises(FormatError) as refused:
        letter(**{field: f"お知らせ{end}Bcc: all@people.example"}).check()
    assert (refused.value.code, refused.value.params["path"]) == ("mail.header", field)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://x.example/>\r\nBcc: a@b.c", "https://x.example/a b", "https://結.example"]
)
def test_only_links_are_links(link: str) -> None:
    with pytest.raises(FormatError, match=r"mail\.link"):
        check_link(link)
    with pytest.raises(FormatError, match=r"mail\.link"):
        letter(unsubscribe=link).check()


@given(subject=LINE, coop=LINE, name=TEXT, text=TEXT)
@example(subject="=?utf-8?q?=0ABcc=3A_x?=", coop='a"b\\c,;<x@y.example>', name="\r\nBcc: x@y.example", text="\r\n.\r\n")
@example(subject="a" * 120, coop="あ" * 120, name="山" * 200, text=".")
def test_whatever_is_typed_there_are_these_headers_and_one_receiver(
    subject: str, coop: str, name: str, text: str
) -> None:
    one = letter(subject=subject, coop=coop, name=name, text=text)
    one.check()
    data, message = written(one)
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))  # RFC 5322 section 2.1.1
    assert set(message.keys()) == HEADERS
    assert len(message.keys()) == len(HEADERS)
    assert [one.addr_spec for one in message["To"].addresses] == [f"{TARO}@people.example"]
    assert [one.addr_spec for one in message["From"].addresses] == ["yui@coops.example"]
    plain = next(message.iter_parts()).get_content()
    assert plain.split() == text.split() or squeezed(plain) == squeezed(text)


@given(
    st.text(st.sampled_from("結の里組合総会お知らせ山田太郎ー〇Ab(,.=? "), min_size=1, max_size=80).map(
        lambda text: " ".join(text.split())
    )
)
def test_what_people_write_is_read_as_they_wrote_it(words: str) -> None:
    data, message = written(letter(subject=words, coop=words, name=words))
    assert message["Subject"] == words
    # Python's newer reader leaves spaces between the encoded words of a long name; the older one reads RFC 2047 right.
    raw = email.message_from_bytes(data)
    for header in ("To", "From"):
        name = raw[header].rpartition(" <")[0]
        assert str(make_header(decode_header(name))) == words


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name not in ("lang", "charset")]

    def handle_data(self, data: str) -> None:
        self.text += data


@given(TEXT)
@example("<script>alert(1)</script> https://x.example/\"onclick='x' <b>&amp;")
def test_as_a_page_it_is_the_same_text_and_no_more(text: str) -> None:
    tags = _Tags()
    tags.feed(as_html(text, "ja"))
    tags.close()
    assert tags.tags <= {"html", "head", "meta", "body", "p", "br", "a"}
    assert all(re.match(r"https?://", link) for link in tags.links)
    assert squeezed(tags.text.replace("\x00", "\ufffd")) == squeezed(text.replace("\x00", "\ufffd"))


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("taro@people.example", "taro@people.example"),
        ("\uff54\uff41ro\uff20people.example", "taro@people.example"),  # full-width, as Japanese keyboards give it
        (" Taro.H+yui@People.Example ", "Taro.H+yui@people.example"),
        ("taro@ピープル.example", "taro@xn--rdkg4d4c.example"),
        ("taro..h@people.example", ""),  # as old telephones had them; servers refuse it
        ('"taro h"@people.example', ""),
        ("太郎@people.example", ""),
        ("taro@-people.example", ""),
        ("taro", ""),
        ("taro@people.example\r\nRCPT TO:<x@y.example>", ""),
        ("<taro@people.example>", ""),
        ("a" * 65 + "@people.example", ""),
        ("a@" + "b." * 126 + "cc", ""),
        ("", ""),
    ],
)
def test_addresses(typed: str, address: str) -> None:
    assert address_of(typed) == address


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("0597-22-0000 / taro@people.example", "taro@people.example"),
        ("メール:taro@people.example、夜だけ", "taro@people.example"),
        ("TARO@people.example(妻)", "TARO@people.example"),
        ("taro..h@people.example / hanako@people.example", "hanako@people.example"),
        ("090-0000-0000", ""),
    ],
)
def test_an_address_is_found_in_what_somebody_gave_as_contact(contact: str, address: str) -> None:
    assert address_in(contact) == address


@given(st.text(max_size=80))
def test_whatever_is_taken_for_an_address_can_stand_in_a_command(typed: str) -> None:
    for address in (address_of(typed), address_in(typed)):
        assert not address or re.fullmatch(r"[!-;=?-~]+@[a-z0-9.-]+", address)
