"""What generated tests say when they fail."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def test_they_tell_what_they_failed_with() -> None:
    @settings(database=None)
    @given(number=st.integers(0, 1000))
    def small(number: int) -> None:
        assert number < 271

    with pytest.raises(AssertionError) as failure:
        small()
    assert "number=271," in "\n".join(failure.value.__notes__)
