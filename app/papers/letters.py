"""Which characters the papers' fonts can write.

BIZ UDPGothic has all of cp932 and JIS X 0213; the fonts inside typst add other alphabets. Some characters of names are
in neither (𠮷, Hangul, what Windows keeps as 外字). 〓 stands for them, as printers have always marked a sort that was
not at hand: a box or a gap would pass for a fault of the machine. The office is told (`render.unwritable`).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import typst

from app.texts.sentence_values import clean

FAMILY: Final = "BIZ UDPGothic"
FOLDER: Final = Path(__file__).parents[1] / "static" / "vendor" / "biz-udpgothic"
STANDARDS: Final[list[typst.PDFStandard]] = ["a-2a", "ua-1"]
"""For archives, where no character may be missing, and for screen readers."""
GETA: Final = "〓"
_NOBODYS: Final = "\U0010ffff"
"""What no font has: it is drawn as everything that a font lacks."""
_MARKS: Final = ("Mn", "Me")
_SHORT: Final = 200
_ROW: Final = 10
_ROWS: Final = f"""#set page(width: 100pt, height: auto, margin: {_ROW}pt)
#set text(font: "{FAMILY}", size: 5pt)
#for each in json(bytes(sys.inputs.letters)) {{ block(width: 100%, height: {_ROW}pt, spacing: 0pt, each) }}""".encode()
_DRAWN: Final = re.compile(r'<g transform="translate\([\d.]+ ([\d.]+)\)"><g transform="matrix[^>]*>((?:<use[^>]*>)+)')
_TRIAL: Final = f'#set document(title: "trial")\n#set text(font: "{FAMILY}")\n#sys.inputs.text'.encode()


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """The fonts of every paper; those of the machine are left out, so that it looks the same everywhere."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FOLDER])


def legible(text: str) -> str:
    """The text on one line, with 〓 for each character that cannot be written or that hides or turns others."""
    return _names(text) if len(text) <= _SHORT else _legible(text)


@lru_cache(maxsize=4096)
def _names(text: str) -> str:
    """Names and titles come again and again; longer texts would fill the memory."""
    return _legible(text)


def _legible(text: str) -> str:
    plain = clean(text).replace("\ufffd", GETA)
    if _is_common(plain) or _can_write(plain):
        return plain
    strange = [letter for letter in dict.fromkeys(plain) if not _is_common(letter)]
    lacking = _lacking(strange)
    there = [letter for letter in strange if letter not in lacking]
    lacking |= _refused([letter for letter in there if unicodedata.category(letter) not in _MARKS])
    # Whether a mark can be written depends on the letter that carries it: each is asked for by itself.
    lacking |= {mark for mark in there if unicodedata.category(mark) in _MARKS and not _can_write(f"a{mark}")}
    letters = "".join(GETA if letter in lacking else letter for letter in plain)
    if _can_write(letters):
        return letters
    # Each by itself can be written, but no font has both a letter and the mark it carries.
    return "".join(GETA if unicodedata.combining(letter) else letter for letter in letters)


def _is_common(text: str) -> bool:
    """Whether it is all in cp932, which Japanese fonts have; Python reads 外字 (private use) into that too."""
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return not any("\ue000" <= letter <= "\uf8ff" for letter in text)


def _lacking(letters: Sequence[str]) -> set[str]:
    """Which of them no font has, found out at once: a text of thousands would keep every other paper waiting."""
    rows = {"letters": json.dumps([_NOBODYS, *letters], ensure_ascii=False)}
    compiler = typst.Compiler(_ROWS, font_paths=fonts(), ignore_system_fonts=True, sys_inputs=rows)
    drawing = compiler.compile(format="svg")
    if not isinstance(drawing, bytes):
        raise TypeError("a drawing is one file")
    drawn = {int(float(y) // _ROW) - 1: glyphs for y, glyphs in _DRAWN.findall(drawing.decode())}
    nothing = re.findall(r'href="(#\w+)"', drawn[0])[0]
    return {letter for row, letter in enumerate(letters, 1) if f'"{nothing}"' in drawn.get(row, "")}


def _refused(letters: Sequence[str]) -> set[str]:
    """Which of them can't be archived all the same: few, and looked for by halves."""
    if not letters or _can_write("".join(f"a{letter}" for letter in letters)):
        return set()
    half = len(letters) // 2
    return set(letters) if not half else _refused(letters[:half]) | _refused(letters[half:])


def _can_write(text: str) -> bool:
    """Asked of typst itself, which refuses to archive what it cannot write. Some milliseconds."""
    compiler = typst.Compiler(_TRIAL, font_paths=fonts(), ignore_system_fonts=True, sys_inputs={"text": text})
    try:
        compiler.compile(format="pdf", timestamp=0, pdf_standards=STANDARDS)
    except typst.TypstError:
        return False
    return True
