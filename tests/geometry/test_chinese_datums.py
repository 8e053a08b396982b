import geocoordinates_ffi as judge
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmscenes.geometry.chinese_datums import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02

# Metres a degree, good enough to measure millimetres of difference.
METRES = np.array([111_320.0, 110_600.0])
GULANGYU = np.array([[118.0625, 24.4472]])
IN_CHINA = st.tuples(st.floats(73.5, 134.5), st.floats(18.5, 53.5))


def distance_m(a, b):
    return np.hypot(*((np.asarray(a) - np.asarray(b)) * METRES * [np.cos(np.radians(a[0][1])), 1.0]).T).max()


def test_gcj02_lies_503_metres_east_and_294_metres_south_of_gulangyu():
    shift_m = (wgs84_to_gcj02(GULANGYU) - GULANGYU)[0] * METRES * [np.cos(np.radians(24.4472)), 1.0]
    np.testing.assert_allclose(shift_m, [503.0, -294.0], atol=2.0)


@given(IN_CHINA)
def test_gcj02_agrees_with_an_independent_package(lonlat):
    lon, lat = lonlat
    ours = wgs84_to_gcj02([[lon, lat]])
    theirs = judge.wgs84_to_gcj02(judge.Wgs84(lat=lat, lon=lon))
    assert distance_m(ours, [[theirs.lon, theirs.lat]]) < 0.001
    back = judge.gcj02_to_wgs84_refined(judge.Gcj02(lat=lat, lon=lon))
    assert distance_m(gcj02_to_wgs84([[lon, lat]]), [[back.lon, back.lat]]) < 0.01 + back.max_error_m


@given(IN_CHINA)
def test_bd09_agrees_with_an_independent_package(lonlat):
    lon, lat = lonlat
    ours = wgs84_to_bd09([[lon, lat]])
    theirs = judge.wgs84_to_bd09(judge.Wgs84(lat=lat, lon=lon))
    assert distance_m(ours, [[theirs.lon, theirs.lat]]) < 0.001
    back = judge.bd09_to_wgs84_refined(judge.Bd09(lat=lat, lon=lon))
    assert distance_m(bd09_to_wgs84([[lon, lat]]), [[back.lon, back.lat]]) < 0.01 + back.max_error_m


@given(IN_CHINA)
def test_the_way_there_and_back_ends_within_a_millimetre(lonlat):
    start = np.array([lonlat])
    assert distance_m(gcj02_to_wgs84(wgs84_to_gcj02(start)), start) < 0.001
    assert distance_m(bd09_to_wgs84(wgs84_to_bd09(start)), start) < 0.001


def test_a_whole_island_round_trips_at_once():
    lon, lat = np.meshgrid(np.linspace(118.04, 118.21, 60), np.linspace(24.42, 24.56, 50))
    start = np.column_stack([lon.ravel(), lat.ravel()])
    assert distance_m(gcj02_to_wgs84(wgs84_to_gcj02(start)), start) < 1e-4
    assert distance_m(bd09_to_wgs84(wgs84_to_bd09(start)), start) < 1e-4


@pytest.mark.parametrize("place", [(4.3, 52.1), (-122.4, 37.8), (151.2, -33.9), (0.0, 0.0)])
def test_places_outside_china_do_not_move(place):
    np.testing.assert_array_equal(wgs84_to_gcj02([place]), [place])
    np.testing.assert_array_equal(gcj02_to_wgs84([place]), [place])


def test_nan_stays_nan_and_nothing_stays_nothing():
    assert np.isnan(gcj02_to_wgs84([[np.nan, 24.0]])).any()
    assert gcj02_to_wgs84(np.zeros((0, 2))).shape == (0, 2)
    assert bd09_to_wgs84(np.zeros((0, 2))).shape == (0, 2)


def test_a_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"want \(N, 2\)"):
        wgs84_to_gcj02([118.0, 24.0])


def test_the_input_is_not_changed():
    start = GULANGYU.copy()
    gcj02_to_wgs84(start)
    np.testing.assert_array_equal(start, GULANGYU)
