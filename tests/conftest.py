"""Fixtures every test may use."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"

# How long an example takes says how busy the machine is, never whether the code is right.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data that stands beside a development checkout, not in a user's."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared development data (../shared/data) is not here")
    return SHARED_DATA
