"""The sample village is built once; tests that tamper copy what they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.sample import FilesCopy, export_village, sample_village
from tests.simulator import Village


@pytest.fixture(scope="session")
def village() -> Village:
    return sample_village()


@pytest.fixture(scope="session")
def folder(village: Village, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_village(village, tmp_path_factory.mktemp("copies") / "village")


@pytest.fixture(scope="session")
def small_village() -> Village:
    return sample_village(("Taro", "Jiro", "Aiko"), works=2)


@pytest.fixture(scope="session")
def small_folder(small_village: Village, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_village(small_village, tmp_path_factory.mktemp("copies") / "small")


@pytest.fixture
def copy(folder: Path) -> FilesCopy:
    return FilesCopy.of(folder)
