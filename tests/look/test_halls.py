from __future__ import annotations

import numpy as np
import pytest

from xmscenes.look.dress import dress_building
from xmscenes.look.halls import compound_of
from xmscenes.look.materials import INDEX
from xmscenes.look.samples import SAMPLES, flat_house, gable_house, sample
from xmscenes.look.shell import read_shell
from xmscenes.look.style import Facts, choose_style
from xmscenes.options import BuildingLookOptions, LookOptions
from xmscenes.records import Mesh, Surface

SOUTH = np.array([0.0, -1.0])


def dressed() -> Mesh:
    feature = sample("sida_cuo")
    override = BuildingLookOptions(id=feature.id, style="sida_cuo")
    return dress_building(feature, LookOptions(), override, path_xy=np.array([0.0, -60.0])).mesh


def test_a_deep_house_is_divided_into_halls_with_courtyards_between_them() -> None:
    compound = compound_of(read_shell(SAMPLES["sida_cuo"]), SOUTH, 4)
    assert compound is not None
    depths = [v1 - v0 for v0, v1 in compound.halls]
    courts = [b - a for (_, a), (b, _) in zip(compound.halls[:-1], compound.halls[1:], strict=True)]
    assert len(depths) == 4
    assert min(depths) >= 6.0
    assert min(courts) > 3.0
    assert sum(depths) + sum(courts) == pytest.approx(36.0, abs=0.1)


@pytest.mark.parametrize("solid", [gable_house(16.0, 8.0, 4.3, 3.0), flat_house(8.0, 30.0, 4.0)])
def test_a_shallow_or_a_narrow_house_stays_one_hall(solid: object) -> None:
    assert compound_of(read_shell(solid), SOUTH, 4) is None  # type: ignore[arg-type]


def test_eaves_ridge_and_outline_stay_as_measured() -> None:
    mesh, solid = dressed(), np.asarray(SAMPLES["sida_cuo"].vertices)
    walls = mesh.vertices[mesh.faces[mesh.surface == Surface.WALL]].reshape(-1, 3)
    assert np.abs(walls[:, :2]).max(0) == pytest.approx(solid[:, :2].max(0), abs=0.1)
    tiles = mesh.vertices[mesh.faces[mesh.material == INDEX["roof"]]].reshape(-1, 3)
    assert tiles[:, 2].max() == pytest.approx(solid[:, 2].max(), abs=0.3)


def test_one_looks_into_the_courtyards_from_above() -> None:
    mesh = dressed()
    paving = mesh.vertices[mesh.faces[mesh.material == INDEX["paving"]]].reshape(-1, 3)
    assert paving[:, 2].max() < 0.5
    tiles = mesh.faces[mesh.material == INDEX["roof"]]
    middle = mesh.vertices[tiles].mean(1)
    compound = compound_of(read_shell(SAMPLES["sida_cuo"]), SOUTH, 4)
    assert compound is not None
    court = -18.0 + (compound.halls[0][1] + compound.halls[1][0]) / 2
    assert not ((np.abs(middle[:, 0]) < 5.0) & (np.abs(middle[:, 1] - court) < 0.8)).any()


def test_houses_known_by_name_become_compounds() -> None:
    facts = {"id": "way/1", "tags": {}, "roof": "gable", "area_m2": 500.0, "storeys": 1.0}
    assert choose_style(Facts(name="四落大厝", **facts), "villas") == "sida_cuo"  # type: ignore[arg-type]
    assert choose_style(Facts(name="种德宫", **facts), "villas") == "dacuo"  # type: ignore[arg-type]
