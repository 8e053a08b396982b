import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.frame import Frame, horizontal_to
from xmscenes.read.crs import read_crs
from xmscenes.read.reproject import TOLERANCE_M, LocalPlane

SYSTEMS = [
    "EPSG:4548",
    "EPSG:4527",
    "EPSG:4549",
    "EPSG:32650",
    "EPSG:3857",
    "EPSG:4326",
    "GCJ-02",
    "BD-09",
    "EPSG:2384",
]


@pytest.mark.parametrize("system", SYSTEMS)
def test_points_land_where_proj_puts_them(system, rng):
    frame = Frame(lon_deg=118.0625, lat_deg=24.4472, elevation_m=3.0)
    lonlat = np.column_stack([rng.uniform(118.04, 118.12, 2000), rng.uniform(24.40, 24.48, 2000)])
    crs = read_crs(system)
    xy = horizontal_to(lonlat, "EPSG:4326", crs.text)
    local = LocalPlane(frame=frame, crs=crs).to_local(xy[:, 0].copy(), xy[:, 1].copy(), np.full(2000, 5.0))
    np.testing.assert_allclose(local[:, :2], frame.to_local(xy, crs.text), atol=TOLERANCE_M)
    np.testing.assert_array_equal(local[:, 2], 2.0)


@settings(max_examples=25, deadline=None)
@given(lon=st.floats(75, 134), lat=st.floats(-60, 60), seed=st.integers(0, 1000))
def test_any_place_on_the_globe_is_as_exact(lon, lat, seed):
    frame = Frame(lon_deg=lon, lat_deg=lat)
    crs = read_crs("EPSG:4326")
    lonlat = np.array([lon, lat]) + np.random.default_rng(seed).uniform(-0.02, 0.02, (50, 2))
    local = LocalPlane(frame=frame, crs=crs).to_local(lonlat[:, 0].copy(), lonlat[:, 1].copy(), np.zeros(50))
    np.testing.assert_allclose(local[:, :2], frame.to_local(lonlat, crs.text), atol=TOLERANCE_M)


def test_a_stray_point_far_away_changes_nothing_for_the_others(rng):
    frame, crs = Frame(lon_deg=118.0625, lat_deg=24.4472), read_crs("EPSG:4548")
    xy = np.array([607_900, 2_705_300]) + rng.uniform(0, 500, (100, 2))
    stray = np.vstack([xy, [[9e8, -9e8]]])
    plain = LocalPlane(frame=frame, crs=crs).to_local(xy[:, 0].copy(), xy[:, 1].copy(), np.zeros(100))
    with_stray = LocalPlane(frame=frame, crs=crs).to_local(stray[:, 0].copy(), stray[:, 1].copy(), np.zeros(101))
    np.testing.assert_allclose(with_stray[:100], plain, atol=1e-7)


def test_places_that_the_system_cannot_reach_come_back_infinite():
    plane = LocalPlane(frame=Frame(lon_deg=118.0, lat_deg=24.0), crs=read_crs("EPSG:4326"))
    local = plane.to_local(np.array([118.0, 118.0]), np.array([24.0, 95.0]), np.zeros(2))
    assert np.isfinite(local[0]).all()
    assert not np.isfinite(local[1, :2]).any()


def test_nothing_gives_nothing():
    plane = LocalPlane(frame=Frame(lon_deg=118.0, lat_deg=24.0), crs=read_crs("EPSG:4548"))
    assert plane.to_local(np.zeros(0), np.zeros(0), np.zeros(0)).shape == (0, 3)
