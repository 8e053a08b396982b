import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xmscenes.geometry.vectors import cross, following, percentile

NUMBERS = st.floats(-1e4, 1e4)


@settings(deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 9), st.just(3)), elements=NUMBERS))
def test_cross_and_following_are_what_numpy_gives(a):
    assert np.array_equal(following(a), np.roll(a, -1, axis=0))
    assert np.array_equal(cross(a, following(a)), np.cross(a, np.roll(a, -1, axis=0)))


@settings(deadline=None)
@given(arrays(float, st.integers(1, 40), elements=NUMBERS), st.sampled_from([0.0, 1.0, 35.0, 70.0, 99.0, 100.0]))
def test_percentiles_are_what_numpy_gives(values, percent):
    assert percentile(values, percent) == np.percentile(values, percent)
