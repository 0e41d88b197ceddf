// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDAO} from "@aragon/osx/core/dao/IDAO.sol";
import {MajorityVotingBase} from "@aragon/osx/plugins/governance/majority-voting/MajorityVotingBase.sol";
import {TokenVoting} from "@aragon/osx/plugins/governance/majority-voting/token/TokenVoting.sol";
import {_applyRatioCeiled} from "@aragon/osx-commons-contracts/src/utils/math/Ratio.sol";
import {IVotesUpgradeable} from "@openzeppelin/contracts-upgradeable/governance/utils/IVotesUpgradeable.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// Voting weight that the test hands out at will. Token voting looks it up by block.
contract Members is ERC20Votes {
    constructor() ERC20("", "") EIP712("", "1") {}

    function give(address member, uint256 weight) external {
        if (delegates(member) == address(0)) _delegate(member, member);
        _mint(member, weight);
    }
}

/// All that token voting asks of its organisation: to do what was decided.
contract Organisation {
    function execute(bytes32, IDAO.Action[] calldata, uint256) external returns (bytes[] memory, uint256) {}
}

/// Builds what one vote needs, each time anew: members and, behind a proxy as it wants it, token voting.
contract Majority {
    TokenVoting private immutable _code = new TokenVoting();
    IDAO private immutable _organisation = IDAO(address(new Organisation()));

    function found(MajorityVotingBase.VotingSettings calldata settings) external {
        IVotesUpgradeable members = IVotesUpgradeable(address(new Members()));
        bytes memory setUp = abi.encodeCall(TokenVoting.initialize, (_organisation, settings, members));
        new ERC1967Proxy(address(_code), setUp);
    }

    /// The power that a ratio of all power comes to: Aragon asks for it as participation and as approval.
    function power(uint256 total, uint256 ratio) external pure returns (uint256) {
        return _applyRatioCeiled(total, ratio);
    }
}
