"""The service of one installation, and others that witness it, each with a data directory of its own."""

from __future__ import annotations

from tests.app.api.conftest import app, clock, closed, coop

__all__ = ["app", "clock", "closed", "coop"]
