"""Witness policies: the example of c2sp.org/tlog-policy, and what a file may not say."""

from __future__ import annotations

from itertools import combinations

import pytest
from nacl.signing import SigningKey

from ledger import cosignature, witness_policy
from ledger.errors import FormatError
from ledger.signed_note import VerifierKey

NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
KEYS = {name: cosignature.witness_key(f"{name}.example", SigningKey(name.encode() * 16)) for name in NAMES}
LOG = VerifierKey("example.com/log", bytes(SigningKey(bytes(32)).verify_key)).text()
WITNESSES = "".join(f"witness {name} {key.text()}\n" for name, key in KEYS.items())
EXAMPLE = (
    f"log {LOG} https://log.example\n\n# two houses\n{WITNESSES}"
    "group X-witnesses 2 X1 X2 X3\n\tgroup  Y-witnesses any Y1 Y2 Y3 \n"
    "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
)


def test_the_example_holds_for_exactly_the_sets_that_it_means() -> None:
    policy = witness_policy.parse(EXAMPLE.encode())
    assert [(log.key.text(), log.url) for log in policy.logs] == [(LOG, "https://log.example")]
    assert set(policy.keys) == set(KEYS.values())
    for count in range(7):
        for names in combinations(NAMES, count):
            xs, ys = (sum(name[0] == house for name in names) for house in "XY")
            assert policy.is_met([KEYS[name] for name in names]) == (xs >= 2 and ys >= 1)


def test_what_a_checkpoint_needs_is_said_again_without_the_logs() -> None:
    policy = witness_policy.parse(EXAMPLE.encode())
    assert witness_policy.parse(policy.to_text().encode()) == policy._replace(logs=())


def test_groups_may_be_nested_however_deep() -> None:
    chain = "".join(f"group G{place + 1} 1 {f'G{place}' if place else 'X1'}\n" for place in range(900))
    policy = witness_policy.parse(f"{WITNESSES}{chain}quorum G900\n".encode())
    assert policy.is_met([KEYS["X1"]])
    assert not policy.is_met([KEYS["X2"]])


def test_none_needs_nobody() -> None:
    assert witness_policy.parse(b"quorum none\n").is_met([])


def test_one_witness_is_a_quorum() -> None:
    policy = witness_policy.parse(f"witness X1 {KEYS['X1'].text()} https://w.example\nquorum X1\n".encode())
    assert policy.is_met([KEYS["X1"]])
    assert not policy.is_met([KEYS["X2"]])
    assert policy.witnesses["X1"].url == "https://w.example"


@pytest.mark.parametrize(
    "rows",
    [
        "quorum X1\n",
        "quorum none\nquorum none\n",
        f"{WITNESSES}group all 0 X1\nquorum all\n",
        f"{WITNESSES}group g 4 X1 X2 X3\nquorum g\n",
        f"{WITNESSES}group g 02 X1 X2 X3\nquorum g\n",
        f"{WITNESSES}group g any\nquorum g\n",
        f"{WITNESSES}group g any X1 X1\nquorum g\n",
        f"{WITNESSES}group g any X1\ngroup h any X1\nquorum h\n",
        f"{WITNESSES}group g any h\ngroup h any X1\nquorum g\n",
        f"{WITNESSES}group X1 any X2\nquorum X1\n",
        f"{WITNESSES}group g any none\nquorum g\n",
        f"{WITNESSES}{WITNESSES}quorum X1\n",
        f"{WITNESSES}witness X9 {VerifierKey('other.example', KEYS['X1'].public, 4).text()}\nquorum X1\n",
        f"log {LOG}\nlog {LOG}\nquorum none\n",
        f"log {KEYS['X1'].text()}\nquorum none\n",
        f"witness X1 {LOG}\nquorum X1\n",
        "members none\nquorum none\n",
        "quorum none extra\n",
    ],
)
def test_what_a_file_may_not_say_is_refused_with_its_line(rows: str) -> None:
    with pytest.raises(FormatError, match=r"witness_policy\.line \(line=\d+\)"):
        witness_policy.parse(rows.encode())


@pytest.mark.parametrize("data", [b"quorum none", b"quorum none\r\n", b"quorum \xff\n", b"#\x00\nquorum none\n"])
def test_other_bytes_are_no_file(data: bytes) -> None:
    with pytest.raises(FormatError, match=r"witness_policy\.form"):
        witness_policy.parse(data)


def test_a_quorum_must_be_named() -> None:
    with pytest.raises(FormatError, match=r"witness_policy\.quorum"):
        witness_policy.parse(b"# nothing\n")
