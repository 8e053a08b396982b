import numpy as np
import pytest
import rasterio
from rasterio import Affine

from xmscenes.errors import FrameError, InputError
from xmscenes.read import read_dem, read_ortho
from xmscenes.read.dem import bilinear


def plane(x, y):
    return 10.0 + 0.02 * x - 0.01 * y


@pytest.fixture
def write_dem(tmp_path, frame):
    """A tilted plane around the frame's zero, as a GeoTIFF in EPSG:4548 with 1 m cells."""

    def write(
        name="dem.tif", *, crs="EPSG:4548", cell=1.0, size=120, factor=1.0, units=None, voids=None, nodata=-9999.0
    ):
        zero = frame.to_crs(np.zeros((1, 2)), "EPSG:4548")[0]
        west, north = np.round(zero - [size / 2, -size / 2])
        count = int(size / cell)
        x, y = np.meshgrid(west + (np.arange(count) + 0.5) * cell, north - (np.arange(count) + 0.5) * cell)
        local = frame.to_local(np.column_stack([x.ravel(), y.ravel()]), "EPSG:4548")
        z = plane(local[:, 0], local[:, 1]).reshape(count, count) * factor
        if voids is not None:
            z[voids] = nodata
        path = tmp_path / name
        options = {"driver": "GTiff", "height": count, "width": count, "count": 1, "dtype": "float32"}
        transform = Affine(cell, 0.0, west, 0.0, -cell, north)
        with rasterio.open(path, "w", **options, crs=crs, transform=transform, nodata=nodata) as raster:
            raster.write(z.astype("f4"), 1)
            if units:
                raster.units = [units]
        return path

    return write


def test_a_tilted_plane_comes_back_to_the_millimetre(write_dem, frame):
    grid = read_dem(write_dem(), frame, (-40, -30, 40, 30))
    rows, columns = grid.z.shape
    x = grid.corner_m[0] + np.arange(columns) * grid.cell_m
    y = grid.corner_m[1] + np.arange(rows) * grid.cell_m
    assert (rows, columns) == (60, 80)
    assert grid.surface == "dtm"
    np.testing.assert_allclose(grid.z, plane(*np.meshgrid(x, y)), atol=1e-3)


def test_row_zero_is_south_and_the_grid_covers_the_box(write_dem, frame):
    grid = read_dem(write_dem(), frame, (-10, -10, 10, 10), cell_m=2.0)
    assert grid.corner_m == (-9.0, -9.0)
    assert grid.z.shape == (10, 10)
    assert grid.z[0, 0] > grid.z[-1, 0]  # the plane falls to the north


@pytest.mark.parametrize(("unit", "factor"), [("ft", 1 / 0.3048), ("us-ft", 3937 / 1200), ("cm", 100.0), ("m", 1.0)])
def test_heights_in_other_units_become_metres(write_dem, frame, unit, factor):
    expected = read_dem(write_dem(), frame, (-5, -5, 5, 5)).z
    said = read_dem(write_dem("said.tif", factor=factor, units=unit), frame, (-5, -5, 5, 5))
    told = read_dem(write_dem("told.tif", factor=factor), frame, (-5, -5, 5, 5), unit=unit)
    np.testing.assert_allclose(said.z, expected, atol=1e-3)
    np.testing.assert_allclose(told.z, expected, atol=1e-3)


def test_an_unknown_unit_is_refused(write_dem, frame):
    with pytest.raises(InputError, match=r"unit '尺' of the heights is unknown; give unit = m, ft or us-ft"):
        read_dem(write_dem(), frame, unit="尺")


def test_voids_stay_unknown_and_do_not_bleed(write_dem, frame):
    hole = (slice(40, 60), slice(40, 60))
    grid = read_dem(write_dem(voids=hole), frame)
    whole = read_dem(write_dem("whole.tif"), frame)
    known = np.isfinite(grid.z) & np.isfinite(whole.z)
    missing = np.isfinite(whole.z) & ~np.isfinite(grid.z)
    assert 350 <= missing.sum() <= 450
    # Beside a void the nearest cell stands in: half a cell of slope at most.
    np.testing.assert_allclose(grid.z[known], whole.z[known], atol=0.03)


def test_the_real_srtm_excerpt_is_read(repository, frame):
    grid = read_dem(repository / "assets" / "yundang" / "srtm_xiamen_132m.tif", frame, (0, 0, 6000, 4000))
    assert 100 < grid.cell_m < 150
    assert np.nanmax(grid.z) > 100  # 狐尾山


def test_a_raster_without_crs_asks_for_one(write_dem, frame):
    with pytest.raises(FrameError, match=r"dem.tif: no CRS in the file; set inputs.dem.crs"):
        read_dem(write_dem(crs=None), frame)
    assert read_dem(write_dem(crs=None), frame, crs="EPSG:4548").z.size


def test_a_raster_elsewhere_is_refused(write_dem, frame):
    with pytest.raises(FrameError, match="probably the data are in EPSG:4548"):
        read_dem(write_dem(crs="EPSG:4549"), frame)
    with pytest.raises(InputError, match=r"dem.tif: covers nothing of the area"):
        read_dem(write_dem(), frame, (5000, 5000, 6000, 6000))


def test_a_raster_of_voids_is_refused(write_dem, frame):
    with pytest.raises(InputError, match="nothing but voids in the area"):
        read_dem(write_dem(voids=slice(None)), frame)


@pytest.mark.parametrize("content", [b"", b"not a tiff", b"II*\0" + bytes(40)])
def test_a_broken_raster_is_refused_in_one_line(tmp_path, frame, content):
    path = tmp_path / "broken.tif"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"^broken.tif: ") as caught:
        read_dem(path, frame)
    assert "\n" not in str(caught.value)


def test_between_cells_heights_are_mixed_and_on_cells_exact():
    z = np.array([[0.0, 1.0], [2.0, 3.0]])
    at = np.array([[0, 0], [1, 1], [0.5, 0.5], [0, 0.25]], dtype=float)
    np.testing.assert_allclose(bilinear(z, at[:, 0], at[:, 1]), [0.0, 3.0, 1.5, 0.25])


@pytest.fixture
def write_ortho(tmp_path, frame):
    """West half red, east half blue around the frame's zero, 0.25 m pixels, EPSG:4548."""

    def write(dtype="uint8", count=3, crs="EPSG:4548", scale=1):
        west, north = np.round(frame.to_crs(np.zeros((1, 2)), "EPSG:4548")[0] - [30, -30])
        image = np.zeros((count, 240, 240))
        image[0, :, :120], image[-1, :, 120:] = 200 * scale, 100 * scale
        path = tmp_path / "正射影像.tif"
        options = {"driver": "GTiff", "height": 240, "width": 240, "count": count, "dtype": dtype, "crs": crs}
        with rasterio.open(path, "w", **options, transform=Affine(0.25, 0, west, 0, -0.25, north)) as raster:
            raster.write(image.astype(dtype))
        return path

    return write


@pytest.mark.parametrize(("dtype", "scale"), [("uint8", 1), ("uint16", 257)])
def test_an_orthophoto_comes_in_half_metres_with_its_colours_in_place(write_ortho, frame, dtype, scale):
    grid = read_ortho(write_ortho(dtype, scale=scale), frame, (-20, -20, 20, 20))
    assert grid.cell_m == 0.5
    assert grid.known.all()
    assert grid.rgb.shape == (80, 80, 3)
    assert grid.rgb[40, 10].tolist() == [200, 0, 0]
    assert grid.rgb[40, 70].tolist() == [0, 0, 100]


def test_beyond_an_orthophoto_nothing_is_known(write_ortho, frame):
    grid = read_ortho(write_ortho(), frame, (-20, -20, 60, 20))
    assert grid.known[:, :70].all()
    assert grid.rgb.shape[1] <= 102


def test_one_band_of_bytes_is_grey_and_heights_are_no_colours(write_ortho, frame):
    rgb = read_ortho(write_ortho(count=1), frame, (-10, -10, 10, 10)).rgb
    assert (rgb[..., 0] == rgb[..., 2]).all()
    with pytest.raises(InputError, match="no colours"):
        read_ortho(write_ortho("float32"), frame)
    with pytest.raises(FrameError, match=r"inputs\.ortho\.crs"):
        read_ortho(write_ortho(crs=None), frame)
