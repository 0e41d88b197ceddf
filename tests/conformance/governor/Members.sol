// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";

/// Voting weight that the test hands out at will. It is looked up by time, as in a ledger, not by block.
contract Members is ERC20Votes {
    constructor() ERC20("", "") EIP712("", "1") {}

    function give(address member, uint256 weight) external {
        // Without a delegate weight does not vote here: everyone votes for themselves.
        if (delegates(member) == address(0)) _delegate(member, member);
        _mint(member, weight);
    }

    function take(address member, uint256 weight) external {
        _burn(member, weight);
    }

    function clock() public view override returns (uint48) {
        return Time.timestamp();
    }

    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }
}
