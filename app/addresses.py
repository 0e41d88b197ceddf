"""From which web pages a co-op's passkeys may sign: another address beside the old ones, or one of them taken away."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from ledger.books.coop import Coop, check_addresses
from ledger.errors import Refusal


class Addresses(NamedTuple):
    """What ``coop.addresses/1`` would put in force."""

    rp_ids: tuple[str, ...]
    origins: tuple[str, ...]


def origin_of(text: str) -> str:
    """An address as people type or paste it, as browsers name its origin; Refusal ``coop.addresses`` for others."""
    typed = text.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except ValueError as error:  # UnicodeError is one
        raise Refusal("coop.addresses", address=typed) from error
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def with_address(coop: Coop, text: str) -> Addresses:
    """With one more. Passkeys that hold for a domain hold below it, so only another domain is added."""
    origin = origin_of(text)
    host = urlsplit(origin).hostname or ""
    rp_ids = coop.rp_ids if rp_id_for(coop, host) else (*coop.rp_ids, host)
    origins = coop.origins if origin in coop.origins else (*coop.origins, origin)
    check_addresses(rp_ids, origins)
    return Addresses(rp_ids, origins)


def without(coop: Coop, origin: str) -> Addresses:
    """Without one of them; a domain goes with the last address under it."""
    origins = tuple(one for one in coop.origins if one != origin)
    hosts = [urlsplit(one).hostname or "" for one in origins]
    return Addresses(tuple(rp_id for rp_id in coop.rp_ids if any(_under(host, rp_id) for host in hosts)), origins)


def rp_id_for(coop: Coop, host: str) -> str:
    """The domain for which a page of that host asks for passkeys: the first of the co-op's that it lies under.

    Signing asks for the same one (``signer.js``). Nothing where the host is none of the co-op's.
    """
    return next((rp_id for rp_id in coop.rp_ids if _under(host, rp_id)), "")


def _under(host: str, rp_id: str) -> bool:
    return host == rp_id or host.endswith("." + rp_id)
