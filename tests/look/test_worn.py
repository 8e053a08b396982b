from __future__ import annotations

import numpy as np

from xmscenes.look.dress import dress_building, plain_building
from xmscenes.look.samples import SAMPLES, sample
from xmscenes.look.worn import worn_rgb
from xmscenes.options import BuildingLookOptions, LookOptions
from xmscenes.records import Surface

LOOK = LookOptions(mix="villas", relief=False)


def test_the_plain_level_has_the_colours_of_the_dressed_one() -> None:
    for name in sorted(SAMPLES):
        override = BuildingLookOptions(id=f"sample/{name}", style=name)
        fine, plain = dress_building(sample(name), LOOK, override).mesh, plain_building(sample(name), LOOK, override)
        for surface in (Surface.WALL, Surface.ROOF):
            a = worn_rgb(fine)[fine.surface == surface].mean(axis=0)
            b = worn_rgb(plain)[plain.surface == surface].mean(axis=0)
            assert np.abs(a - b).max() < 34, (name, surface, a, b)
