"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None)  # a first example may compile kernels; time is for the benchmarks
settings.load_profile("steady")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20260907)


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY
