"""What is true of a simulated survey: terrain, roofs, trees, waters. Saved beside the points, for the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.survey.canvas import Canvas
from xmscenes.survey.ground import Ground
from xmscenes.survey.trees import KIND_NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.survey.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The truth scene in numbers. Positions are local metres of the scene's frame; heights are elevations."""

    ground: Ground
    building_id: NDArray[np.str_]  # (B,)
    building_form: NDArray[np.str_]  # (B,) "hip", "gable", "flat"
    building_ground_m: NDArray[np.float64]
    building_eaves_m: NDArray[np.float64]
    building_top_m: NDArray[np.float64]
    roof: NDArray[np.float64]  # (T, 3, 3) triangles seen from above; they may overlap, the highest counts
    roof_building: NDArray[np.int32]  # (T,) row of the building
    tree_foot: NDArray[np.float64]  # (N, 3)
    tree_height_m: NDArray[np.float64]
    tree_radius_m: NDArray[np.float64]
    tree_kind: NDArray[np.str_]
    others: NDArray[np.float64]  # (R, 3, 3) triangles of rocks, bridges, landmarks, boats

    def roof_height(self, building: int, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Elevation of a building's roof under (N, 2) positions; NaN outside it."""
        out = np.full(len(xy), np.nan)
        for triangle in self.roof[self.roof_building == building]:
            (x0, y0, z0), (x1, y1, z1), (x2, y2, z2) = triangle
            area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
            if abs(area) < 1e-9:
                continue
            u = ((xy[:, 0] - x0) * (y2 - y0) - (x2 - x0) * (xy[:, 1] - y0)) / area
            v = ((x1 - x0) * (xy[:, 1] - y0) - (xy[:, 0] - x0) * (y1 - y0)) / area
            here = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9)
            out[here] = np.fmax(out[here], z0 + u[here] * (z1 - z0) + v[here] * (z2 - z0))
        return out


def truth_of_world(world: World) -> Truth:
    """Reduce a truth scene to what the tests compare with."""
    tops = [np.concatenate([s.triangles[s.is_top] for s in b.solids]) for b in world.buildings]
    owners = {b.id for b in world.buildings}
    others = [s.triangles for s in world.solids if s.owner not in owners]
    return Truth(
        ground=world.ground,
        building_id=np.array([b.id for b in world.buildings], dtype=np.str_),
        building_form=np.array([b.form for b in world.buildings], dtype=np.str_),
        building_ground_m=np.array([b.ground_m for b in world.buildings]),
        building_eaves_m=np.array([b.eaves_m for b in world.buildings]),
        building_top_m=np.array([b.top_m for b in world.buildings]),
        roof=np.concatenate([*tops, np.zeros((0, 3, 3))]),
        roof_building=np.repeat(np.arange(len(tops)), [len(t) for t in tops]).astype(np.int32),
        tree_foot=world.trees.foot,
        tree_height_m=world.trees.height_m,
        tree_radius_m=world.trees.radius_m,
        tree_kind=np.array(KIND_NAMES, dtype=np.str_)[world.trees.kind],
        others=np.concatenate([*others, np.zeros((0, 3, 3))]),
    )


def save_truth(truth: Truth, path: Path) -> None:
    """Write a compact .npz: terrain in whole millimetres, the rest as it is."""
    ground = truth.ground
    arrays = {f: getattr(truth, f) for f in Truth.__dataclass_fields__ if f != "ground"}
    np.savez_compressed(
        path,
        **arrays,
        ground_mm=np.rint(ground.z * 1000.0).astype(np.int32),
        ground_level_m=ground.level_m,
        ground_cover=ground.cover,
        ground_place=np.array([*ground.canvas.corner_m, ground.canvas.cell_m]),
    )


def load_truth(path: Path) -> Truth:
    """Read what ``save_truth`` wrote."""
    with np.load(path) as saved:
        x, y, cell_m = (float(v) for v in saved["ground_place"])
        z = (saved["ground_mm"] / 1000.0).astype(np.float32)
        canvas = Canvas(shape=(z.shape[0], z.shape[1]), cell_m=cell_m, corner_m=(x, y))
        ground = Ground(canvas=canvas, z=z, level_m=saved["ground_level_m"], cover=saved["ground_cover"])
        arrays = {f: saved[f] for f in Truth.__dataclass_fields__ if f != "ground"}
    return Truth(ground=ground, **arrays)
