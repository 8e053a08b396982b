"""Far levels of terrain, water and houses with parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from houses import block, dressed, gabled

from xmscenes.geometry.extrude import solid_to_mesh
from xmscenes.geometry.meshes import merge_meshes, welded
from xmscenes.lod.ground import bare_ground, ground_rungs
from xmscenes.lod.relief import without_near_parts
from xmscenes.lod.waters import water_rungs
from xmscenes.look.materials import INDEX
from xmscenes.records import Mesh, Surface

LIMITS = (0.3, 1.0, 3.0)


def sheet(cells: int, shade: np.ndarray | None = None) -> Mesh:
    """A level square of 100 m with so many cells a side; ``shade`` is the grey of every vertex."""
    step = np.linspace(0, 100, cells + 1)
    x, y = np.meshgrid(step, step)
    at = np.arange(x.size).reshape(x.shape)
    a, b, c, d = at[:-1, :-1].ravel(), at[:-1, 1:].ravel(), at[1:, 1:].ravel(), at[1:, :-1].ravel()
    faces = np.vstack([np.column_stack([a, b, c]), np.column_stack([a, c, d])]).astype("i4")
    grey = np.full(x.size, 90.0) if shade is None else shade
    return Mesh(
        vertices=np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)]),
        faces=faces,
        surface=np.full(len(faces), Surface.WATER, "u1"),
        rgb=np.repeat(np.rint(grey).astype("u1")[faces][..., None], 3, axis=2),
        material=np.full(len(faces), INDEX["water"], "u1"),
    )


def test_an_even_sea_loses_its_triangles_far_off_and_stays_level() -> None:
    mesh = sheet(12)
    near, far, _ = water_rungs(mesh, LIMITS, np.zeros(len(mesh.vertices), bool))
    assert near.mesh is mesh
    assert len(far.mesh.faces) < 0.1 * len(mesh.faces)
    assert np.ptp(far.mesh.vertices[:, 2]) == 0.0


def test_a_shoal_keeps_the_vertices_that_its_shade_needs() -> None:
    bank = 60 + 120 * np.exp(-((np.linspace(-3, 3, 13)[None] ** 2) + np.linspace(-3, 3, 13)[:, None] ** 2))
    even, shoal = (
        water_rungs(mesh, LIMITS, np.zeros(len(mesh.vertices), bool))[1].mesh
        for mesh in (sheet(12), sheet(12, bank.ravel()))
    )
    assert len(shoal.faces) > 4 * len(even.faces)


def test_far_ground_wears_colours_alone_and_near_ground_its_pictures() -> None:
    water = sheet(12)
    material = np.where(np.arange(len(water.faces)) % 2, INDEX["ground"], INDEX["paving"]).astype("u1")
    uv = (water.vertices[water.faces][..., :2] / 6).astype("f4")
    mesh = replace(water, material=material, uv=uv, surface=np.full(len(material), Surface.GROUND, "u1"))
    near, far, _ = ground_rungs(mesh, LIMITS, lambda part: np.zeros(len(part.vertices), bool))
    assert near.mesh.uv is not None
    assert far.mesh.uv is None
    assert len(far.mesh.faces) < len(near.mesh.faces)
    assert bare_ground(water) is water, "water stays water"


def test_a_bay_that_lies_within_the_limit_is_left_out_and_a_stair_house_is_not() -> None:
    house = dressed(solid_to_mesh(gabled(0, 0)))
    bay = dressed(solid_to_mesh(block(2.0, -0.5, 2.0, 0.45, 4.0)))
    hut = dressed(solid_to_mesh(block(30.0, 0, 3.0, 3.0, 3.0)))
    mesh = welded(merge_meshes([house, bay, hut])[0])
    left = without_near_parts(mesh, 0.9)
    assert len(left.faces) == len(house.faces) + len(hut.faces)
    assert len(without_near_parts(mesh, 0.2).faces) == len(mesh.faces)
