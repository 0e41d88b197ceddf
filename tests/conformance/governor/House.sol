// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Fractional} from "./Fractional.sol";
import {Members} from "./Members.sol";
import {Settings} from "./Settings.sol";
import {Simple} from "./Simple.sol";
import {Super} from "./Super.sol";

/// Builds all that one vote needs, each time anew: members, a timelock if there is one, and the governor.
contract House {
    function simple(Settings calldata set, address governor) external {
        // The governor is who may queue, and anyone may execute: as OpenZeppelin's guide sets it up.
        address[] memory proposers = new address[](1);
        address[] memory executors = new address[](1);
        proposers[0] = governor;
        Members members = new Members();
        TimelockController timelock = new TimelockController(set.timelock, proposers, executors, address(0));
        new Simple(members, timelock, set);
    }

    function fractional(Settings calldata set) external {
        new Fractional(new Members(), set);
    }

    function withSuperQuorum(Settings calldata set) external {
        new Super(new Members(), set);
    }
}
