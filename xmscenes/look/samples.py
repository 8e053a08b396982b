"""Small solids made by hand, one a style: for the sheet of styles and for tests."""

from __future__ import annotations

import numpy as np

from xmscenes.records import Feature, Form, Mesh, Origin, Outcome, Solid, Surface

Faces = list[tuple[tuple[int, ...], ...]]


def _solid(vertices: list[tuple[float, float, float]], faces: Faces, surface: list[Surface]) -> Solid:
    return Solid(
        vertices=np.array(vertices, dtype=np.float64), faces=tuple(faces), surface=np.array(surface, dtype=np.uint8)
    )


def flat_house(width: float, depth: float, height: float) -> Solid:
    """A box with a flat roof about the origin."""
    w, d, h = width / 2, depth / 2, height
    v = [(-w, -d, 0.0), (w, -d, 0.0), (w, d, 0.0), (-w, d, 0.0), (-w, -d, h), (w, -d, h), (w, d, h), (-w, d, h)]
    faces: Faces = [
        ((3, 2, 1, 0),),
        ((4, 5, 6, 7),),
        ((0, 1, 5, 4),),
        ((1, 2, 6, 5),),
        ((2, 3, 7, 6),),
        ((3, 0, 4, 7),),
    ]
    return _solid(v, faces, [Surface.FLOOR, Surface.ROOF] + [Surface.WALL] * 4)


def hip_house(width: float, depth: float, height: float, rise: float) -> Solid:
    """A house with four slopes; the ridge runs along x."""
    w, d, h, r = width / 2, depth / 2, height, max(width / 2 - depth / 2, 0.3)
    v = [
        (-w, -d, 0.0),
        (w, -d, 0.0),
        (w, d, 0.0),
        (-w, d, 0.0),
        (-w, -d, h),
        (w, -d, h),
        (w, d, h),
        (-w, d, h),
        (-r, 0.0, h + rise),
        (r, 0.0, h + rise),
    ]
    faces: Faces = [((3, 2, 1, 0),), ((4, 5, 9, 8),), ((5, 6, 9),), ((6, 7, 8, 9),), ((7, 4, 8),),
                    ((0, 1, 5, 4),), ((1, 2, 6, 5),), ((2, 3, 7, 6),), ((3, 0, 4, 7),)]  # fmt: skip
    return _solid(v, faces, [Surface.FLOOR] + [Surface.ROOF] * 4 + [Surface.WALL] * 4)


def gable_house(width: float, depth: float, height: float, rise: float) -> Solid:
    """A house with two slopes; the ridge runs along x."""
    w, d, h = width / 2, depth / 2, height
    v = [
        (-w, -d, 0.0),
        (w, -d, 0.0),
        (w, d, 0.0),
        (-w, d, 0.0),
        (-w, -d, h),
        (w, -d, h),
        (w, d, h),
        (-w, d, h),
        (-w, 0.0, h + rise),
        (w, 0.0, h + rise),
    ]
    faces: Faces = [
        ((3, 2, 1, 0),),
        ((4, 5, 9, 8),),
        ((6, 7, 8, 9),),
        ((0, 1, 5, 4),),
        ((1, 2, 6, 9, 5),),
        ((2, 3, 7, 6),),
        ((3, 0, 4, 8, 7),),
    ]
    return _solid(v, faces, [Surface.FLOOR] + [Surface.ROOF] * 2 + [Surface.WALL] * 4)


def stepped_house(width: float, depth: float, low: float, high: float) -> Solid:
    """Two flat parts side by side along x, the western one low."""
    w, d = width / 2, depth / 2
    v = [
        (-w, -d, 0.0),
        (0.0, -d, 0.0),
        (w, -d, 0.0),
        (w, d, 0.0),
        (0.0, d, 0.0),
        (-w, d, 0.0),
        (-w, -d, low),
        (0.0, -d, low),
        (0.0, d, low),
        (-w, d, low),
        (0.0, -d, high),
        (w, -d, high),
        (w, d, high),
        (0.0, d, high),
    ]
    faces: Faces = [
        ((5, 4, 3, 2, 1, 0),),
        ((6, 7, 8, 9),),
        ((10, 11, 12, 13),),
        ((0, 1, 2, 11, 10, 7, 6),),
        ((2, 3, 12, 11),),
        ((3, 4, 5, 9, 8, 13, 12),),
        ((5, 0, 6, 9),),
        ((8, 7, 10, 13),),
    ]
    return _solid(v, faces, [Surface.FLOOR, Surface.ROOF, Surface.ROOF] + [Surface.WALL] * 5)


SAMPLES: dict[str, Solid] = {
    "amoy_villa": hip_house(17.0, 12.5, 8.6, 3.4),
    "dacuo": gable_house(16.0, 11.0, 4.3, 3.0),
    "sida_cuo": hip_house(22.0, 36.0, 4.6, 3.0),
    "colonial": hip_house(19.0, 13.0, 8.6, 3.0),
    "qilou": flat_house(14.0, 12.0, 11.4),
    "harbour_house": gable_house(9.5, 8.0, 6.6, 2.2),
    "slab_1980s": flat_house(30.0, 11.5, 18.6),
    "curtain_wall": flat_house(30.0, 26.0, 62.0),
    "school": stepped_house(40.0, 13.0, 7.8, 15.2),
    "church": gable_house(22.0, 10.0, 6.0, 4.6),
    "plain": gable_house(12.0, 9.0, 6.4, 2.4),
}


def sample(style: str) -> Feature:
    """The sample building of a style, as reconstruction would give it; its id is the style's name."""
    solid = SAMPLES[style]
    empty = Mesh(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), "i4"), surface=np.zeros(0, "u1"))
    outcome = Outcome(origin=Origin.SIMULATED, source="sample")
    return Feature(
        id=f"sample/{style}/0",
        kind="building",
        mesh=empty,
        outcome=outcome,
        form=Form.ROOFED,
        solids={Form.ROOFED: (solid,)},
    )
