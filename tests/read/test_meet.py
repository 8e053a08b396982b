import numpy as np
import pytest

from xmscenes.errors import FrameError
from xmscenes.frame import Frame, horizontal_to
from xmscenes.read import check_layers_meet, open_points, read_footprints
from xmscenes.read.crs import implausible, probable_crs, read_crs
from xmscenes.read.meet import judge_overlap
from xmscenes.records import Footprint, PointCloud
from xmscenes.spec import Layer


def town(frame, rng, classified=True, moved=None):
    """A grid of 30 houses with points on roofs and ground; ``moved`` shifts the outlines as a wrong system would."""
    corners = [(x, y) for x in range(0, 240, 40) for y in range(0, 200, 40)]
    footprints = []
    for n, (x, y) in enumerate(corners):
        ring = np.array([(x, y), (x + 18, y), (x + 18, y + 15), (x, y + 15)], dtype=float)
        if moved:
            lonlat = horizontal_to(frame.to_crs(ring, "EPSG:4326"), *moved)
            ring = frame.to_local(lonlat, "EPSG:4326")
        footprints.append(Footprint(id=str(n), ring=ring))
    xy = rng.uniform(0, 240, (40_000, 2))
    on_roof = (xy[:, 0] % 40 < 18) & (xy[:, 1] % 40 < 15)
    z = np.where(on_roof, 9.0, 2.0) + rng.normal(0, 0.05, len(xy))
    classes = np.where(on_roof, 6, 2).astype(np.uint8) if classified else np.ones(len(xy), np.uint8)
    return PointCloud(xyz=np.column_stack([xy, z]), point_class=classes), footprints


@pytest.mark.parametrize("classified", [True, False])
def test_layers_that_agree_pass_without_a_word(frame, rng, classified):
    cloud, footprints = town(frame, rng, classified)
    assert judge_overlap([cloud], footprints, frame) == ()


@pytest.mark.parametrize("classified", [True, False])
@pytest.mark.parametrize(
    ("moved", "says"),
    [
        (("EPSG:4326", "GCJ-02"), r"50\d m east and 29\d m south .* set inputs.footprints.crs = 'GCJ-02'"),
        (("GCJ-02", "EPSG:4326"), r"50\d m west and 29\d m north .* set inputs.points.crs = 'GCJ-02'"),
        (("EPSG:4326", "BD-09"), r"set inputs.footprints.crs = 'BD-09'"),
    ],
)
def test_a_layer_in_gcj02_or_bd09_is_found_and_named(frame, rng, classified, moved, says):
    cloud, footprints = town(frame, rng, classified, moved)
    with pytest.raises(FrameError, match=says):
        judge_overlap([cloud], footprints, frame)


def test_footprints_of_another_place_get_a_warning(frame, rng):
    cloud, footprints = town(frame, rng)
    wrong = [Footprint(id=f.id, ring=f.ring + np.array([19.0, 16.0])) for f in footprints]
    (issue,) = judge_overlap([cloud], wrong, frame)
    assert issue.code == "LAYERS_DISAGREE"
    assert issue.severity == "warning"


def test_outside_china_nothing_is_called_gcj02(rng):
    cloud, footprints = town(Frame(lon_deg=4.27, lat_deg=52.1), rng)
    assert judge_overlap([cloud], footprints, Frame(lon_deg=4.27, lat_deg=52.1)) == ()


def test_layers_that_do_not_meet_because_of_gcj02_say_so(write_las, write_geojson, frame, box_ring):
    shifted = horizontal_to(np.array(box_ring()), "EPSG:4326", "GCJ-02").tolist()
    path = write_geojson([({"type": "Polygon", "coordinates": [shifted]}, {"id": "a"})])
    footprints, _ = read_footprints(path, Layer(path="x"), frame)
    says = r"points and footprints do not meet: .* set inputs.footprints.crs = 'GCJ-02'"
    with pytest.raises(FrameError, match=says):
        check_layers_meet([open_points(write_las())], footprints, frame)


def test_layers_that_do_not_meet_say_how_far_apart_they_are(write_las, write_geojson, frame, box_ring):
    path = write_geojson([({"type": "Polygon", "coordinates": [box_ring(0.05)]}, {"id": "a"})])
    footprints, _ = read_footprints(path, Layer(path="x"), frame)
    with pytest.raises(FrameError, match=r"do not meet: the points lie around 118.06\d+, 24.44\d+, .* 5\.\d km away"):
        check_layers_meet([open_points(write_las())], footprints, frame)


def test_a_footprint_layer_that_meets_passes(write_las, write_geojson, frame, box_ring):
    path = write_geojson([({"type": "Polygon", "coordinates": [box_ring(0.0002, 0.0002)]}, {"id": "a"})])
    footprints, _ = read_footprints(path, Layer(path="x"), frame)
    check_layers_meet([open_points(write_las())], footprints, frame)


@pytest.mark.parametrize(
    ("xy", "declared", "says"),
    [
        ((2705325, 607941), "EPSG:4548", "x and y are swapped"),
        ((39607941, 2705325), "EPSG:4548", "EPSG:4527"),
        ((607941, 2705325), "EPSG:4549", "EPSG:4548"),
        ((607941, 2705325), "EPSG:4527", "EPSG:4548"),
        ((118.0625, 24.4472), "EPSG:4548", "WGS 84 degrees"),
        ((24.4472, 118.0625), "EPSG:4548", "WGS 84 degrees) with x and y swapped"),
        ((20607941, 2705325), "EPSG:4548", "EPSG:4498"),
    ],
)
def test_the_probable_system_is_named(xy, declared, says):
    assert says in probable_crs(xy, read_crs(declared), (118.0625, 24.4472))


def test_no_system_is_named_when_none_fits():
    assert probable_crs((5.0, 7.0), read_crs("EPSG:4548"), (118.0625, 24.4472)) == ""


@pytest.mark.parametrize(
    ("x", "y", "crs", "says"),
    [
        (607941, 2705325, "EPSG:4548", ""),
        (39607941, 2705325, "EPSG:4527", ""),
        (13142657, 2811211, "EPSG:3857", ""),
        (118.06, 24.44, "EPSG:4326", ""),
        (118.06, 24.44, "GCJ-02", ""),
        (39607941, 2705325, "EPSG:4548", "EPSG:4527"),
        (24.44, 118.06, "GCJ-02", "axes are swapped"),
        (607941, 2705325, "EPSG:4326", "are no degrees"),
        (118.06, 24.44, "EPSG:4548", "look like degrees"),
    ],
)
def test_numbers_that_do_not_fit_their_system_are_noticed(x, y, crs, says):
    found = implausible(x, y, read_crs(crs))
    assert (says in found) if says else found == ""


@pytest.mark.parametrize("name", ["GCJ-02", "gcj02", "火星坐标系", "EPSG:4548", "4548", "EPSG:4548+5737"])
def test_systems_are_known_by_the_names_that_people_use(name):
    assert read_crs(name).text in ("GCJ-02", "EPSG:4548")


def test_the_label_names_code_and_system():
    assert read_crs("4548").label == "EPSG:4548 (CGCS2000 / 3-degree Gauss-Kruger CM 117E)"
    assert read_crs("bd09").label == "BD-09"


def test_a_system_of_another_world_is_refused():
    with pytest.raises(FrameError, match="no way from there to WGS 84"):
        read_crs("+proj=tmerc +lon_0=117 +a=3396190 +b=3376200 +type=crs")
