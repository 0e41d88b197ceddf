"""An installation with two co-ops, a chain with our contract on it, and an RPC that can be made to misbehave."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.installation import Installation
from tests.app.anchors.harbour import Harbour
from tests.app.api.conftest import app, clock, closed, coop, installation
from tests.contracts.conftest import relay, station
from tests.contracts.relay import Relay
from tests.contracts.stations import Station

__all__ = ["app", "clock", "closed", "coop", "installation", "relay", "station"]


@pytest.fixture
def harbour(installation: Installation, station: Station, relay: Relay) -> Iterator[Harbour]:
    harbour = Harbour(installation, station, relay.url)
    yield harbour
    harbour.node.close()
