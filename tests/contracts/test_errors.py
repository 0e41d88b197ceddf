"""Errors of anchoring: one class and one code for each, and each explained to the operator."""

from __future__ import annotations

import re
from pathlib import Path

from contracts.errors import AnchorError, RpcAway
from ledger.errors import LedgerError

PAGE = (Path(__file__).parents[2] / "docs" / "anchoring.md").read_text(encoding="utf-8")


def codes() -> list[str]:
    return [leaf.CODE for leaf in AnchorError.__subclasses__()]


def test_each_has_a_code_of_its_own() -> None:
    assert len(set(codes())) == len(codes()) > 15
    assert all(re.fullmatch(r"anchor\.[a-z_]+", code) for code in codes())


def test_all_are_the_ledger_s_errors_and_carry_facts() -> None:
    assert issubclass(AnchorError, LedgerError)
    assert (RpcAway(host="rpc.example").code, str(RpcAway(host="rpc.example"))) == (
        "anchor.rpc_away",
        "anchor.rpc_away (host=rpc.example)",
    )


def test_the_guide_says_what_each_means_and_knows_no_other() -> None:
    table = PAGE.partition("## When it says no")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(anchor\.[a-z_]+)`", table)) == set(codes())
