// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What a governor is set to: times in seconds, quorums in hundredths of all weight.
struct Settings {
    uint48 delay;
    uint32 period;
    uint256 quorum;
    uint256 superQuorum;
    uint48 extension;
    uint256 timelock;
}
