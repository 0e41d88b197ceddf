from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.relay import Relay, relaying
from tests.contracts.stations import Station, stationed
from tools import anvil


@pytest.fixture
def station() -> Iterator[Station]:
    """On a chain with our contract on it, where blocks come when the test says so."""
    if anvil.program() is None:
        pytest.skip("no anvil for this machine: package-lock.json pins the one for Linux on x86_64")
    with stationed() as found:
        yield found


@pytest.fixture
def relay(station: Station) -> Iterator[Relay]:
    with relaying(station.chain.url) as found:
        yield found
