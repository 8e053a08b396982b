import numpy as np
import pytest

from xmscenes.check.fighting import check_fighting
from xmscenes.gltf_parts import Part
from xmscenes.look.materials import INDEX
from xmscenes.model.heroes.registry import HEROES


@pytest.mark.parametrize("hero", HEROES.values(), ids=list(HEROES))
def test_no_two_faces_of_a_hero_lie_closer_than_two_centimetres(hero) -> None:
    mesh = hero.make(0)
    tri, rgb = mesh.vertices[mesh.faces], mesh.rgb[:, 0].astype(np.float32) / 255.0
    parts = []
    for name, number in INDEX.items():
        own = mesh.material == number
        if own.any():
            part = Part(node="h", id=hero.id, kind="hero", material=name, tri=tri[own], rgb=rgb[own], row={})
            parts.append(part)
    assert check_fighting(parts, "x") == []
