"""What can go wrong between an installation and a chain: one class and one stable code for each thing an operator
would do something different about.

``params`` never carry a key, a password, or an RPC's address beyond its host: paths of such addresses hold passwords.
"""

from __future__ import annotations

from typing import Any, ClassVar

from ledger.errors import LedgerError


class AnchorError(LedgerError):
    """Root of all errors of the package. Nothing of it ever blocks an append to a ledger."""

    CODE: ClassVar[str]

    def __init__(self, **params: Any) -> None:
        super().__init__(self.CODE, **params)


class BatchFault(AnchorError):
    """No checkpoint to anchor, or two of one ledger: ``origin``, None when there is none at all."""

    CODE = "anchor.batch"


class AnchorBusy(AnchorError):
    """A batch is under way and not in the chain yet: ``number``. The next one takes in what is new by then."""

    CODE = "anchor.busy"


class KeyMissing(AnchorError):
    """No signing key is configured."""

    CODE = "anchor.key_missing"


class KeyUnreadable(AnchorError):
    """A key, keystore or password file that can't be read or is in no known form: ``place`` (never its content)."""

    CODE = "anchor.key_unreadable"


class KeyPassword(AnchorError):
    """The password does not open the keystore: ``place``."""

    CODE = "anchor.key_password"


class WrongKey(AnchorError):
    """Not the key expected, or not that of a batch under way: addresses ``expected`` and ``found``."""

    CODE = "anchor.wrong_key"


class RpcAway(AnchorError):
    """The RPC can't be reached or doesn't answer in time: ``host``."""

    CODE = "anchor.rpc_away"


class RpcGarbled(AnchorError):
    """The RPC answers what can't be true or read: ``host``, ``method``."""

    CODE = "anchor.rpc_garbled"


class RpcRefused(AnchorError):
    """The RPC understood and refused: ``host``, ``method``, ``said`` (its own words, cut short)."""

    CODE = "anchor.rpc_refused"


class WrongChain(AnchorError):
    """The RPC speaks for another chain than the one asked for: chain ids ``expected`` and ``found``."""

    CODE = "anchor.wrong_chain"


class ChainReplaced(AnchorError):
    """The same chain id as before but another first block: ``chain_id``. The RPC lies, or the test chain began anew."""

    CODE = "anchor.chain_replaced"


class NoContract(AnchorError):
    """At the address stands no code, or other code than ours, whose events would prove nothing: ``contract``."""

    CODE = "anchor.contract"


class AccountEmpty(AnchorError):
    """The account can't pay: ``sender``, ``needed`` and ``available`` in wei."""

    CODE = "anchor.account_empty"


class FeeTooHigh(AnchorError):
    """The chain asks for more than the operator allows; it waits: ``needed`` and ``allowed`` in wei per gas."""

    CODE = "anchor.fee_too_high"


class NonceTaken(AnchorError):
    """Something else was sent with our account and our nonce: ``nonce``. One key, one installation."""

    CODE = "anchor.nonce_taken"


class StoreDamaged(AnchorError):
    """What the store holds of a batch can't be read: ``name``."""

    CODE = "anchor.store_damaged"


class RecordRefused(AnchorError):
    """An anchor is final, and a ledger has no entry about it: ``origin``, and ``refusal``, the code of why."""

    CODE = "anchor.record_refused"


class Shrunk(AnchorError):
    """A sender anchored a smaller tree of a ledger after a larger one: ``origin``, ``sender``, ``size``, ``before``."""

    CODE = "anchor.shrunk"


class Forked(AnchorError):
    """A sender anchored two different trees of one size of a ledger: ``origin``, ``sender``, ``size``."""

    CODE = "anchor.forked"
