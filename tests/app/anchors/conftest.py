"""An installation with two co-ops, a chain with our contract on it, and an RPC that can be made to misbehave."""

from __future__ import annotations

from tests.app.api.conftest import app, clock, closed, coop, installation
from tests.contracts.conftest import relay, station

__all__ = ["app", "clock", "closed", "coop", "installation", "relay", "station"]
