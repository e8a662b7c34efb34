"""Fixtures every test may use."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data that stands beside a development checkout, not in a user's."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared development data (../shared/data) is not here")
    return SHARED_DATA
