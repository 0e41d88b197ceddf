"""Anchor proofs as the auditor reads them, and the chains that are asked, by libraries that are loaded when needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError
from ledger.signed_note import VerifierKey
from ledger.verify.anchored import Anchors, Proof, Site, Standing

if TYPE_CHECKING:
    from contracts.check import Sighting
    from contracts.node import Head, Node
    from contracts.proof import AnchorProof

FINAL: Final = 64
"""Blocks, its own included, that make an anchor final unless the auditor says otherwise."""
_MAX_FILE: Final = 1 << 20


class NotAsked(LedgerError):
    """The chain can't be asked: nobody was named who speaks for it, or two who do don't agree."""


class Shown(NamedTuple):
    """``anchored.Proof`` of ``contracts``."""

    proof: AnchorProof

    @property
    def note(self) -> bytes:
        """The signed checkpoint."""
        return self.proof.note

    @property
    def site(self) -> Site:
        """Where it is said to be."""
        return Site(*self.proof.site)

    def check(self, key: VerifierKey) -> Checkpoint:
        """See ``anchored.Proof``."""
        from contracts import proof  # noqa: PLC0415 - Ethereum's libraries, which most audits never need

        return proof.check(self.proof, key)


def parse(data: bytes) -> Proof:
    """Read a proof."""
    from contracts import proof  # noqa: PLC0415

    return Shown(proof.parse(data))


def anchors(files: Sequence[Path], rpcs: Sequence[str], confirmations: int, stack: ExitStack) -> Anchors:
    """What the auditor brings for step 11. OSError where a file can't be read."""
    given = []
    for path in files:
        with path.open("rb") as file:
            given.append((str(path), file.read(_MAX_FILE)))
    return Anchors(parse, tuple(given), Chains(rpcs, confirmations, stack) if rpcs else None)


class Chains:
    """``anchored.Chain`` over RPCs, each of which speaks for one chain. All that speak for the same have to agree.

    A second RPC of a chain is a second opinion: whoever asks one alone believes that one.
    """

    def __init__(self, rpcs: Sequence[str], confirmations: int, stack: ExitStack) -> None:
        self._rpcs, self._confirmations, self._stack = rpcs, confirmations, stack
        self._nodes: list[_Asked] | None = None
        self._sightings: list[Sighting] = []

    def find(self, proof: Proof) -> Standing | None:
        """See ``anchored.Chain``. NotAsked, or an error of the RPC."""
        from contracts import check  # noqa: PLC0415
        from contracts.check import Sighting  # noqa: PLC0415
        from contracts.record import State  # noqa: PLC0415
        from ledger import checkpoint  # noqa: PLC0415

        assert isinstance(proof, Shown)  # noqa: S101 - whoever parses it is above
        nodes = [node for node in self._connected() if node.chain_id() == proof.site.chain_id]
        if not nodes:
            raise NotAsked("anchors.no_chain", chain_id=proof.site.chain_id)
        found = [check.find(proof.proof, node, self._confirmations) for node in nodes]
        standings = [one for one in found if one is not None]
        if not standings:
            return None
        if len(standings) != len(found) or len({(one.block, one.time) for one in standings}) > 1:
            raise NotAsked("anchors.disagree", chain_id=proof.site.chain_id)
        self._sightings.append(Sighting(checkpoint.parse(proof.note)[0], proof.proof.site, standings[0]))
        final = all(one.state == State.FINAL for one in standings)
        return Standing(final, standings[0].block, standings[0].time)

    def check_growth(self) -> None:
        """See ``anchored.Chain``."""
        from contracts import check  # noqa: PLC0415

        check.check_growth(self._sightings)

    def _connected(self) -> list[_Asked]:
        if self._nodes is None:
            from contracts.chain import RpcNode  # noqa: PLC0415 - a second

            nodes = [RpcNode(url) for url in self._rpcs]
            for node in nodes:
                self._stack.callback(node.close)
            self._nodes = [_Asked(node) for node in nodes]
        return self._nodes


class _Asked:
    """A node that is asked once for what can't change within an audit, however many proofs there are."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._known: dict[tuple[str, ...], Any] = {}

    def chain_id(self) -> int:
        return self._once(("chain_id",), self._node.chain_id)  # type: ignore[no-any-return]

    def code(self, address: str) -> bytes:
        return self._once(("code", address), lambda: self._node.code(address))  # type: ignore[no-any-return]

    def head(self) -> Head:
        return self._once(("head",), self._node.head)  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._node, name)

    def _once(self, key: tuple[str, ...], ask: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = ask()
        return self._known[key]
