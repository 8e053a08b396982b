from __future__ import annotations

import numpy as np

from xmscenes.geometry.meshes import face_areas
from xmscenes.look.dress import dress_building, plain_building
from xmscenes.look.samples import SAMPLES, sample
from xmscenes.look.worn import without_textures
from xmscenes.options import BuildingLookOptions, LookOptions
from xmscenes.records import Mesh, Surface

LOOK = LookOptions(mix="villas", relief=False)


def mean_rgb(mesh: Mesh, surface: Surface) -> np.ndarray:
    """Weighed by area: one face may show one bay or thirty storeys."""
    at, rgb = mesh.surface == surface, without_textures(mesh).rgb.mean(axis=1)
    return np.average(rgb[at], axis=0, weights=face_areas(mesh)[at])


def test_the_plain_level_has_the_colours_of_the_dressed_one() -> None:
    for name in sorted(SAMPLES):
        override = BuildingLookOptions(id=f"sample/{name}", style=name)
        fine, plain = dress_building(sample(name), LOOK, override).mesh, plain_building(sample(name), LOOK, override)
        for surface in (Surface.WALL, Surface.ROOF):
            a, b = mean_rgb(fine, surface), mean_rgb(plain, surface)
            assert np.abs(a - b).max() < 34, (name, surface, a, b)
