"""Sorting keys that are spread about evenly."""

import numpy as np
import pytest

from xmscenes.geometry.spread_keys import argsort_spread


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
@pytest.mark.parametrize("number", [1, 2, 7, 5000])
def test_keys_sort_as_numpy_sorts_them_however_they_clump(rng, dtype, number):
    spread = rng.integers(0, 2**62, number)
    clumps = rng.integers(0, 5, number) << 40
    few = rng.integers(0, 5, number)
    far = np.append(rng.integers(0, 1000, number), 2**62)
    for keys in (spread, clumps, clumps + few, few, far, np.zeros(number, np.int64)):
        keys = keys.astype(dtype)
        assert np.array_equal(argsort_spread(keys), np.argsort(keys, kind="stable"))


def test_the_largest_keys_are_sorted_too():
    keys = np.array([2**64 - 1, 0, 2**63, 2**64 - 2, 2**63], dtype=np.uint64)
    assert argsort_spread(keys).tolist() == [1, 2, 4, 3, 0]
