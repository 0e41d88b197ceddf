// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Anchors for the checkpoints of append-only ledgers
/// @notice Writes down, once and for ever, that somebody knew a hash. The contract has no owner, no storage, no funds
/// and no way to change: whoever calls it speaks for themselves alone, and a reader chooses whose words to read.
/// @dev One root stands for any number of ledgers. It is the root of an RFC 9162 Merkle tree (SHA-256; leaves hashed
/// as SHA-256(0x00 || leaf), nodes as SHA-256(0x01 || left || right)) whose leaves are the SHA-256 hashes of signed
/// checkpoints, one for each ledger. Paths are checked off the chain, with the same code that checks the ledgers; that
/// is why the tree is not made of keccak256.
contract CheckpointAnchor {
    /// @notice `sender` knew `root` when this block was made.
    /// @param sender Who called. Anybody may anchor anything, so a root means nothing without its sender.
    /// @param root The root of the batch.
    event Anchored(address indexed sender, bytes32 indexed root);

    /// @notice Zero is no root: no tree has it, and a caller who sends it has made a mistake that should cost no more.
    error EmptyRoot();

    /// @notice Anchor a batch of checkpoints under your own address. The same root may be anchored again.
    /// @param root The root of the batch; not zero.
    function anchor(bytes32 root) external {
        if (root == 0) revert EmptyRoot();
        emit Anchored(msg.sender, root);
    }
}
