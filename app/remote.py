"""A co-op's service as seen from a terminal, believed in nothing that can be checked. Standard library only."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any, Final

from ledger import canonical, checkpoint, merkle, receipt
from ledger.checkpoint import Checkpoint
from ledger.compose import Draft, envelope
from ledger.errors import ProofError
from ledger.receipt import Receipt
from ledger.statement import Signature

if TYPE_CHECKING:
    from ledger.signed_note import VerifierKey

_TIMEOUT: Final = 30
_PROBLEM: Final = "application/problem+json"


class Remote:
    """One co-op, by the address of its page. OSError where nobody answers."""

    def __init__(self, address: str, language: str) -> None:
        self._language = language
        parts = urllib.parse.urlsplit(address)
        place, _, slug = parts.path.rstrip("/").rpartition("/c/")
        if parts.scheme not in ("http", "https") or not slug or "/" in slug:
            raise ValueError(f"{address}: https://…/c/…")
        self._base = f"{parts.scheme}://{parts.netloc}{place}/api/v1/ledgers/{slug}"

    def context(self) -> dict[str, Any]:
        """What the service says of itself."""
        found = self._ask("context")
        if "code" in found:
            raise OSError(str(found.get("title", found["code"])))
        return found

    def verified(self, context: dict[str, Any], vkey: VerifierKey) -> Checkpoint:
        """The checkpoint that it shows, under the operator's key and of the ledger that it names."""
        head = checkpoint.verify(context["checkpoint"].encode(), vkey)
        if head.origin != context["origin"]:
            raise ProofError("checkpoint.origin", expected=context["origin"], found=head.origin)
        return head

    def submit(self, draft: Draft, signatures: tuple[Signature, ...], head: Checkpoint) -> dict[str, Any]:
        """The answer: a receipt, or a problem with its ``code``."""
        return self._ask(f"statements?from={head.size}", envelope(draft, signatures))

    def accept(self, answer: dict[str, Any], draft: Draft, head: Checkpoint, vkey: VerifierKey) -> Receipt:
        """The receipt: for exactly these bytes, in a tree that has grown from the one that was signed over."""
        path = tuple(canonical.unb64(one, merkle.HASH_SIZE) for one in answer["proof"])
        found = Receipt(canonical.unb64(answer["leaf"]), answer["index"], path, answer["checkpoint"].encode())
        new, entry = receipt.verify(found, vkey)
        if entry.statement_bytes != draft.data:
            raise ProofError("receipt.statement")
        grown = [canonical.unb64(one, merkle.HASH_SIZE) for one in answer["consistency"]]
        merkle.check_consistency(head.size, new.size, grown, head.root, new.root)
        return found

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else canonical.encode(body)
        headers = {"Accept": f"application/json, {_PROBLEM}", "Content-Type": "application/json"}
        headers["Accept-Language"] = self._language
        request = urllib.request.Request(f"{self._base}/{path}", data, headers)  # noqa: S310 - the scheme was looked at
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            if error.headers.get_content_type() != _PROBLEM:
                raise
            found = json.load(error)
        return found
