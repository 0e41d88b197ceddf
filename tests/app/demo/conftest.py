"""The village that ``yui demo`` shows, told once for all tests that look at it."""

from __future__ import annotations

import pytest

from app.demo.story import Story
from app.demo.villages import MIZUNASATO
from app.demo.writer import Wave
from tests.app.demo.telling import tell


@pytest.fixture(scope="package")
def village() -> tuple[Story, list[Wave]]:
    return tell(MIZUNASATO.seed)
