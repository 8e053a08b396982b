import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xmscenes.options import HeroOptions, TileOptions
from xmscenes.records import Area, Footprint, HeightGrid, Line, Origin, TileKey
from xmscenes.tile import bucket_points, load_tile, needed_box, plan_tiles, sample_points

SIZE = TileOptions(size_m=100.0, buffer_m=10.0)
AREA = (-200.0, -200.0, 200.0, 200.0)


def house(name, x, y, size=10.0, **hints):
    ring = np.array([(x, y), (x + size, y), (x + size, y + size), (x, y + size)], dtype=float)
    return Footprint(id=name, ring=ring, **hints)


def plan(index=None, footprints=(), *, area=AREA, options=SIZE, **layers):
    names = {"lines": {}, "areas": {}, "dem": None} | layers
    extra = {k: names.pop(k) for k in ("heroes", "frame", "points_origin") if k in names}
    order = (names["lines"], names["areas"], names["dem"])
    return {str(p.key): p for p in plan_tiles(index, footprints, *order, options, area, **extra)}


@pytest.fixture
def index(tmp_path, frame, make_source):
    return bucket_points([make_source(20_000)], frame, SIZE, tmp_path / "b")


def test_a_building_belongs_to_the_tile_of_its_representative_point(index):
    plans = plan(index, [house("a", 50, 50), house("b", 96, 50, 20), house("c", -30, -30, 5)])
    owners = {f.id: name for name, p in plans.items() for f in p.footprints}
    assert owners == {"a": "0_0", "b": "1_0", "c": "-1_-1"}
    assert [f.id for f in plans["0_0"].nearby] == ["b"]


def test_every_building_in_the_area_has_exactly_one_owner(rng):
    places = rng.uniform(-190, 180, (300, 2))
    houses = [house(str(n), x, y, rng.uniform(2, 60)) for n, (x, y) in enumerate(places)]
    owned = [f.id for p in plan(None, houses).values() for f in p.footprints]
    inside = {h.id for h in houses if (np.abs(h.ring.mean(axis=0)) <= 200).all()}
    assert len(owned) == len(set(owned))
    assert set(owned) == inside


def test_the_window_holds_owned_buildings_whole_and_the_buffer(index):
    plans = plan(index, [house("long", 70, 40, 90)])
    assert plans["1_0"].window_m == (60.0, -10.0, 210.0, 140.0)
    assert plans["0_0"].window_m == (-10.0, -10.0, 110.0, 110.0)


def test_tiles_cover_the_area_without_gap_or_overlap(index):
    plans = plan(index, area=(-150.0, -99.5, 130.0, 100.0))
    covered = sum((e - w) * (n - s) for w, s, e, n in (p.bounds_m for p in plans.values()))
    assert covered == pytest.approx(280.0 * 199.5)
    assert sorted(plans) == sorted(f"{c}_{r}" for c in (-2, -1, 0, 1) for r in (-1, 0))
    assert plans["-2_0"].bounds_m == (-150.0, 0.0, -100.0, 100.0)


def test_empty_tiles_do_not_exist_but_the_sea_beside_a_coastline_does():
    assert sorted(plan(None, [house("a", 50, 50)])) == ["0_0"]
    land = Area(id="岛", ring=np.array([(10, 10), (60, 10), (60, 60)], dtype=float))
    assert len(plan(None, areas={"coastline": (land,)})) == 16
    assert sorted(plan(None, areas={"greens": (land,)})) == ["0_0"]


def test_known_ground_and_heroes_make_a_tile(frame):
    grid = HeightGrid(z=np.full((3, 3), 2.0, "f4"), cell_m=10.0, corner_m=(20.0, 20.0))
    assert sorted(plan(None, dem=grid)) == ["0_0"]
    hero = HeroOptions(id="日光岩", lon_deg=118.0625, lat_deg=24.4472)
    plans = plan(None, heroes=[hero], frame=frame)
    assert [h.id for h in plans["0_0"].heroes] == ["日光岩"]


def test_points_of_a_building_do_not_depend_on_where_borders_fall(tmp_path, frame, make_source):
    source = make_source(20_000)
    tower = house("tower", -13.0, -21.0, 37.0)
    seen = set()
    for size in (50.0, 73.0, 100.0, 250.0):
        options = TileOptions(size_m=size, buffer_m=10.0)
        index = bucket_points([source], frame, options, tmp_path / f"{size}", AREA)
        plans = plan(index, [tower], options=options)
        (owner,) = [p for p in plans.values() if p.footprints]
        xyz = load_tile(index, owner).points.xyz
        near = ((xyz[:, :2] >= [-23.0, -31.0]) & (xyz[:, :2] <= [34.0, 26.0])).all(axis=1)
        seen.add(xyz[near].tobytes())
    assert len(seen) == 1


def test_a_tile_holds_the_points_of_its_window_in_an_order_of_its_own(tmp_path, frame, make_source):
    forward, backward = make_source(5000), make_source(5000)
    backward.cloud = backward.cloud.take(np.arange(4999, -1, -1))
    tiles = []
    for n, source in enumerate((forward, backward)):
        index = bucket_points([source], frame, SIZE, tmp_path / str(n))
        tiles.append(load_tile(index, plan(index)["0_0"]))
    np.testing.assert_array_equal(tiles[0].points.xyz, tiles[1].points.xyz)
    np.testing.assert_array_equal(tiles[0].points.point_class, tiles[1].points.point_class)
    xyz = tiles[0].points.xyz
    assert ((xyz[:, :2] >= -10) & (xyz[:, :2] <= 110)).all()
    inside = (np.abs(forward.cloud.xyz[:, :2] - 50) <= 60).all(axis=1)
    assert len(xyz) == inside.sum()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_points_at_one_place_are_ordered_by_the_rest_of_the_record(tmp_path, frame, make_source, seed):
    order = np.random.default_rng(seed).permutation(40)
    source = make_source(40)
    xyz = np.round(source.cloud.xyz / 200) * 10 + 20  # a few places, many points each
    shuffled = type(source.cloud)(xyz=xyz[order], point_class=source.cloud.point_class[order])
    source.cloud = shuffled
    index = bucket_points([source], frame, SIZE, tmp_path / "b")
    cloud = load_tile(index, plan(index)["0_0"]).points
    key = np.column_stack([cloud.xyz, cloud.point_class])
    np.testing.assert_array_equal(key, key[np.lexsort(key.T[::-1])])


def test_a_scene_without_points_has_empty_clouds():
    tile = load_tile(None, plan(None, [house("a", 50, 50)])["0_0"])
    assert len(tile.points) == 0
    assert tile.footprints[0].id == "a"


def test_one_changed_footprint_changes_one_tile_and_says_which_input(index):
    houses = [house(f"{c}/{r}", c * 100 + 40, r * 100 + 40) for c in range(-2, 2) for r in range(-2, 2)]
    before = plan(index, houses)
    after = plan(index, [house("0/0", 40, 40, height_m=9.0) if h.id == "0/0" else h for h in houses])
    changed = {
        name: p.changes_since(before[name].inputs) for name, p in after.items() if p.digest != before[name].digest
    }
    assert changed == {"0_0": ("footprints",)}
    assert after["0_0"].features != before["0_0"].features


def test_a_building_at_the_border_also_concerns_the_neighbour(index):
    before = plan(index, [house("a", 85, 50)])
    after = plan(index, [house("a", 85, 51)])
    changed = {
        name: p.changes_since(before[name].inputs) for name, p in after.items() if p.digest != before[name].digest
    }
    assert changed == {"0_0": ("footprints",), "1_0": ("nearby",)}


def test_a_digest_does_not_depend_on_the_order_of_the_features(index):
    houses = [house(str(n), n * 15, 40) for n in range(10)]
    assert [p.digest for p in plan(index, houses).values()] == [p.digest for p in plan(index, houses[::-1]).values()]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"lines": {"paths": (Line(id="p", xy=np.array([(1.0, 1.0), (9.0, 9.0)])),)}}, "lines/paths"),
        ({"areas": {"greens": (Area(id="g", ring=np.array([(1.0, 1.0), (9.0, 1.0), (9.0, 9.0)])),)}}, "areas/greens"),
        ({"dem": HeightGrid(z=np.ones((2, 2), "f4"), cell_m=5.0, corner_m=(5.0, 5.0))}, "dem"),
        ({"points_origin": Origin.SIMULATED}, "points"),
        ({"options": TileOptions(size_m=100.0, buffer_m=11.0)}, "place"),
    ],
)
def test_every_input_has_a_digest_of_its_own(index, change, name):
    before, after = plan(index)["0_0"], plan(index, **change)["0_0"]
    assert name in after.changes_since(before.inputs)
    assert before.digest != after.digest


def test_a_change_of_points_is_seen_by_the_tiles_whose_window_holds_them(tmp_path, frame, make_source):
    source = make_source(20_000)
    before = plan(bucket_points([source], frame, SIZE, tmp_path / "a"))
    xyz = source.cloud.xyz.copy()
    xyz[np.argmin(np.abs(xyz[:, :2] - 50).sum(axis=1)), 2] += 1.0
    source.cloud = type(source.cloud)(xyz=xyz, point_class=source.cloud.point_class)
    after = plan(bucket_points([source], frame, SIZE, tmp_path / "b"))
    changed = {name for name, p in after.items() if p.digest != before[name].digest}
    assert changed == {f"{c}_{r}" for c in (-1, 0, 1) for r in (-1, 0, 1)}
    assert after["0_0"].changes_since(before["0_0"].inputs) == ("points",)


def test_the_needed_box_holds_buildings_that_stick_out_of_the_area():
    houses = [house("out", 190, 0, 15), house("elsewhere", 900, 0)]
    assert needed_box(AREA, houses) == (-200.0, -200.0, 205.0, 200.0)


def test_a_long_shore_is_cut_to_the_window_and_neighbours_share_its_vertices():
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    shore = Area(id="岛", ring=np.column_stack([150 * np.cos(angle) + 3, 140 * np.sin(angle) - 2]))
    plans = plan(None, areas={"coastline": (shore,)})
    area_m2 = 0.0
    on_borders = {}
    for name, p in plans.items():
        for part in p.areas["coastline"]:
            west, south, east, north = p.window_m
            assert (part.ring >= [west, south]).all()
            assert (part.ring <= [east, north]).all()
        west, south, east, north = p.bounds_m
        import shapely

        land = shapely.union_all([shapely.Polygon(a.ring, a.holes) for a in p.areas["coastline"]])
        area_m2 += shapely.intersection(land, shapely.box(*p.bounds_m)).area
        ring = np.concatenate([a.ring for a in p.areas["coastline"]] or [np.zeros((0, 2))])
        on_borders[name] = {tuple(v) for v in ring if v[0] == east and south < v[1] < north}
        on_borders[name + "<"] = {tuple(v) for v in ring if v[0] == west and south < v[1] < north}
    x, y = shore.ring.T
    assert area_m2 == pytest.approx(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    crossings = 0
    for column in (-2, -1, 0):
        for row in (-2, -1, 0, 1):
            left, right = on_borders[f"{column}_{row}"], on_borders[f"{column + 1}_{row}<"]
            assert left == right
            crossings += len(left)
    assert crossings >= 6


def test_a_change_far_along_the_shore_leaves_a_tile_alone():
    ring = np.array([(-190, -190), (190, -190), (190, 190), (-190, 190)], dtype=float)
    moved = ring.copy()
    moved[2] = (180.0, 185.0)
    before = plan(None, areas={"coastline": (Area(id="岛", ring=ring),)})
    after = plan(None, areas={"coastline": (Area(id="岛", ring=moved),)})
    unchanged = {name for name, p in after.items() if p.digest == before[name].digest}
    assert {"-2_-2", "-1_-1", "-2_-1"} <= unchanged
    assert "1_1" not in unchanged


def test_a_sample_comes_from_the_fullest_buckets(index):
    cloud = sample_points(index, 3000)
    assert 1500 <= len(cloud) <= 3000
    there = sample_points(index, 3000, boxes=((10.0, 10.0, 20.0, 20.0),))
    assert (np.floor(there.xyz[:, :2] / 100) == 0).all()


def test_keys_sort_by_column_then_row():
    keys = [p.key for p in plan(None, areas={"coastline": (Area(id="x", ring=np.eye(3, 2)),)}).values()]
    assert keys == sorted(keys)
    assert keys[0] == TileKey(column=-2, row=-2)
