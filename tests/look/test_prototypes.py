from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from xmscenes.look.materials import INDEX
from xmscenes.look.prototypes import CROWN_RADIUS, PROTOTYPES


@pytest.mark.parametrize("name", sorted(PROTOTYPES))
def test_every_prototype_is_one_metre_high_and_stands_on_the_ground(name: str) -> None:
    finest = PROTOTYPES[name]()[0]
    assert finest.vertices[:, 2].max() == pytest.approx(1.0, abs=0.03)
    assert -0.2 < finest.vertices[:, 2].min() <= 0.0


@pytest.mark.parametrize("name", sorted(PROTOTYPES))
def test_levels_of_a_prototype_fall_and_stay_cheap(name: str) -> None:
    counts = [len(mesh.faces) for mesh in PROTOTYPES[name]()]
    assert counts[0] <= 300
    assert all(a > b for a, b in pairwise(counts))


@pytest.mark.parametrize("name", sorted(PROTOTYPES))
def test_leaves_keep_within_the_foliage_sheet(name: str) -> None:
    for mesh in PROTOTYPES[name]():
        leaves = mesh.material == INDEX["foliage"]
        assert np.all((mesh.uv[leaves] >= 0) & (mesh.uv[leaves] <= 1))


@pytest.mark.parametrize("name", ["banyan", "flame_tree", "palm", "shrub", "tree"])
def test_crown_radius_tells_the_size_of_the_crown(name: str) -> None:
    finest = PROTOTYPES[name]()[0]
    radius = np.linalg.norm(finest.vertices[:, :2], axis=1).max()
    assert CROWN_RADIUS[name] == pytest.approx(radius, rel=0.35)
