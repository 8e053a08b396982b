"""Heights of buildings that no point describes."""

import numpy as np
import pytest

from xmscenes.model.buildings.heights import inferred_height
from xmscenes.options import BuildingOptions
from xmscenes.records import Footprint, Origin

RING = np.array([[0.0, 0], [8, 0], [8, 6], [0, 6]])


def height(**given):
    return inferred_height(Footprint(id="八卦楼", ring=RING, **given), BuildingOptions())


def test_the_height_of_the_layer_wins_over_its_storeys():
    assert height(height_m=9.5, levels=2)[:2] == (9.5, "height of the layer")


def test_storeys_count_with_their_height():
    assert height(levels=3)[0] == pytest.approx(9.9)


@pytest.mark.parametrize("nonsense", [0.0, -4.0, float("nan"), 9999.0])
def test_nonsense_is_passed_over(nonsense):
    metres, source, origin = height(height_m=nonsense, tags={"building": "church"})
    assert metres == pytest.approx(4 * 3.3)
    assert source == "default for church"
    assert origin is Origin.INFERRED
