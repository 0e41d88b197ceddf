"""Built once for all tests that ask other people's code."""

from __future__ import annotations

import pytest

from tests.conformance.outsiders import Outsiders, build


@pytest.fixture(scope="session")
def outsiders(tmp_path_factory: pytest.TempPathFactory) -> Outsiders:
    """The verifiers of ``go/``."""
    return build(tmp_path_factory.mktemp("outsiders"))
