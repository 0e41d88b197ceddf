"""Which characters the papers' fonts can write.

BIZ UDPGothic has all of cp932 and JIS X 0213; the fonts inside typst add other alphabets. Some characters of names are
in neither (𠮷, Hangul, what Windows keeps as 外字). 〓 stands for them, as printers have always marked a sort that was
not at hand: a box or a gap would pass for a fault of the machine. The office is told (`render.unwritable`).
"""

from __future__ import annotations

import unicodedata
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
_TRIAL: Final = f'#set document(title: "trial")\n#set text(font: "{FAMILY}")\n#sys.inputs.text'.encode()


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """The fonts of every paper; those of the machine are left out, so that it looks the same everywhere."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FOLDER])


@lru_cache(maxsize=4096)
def legible(text: str) -> str:
    """The text on one line, with 〓 for each character that cannot be written or that hides or turns others."""
    plain = clean(text).replace("\ufffd", GETA)
    if _is_common(plain) or _can_write(plain):
        return plain
    letters = "".join(letter if _is_common(letter) or _can_write("a" + letter) else GETA for letter in plain)
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


@lru_cache(maxsize=4096)
def _can_write(text: str) -> bool:
    """Asked of typst itself, which refuses to archive what it cannot write. About a millisecond."""
    compiler = typst.Compiler(_TRIAL, font_paths=fonts(), ignore_system_fonts=True, sys_inputs={"text": text})
    try:
        compiler.compile(format="pdf", timestamp=0, pdf_standards=STANDARDS)
    except typst.TypstError:
        return False
    return True
