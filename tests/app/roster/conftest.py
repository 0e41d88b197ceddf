"""The service over a real database, as the tests of the API have it."""

from tests.app.api.conftest import app, clock, coop, installation

__all__ = ("app", "clock", "coop", "installation")
