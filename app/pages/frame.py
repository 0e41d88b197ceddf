"""What every page has around its content: whose co-op it is, who is reading, in which language and look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.texts import Catalogue
from app.texts.formats import JAPAN, Formats

ACCENTS = ("blue", "cyan", "green", "lime", "orange", "purple")
"""The accent colours a co-op may choose: each legible on both themes."""

THEMES = ("auto", "light", "dark")

THEME_COOKIE = "yui_theme"
"""Set by the browser (`ui.js`), read by the server, so that a page arrives in its theme without a flash."""

LANGUAGE_COOKIE = "yui_lang"


@dataclass(frozen=True)
class NavItem:
    """One place in the main navigation."""

    label: str
    href: str
    icon: str
    current: bool = False
    count: int = 0
    """How many things wait there for this reader; 0 shows nothing."""


@dataclass(frozen=True)
class Seal:
    """The ledger's newest checkpoint, shown at the foot of each page."""

    size: int
    root: str
    """The root hash as lower-case hex."""
    href: str


@dataclass(frozen=True)
class Reader:
    """The person signed in, as the page greets them."""

    name: str
    """With さん where the language wants it."""
    role: str = ""
    """What they act as, in words; empty for a plain member."""


@dataclass(frozen=True)
class Signing:
    """What forms of a co-op's pages need to know to say something in the reader's name (`statement-form.js`)."""

    slug: str
    origin: str
    """The log's own name, so that no other ledger can pass for it."""
    author: str
    """Member id."""
    names: Mapping[str, str]
    """What ids are called in the sentence before signing, wherever a page says no more."""
    token: tuple[str, int] | None = None
    """The token's name and decimals; None where the co-op has no word of its own."""


@dataclass(frozen=True)
class Frame:
    """Everything `base.html` needs. Only `lang` and `path` are always known: before a founding that is all."""

    lang: str
    path: str
    """This page's own address, for the language switch."""
    coop: str = ""
    coop_href: str = "/"
    accent: str = ACCENTS[0]
    theme: str = THEMES[0]
    utc_offset: int = JAPAN
    nav: tuple[NavItem, ...] = ()
    reader: Reader | None = None
    reader_menu: tuple[NavItem, ...] = ()
    sign_in_href: str = ""
    sign_out_action: str = ""
    size: int = 0
    """Entries that the page shows at least. The seal may be of more: it is asked for after the page's content."""
    seal: Seal | None = None
    footer: tuple[NavItem, ...] = ()
    csrf_token: str = ""
    signing: Signing | None = None
    events: str = ""
    """Where the page hears of new entries; only where there is a seal to go by."""

    def __post_init__(self) -> None:
        if self.accent not in ACCENTS or self.theme not in THEMES:
            raise ValueError(f"no such look: {self.accent}, {self.theme}")


def page_context(catalogue: Catalogue, frame: Frame) -> dict[str, Any]:
    """What each template finds beside its own data: `t`, `fmt` and `frame`."""
    t: Callable[..., str] = partial(catalogue.t, frame.lang)
    return {"t": t, "fmt": Formats(frame.lang, t, frame.utc_offset), "frame": frame}
