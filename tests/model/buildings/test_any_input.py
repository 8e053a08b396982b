"""Whatever the outline and the cloud: closed solids in every form, and no crash."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.model.buildings import reconstruct_building
from xmscenes.model.buildings.forms import fault_of
from xmscenes.options import BuildingOptions
from xmscenes.records import Footprint, Form, PointCloud

SHAPES = {
    "square": [[0, 0], [9, 0], [9, 9], [0, 9]],
    "sliver": [[0, 0], [20, 0], [20, 0.1], [0, 0.1]],
    "ell": [[0, 0], [9, 0], [9, 3], [3, 3], [3, 9], [0, 9]],
    "tee": [[0, 6], [3, 6], [3, 0], [6, 0], [6, 6], [9, 6], [9, 9], [0, 9]],
    "u": [[0, 0], [9, 0], [9, 9], [6, 9], [6, 4], [3, 4], [3, 9], [0, 9]],
    "bow-tie": [[0, 0], [9, 9], [9, 0], [0, 9]],
    "line": [[0, 0], [5, 0], [10, 0]],
}


def heights(rng, kind, u):
    return {
        "flat": lambda: np.full(len(u), 8.0),
        "noise": lambda: rng.uniform(0, 20, len(u)),
        "gable": lambda: 5 + 4 * np.minimum(u[:, 0], 1 - u[:, 0]),
        "levels": lambda: 5 + 3.0 * rng.integers(0, 4, len(u)),
        "chess": lambda: 5 + 6.0 * (np.floor(3 * u[:, 0]) % 2 == np.floor(3 * u[:, 1]) % 2),
        "waves": lambda: 8 + 3 * np.sin(7 * u[:, 0]) + 2 * np.cos(9 * u[:, 1]),
    }[kind]()


def random_case(shape, kind, count, seed, courtyard):
    rng = np.random.default_rng(seed)
    ring = np.array(SHAPES[shape], dtype=float)
    holes = (np.array([[3.5, 3.5], [3.5, 5.5], [5.5, 5.5], [5.5, 3.5]]),) if courtyard and shape == "square" else ()
    angle = rng.uniform(0, 6.3)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    u = rng.uniform(-0.1, 1.1, (count, 2))
    xyz = np.column_stack([u * 9, heights(rng, kind, u) + rng.normal(0, 0.03, count)])
    xyz[:, :2] = xyz[:, :2] @ turn
    cloud = PointCloud(xyz=xyz, point_class=np.full(count, 6, dtype=np.uint8))
    return Footprint(id="x", ring=ring @ turn, holes=tuple(h @ turn for h in holes)), cloud


def require_sound(feature):
    for form in Form:
        assert feature.solids[form]
        assert [fault_of(solid) for solid in feature.solids[form]] == [""] * len(feature.solids[form])


CASES = {
    "shape": st.sampled_from(sorted(SHAPES)),
    "kind": st.sampled_from(["flat", "noise", "gable", "levels", "chess", "waves"]),
    "count": st.sampled_from([0, 1, 5, 9, 40, 200, 800]),
    "seed": st.integers(0, 10**6),
    "courtyard": st.booleans(),
}


@given(**CASES)
@settings(max_examples=120)
def test_every_case_gives_closed_solids(shape, kind, count, seed, courtyard):
    footprint, cloud = random_case(shape, kind, count, seed, courtyard)
    require_sound(reconstruct_building(footprint, cloud, 0.0, BuildingOptions()))


@pytest.mark.slow
def test_ten_thousand_cases_give_closed_solids():
    rng = np.random.default_rng(2026)
    for seed in range(10_000):
        shape, kind = rng.choice(sorted(SHAPES)), rng.choice(["flat", "noise", "gable", "levels", "chess", "waves"])
        count = int(rng.choice([0, 1, 5, 9, 40, 200, 800]))
        footprint, cloud = random_case(str(shape), str(kind), count, seed, seed % 2 == 0)
        require_sound(reconstruct_building(footprint, cloud, 0.0, BuildingOptions()))


def test_points_that_are_not_finite_are_passed_over():
    footprint, cloud = random_case("square", "gable", 400, 1, False)
    xyz = cloud.xyz.copy()
    xyz[::50] = np.nan
    xyz[1::50] = np.inf
    feature = reconstruct_building(
        footprint, PointCloud(xyz=xyz, point_class=cloud.point_class), None, BuildingOptions()
    )
    require_sound(feature)
    assert feature.form is Form.ROOFED
