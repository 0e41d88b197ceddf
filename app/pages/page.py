"""From a handler's data to a page: the frame around it, and the template filled in."""

from __future__ import annotations

from typing import Any, Final

from jinja2 import Environment
from litestar import Request, Response
from litestar.enums import MediaType

from app.access import OFFICIALS
from app.addresses import rp_id_for
from app.api.problems import language
from app.installation import Installation
from app.pages.frame import THEME_COOKIE, THEMES, Frame, NavItem, Reader, Seal, Signing, page_context
from app.texts import Catalogue
from app.visit import Visit

NAV: Final = (
    ("home", "", "house"),
    ("proposals", "/proposals", "vote"),
    ("meetings", "/meetings", "calendar"),
    ("work", "/work", "hand-heart"),
    ("things", "/things", "package"),
    ("tokens", "/tokens", "sprout"),
    ("members", "/members", "users"),
    ("ledger", "/ledger", "scroll-text"),
)
"""The places of a co-op: name, address below the co-op's own, icon."""
READER_MENU: Final = (
    ("me", "me", "user", ()),
    ("keys", "me/keys", "key-round", ()),
    ("office", "office", "stamp", OFFICIALS),
    ("audit", "audit", "shield-check", ("auditor",)),
)
"""The reader's own places, and those that belong to a role of theirs."""

Page = Response[str]


async def show(
    request: Request[Any, Any, Any], visit: Visit | None, template: str, /, status: int = 200, **data: Any
) -> Page:
    """The page of ``template`` with ``data``. ``visit`` None: a page of the installation, outside any co-op."""
    frame = await frame_of(request, visit)
    environment: Environment = request.app.state.environment
    context = page_context(request.app.state.texts, frame)
    html = environment.get_template(template).render(**context, visit=visit, demo=request.app.state.web.demo, **data)
    return Response(html, media_type=MediaType.HTML, status_code=status)


async def frame_of(request: Request[Any, Any, Any], visit: Visit | None) -> Frame:
    """Everything around the content."""
    lang = language(request)
    texts: Catalogue = request.app.state.texts
    theme = request.cookies.get(THEME_COOKIE, THEMES[0])
    common: dict[str, Any] = {
        "lang": lang,
        "path": request.url.path,
        "theme": theme if theme in THEMES else THEMES[0],
        "csrf_token": csrf_token(request),
    }
    if visit is None:
        return Frame(**common)
    base = f"/c/{visit.slug}"
    installation: Installation = request.app.state.installation
    published = await installation.log.published(visit.reading.ledger)
    coop, token = await _words(visit)
    name = (await visit.reading.names([visit.member.id]))[visit.member.id] if visit.member else ""
    return Frame(
        **common,
        coop=coop,
        coop_href=base,
        utc_offset=visit.coop.utc_offset,
        nav=_nav(texts, lang, base, request.url.path) if visit.sees_tiles else (),
        reader=_reader(texts, lang, visit, name),
        signing=_signing(visit, name, token),
        reader_menu=tuple(
            NavItem(texts.t(lang, f"pages.menu.{name}"), f"{base}/{path}", icon)
            for name, path, icon, roles in READER_MENU
            if not roles or visit.holds(*roles)
        ),
        sign_in_href="" if visit.signed_in else f"{base}/sign-in",
        sign_out_action=f"{base}/sign-out",
        seal=Seal(published.size, published.root.hex(), f"{base}/verify") if visit.sees_tiles else None,
        size=visit.size,
        events=f"/api/v1/ledgers/{visit.slug}/events" if visit.sees_tiles else "",
    )


def rp_id_of(request: Request[Any, Any, Any], visit: Visit) -> str:
    """The domain for which passkeys are made and asked for on the page that is shown."""
    domain: str = rp_id_for(visit.coop, request.url.hostname or "") or request.app.state.web.host
    return domain


def csrf_token(request: Request[Any, Any, Any]) -> str:
    """The token that forms carry back."""
    from litestar.utils.scope.state import ScopeState  # noqa: PLC0415  (where Litestar keeps it)

    token = ScopeState.from_scope(request.scope).csrf_token
    return token if isinstance(token, str) else request.cookies.get(request.app.state.web.csrf_cookie, "")


def _nav(texts: Catalogue, lang: str, base: str, path: str) -> tuple[NavItem, ...]:
    here = path.removeprefix(base)
    return tuple(
        NavItem(
            texts.t(lang, f"pages.nav.{name}"),
            base + place,
            icon,
            here == place or (place != "" and here.startswith(place + "/")),
        )
        for name, place, icon in NAV
    )


async def _words(visit: Visit) -> tuple[str, str]:
    """The co-op's name, and its own word for its token if it has one."""
    said = visit.coop.profile
    found = await visit.reading.texts([(said, "profile/name"), (said, "profile/token_word")])
    return str(found.get((said, "profile/name"), visit.slug)), str(found.get((said, "profile/token_word"), ""))


def _reader(texts: Catalogue, lang: str, visit: Visit, name: str) -> Reader | None:
    if visit.member is None:
        return None
    roles = "、" if lang == "ja" else ", "
    return Reader(
        texts.t(lang, "pages.person", name=name),
        roles.join(texts.t(lang, f"pages.role.{role}") for role in sorted(visit.roles)),
    )


def _signing(visit: Visit, name: str, token: str) -> Signing | None:
    if visit.member is None:
        return None
    names = {visit.member.id: name}
    return Signing(visit.slug, visit.reading.ledger.origin, visit.member.id, names, token=(token, 0) if token else None)
