"""Copies (trees, lamps) so small in a picture that their next coarser prototype gives the same one for a third.

What a copy looks like from afar is read from the file of the next coarser level, where the same prototypes stand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.gltf_read import load_glb
from xmscenes.preview.glb import load_scene, read_geometry
from xmscenes.preview.written import has_level, written_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.gltf_read import Glb
    from xmscenes.preview.glb import Known
    from xmscenes.preview.scene import Geometry, RenderScene

# Prototypes differ from the next coarser one by a fifth of their size at most: below two drawn samples here.
SMALL_SAMPLES = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What bounds a pass: planes (P, 4), and the width of a drawn sample, at 1 m from ``eye`` or everywhere."""

    planes: NDArray[np.float64]
    sample: float
    eye: NDArray[np.float64] | None = None

    def is_small(self, places: NDArray[Any], sizes_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether copies of these sizes (N,) at these places (N, 3) are drawn with few samples."""
        away: Any = 1.0 if self.eye is None else np.linalg.norm(places - self.eye, axis=1)
        return np.asarray(sizes_m < SMALL_SAMPLES * self.sample * away)


def load_level(build_dir: Path, level: int, known: Known | None = None) -> RenderScene:
    """Read a written level, the finest one with what its copies look like from afar where a coarser file tells it."""
    file, inner = written_file(build_dir, level)
    scene = load_scene(file, inner, known)
    if level or build_dir.is_file() or not (has_level(build_dir, 0) and has_level(build_dir, 1)):
        return scene  # cards of trees, which coarser levels have, look different
    return with_far_copies(scene, written_file(build_dir, 1)[0])


def with_far_copies(scene: RenderScene, coarser: Path) -> RenderScene:
    """Add what copies look like from afar: the prototypes of the same names in the file of a coarser level.

    A prototype that the file lacks, or that wears a material which the scene does not have, stays as it is.
    """
    glb = load_glb(coarser, str(coarser))
    wears = {material.name: k for k, material in enumerate(scene.materials)}
    meshes: dict[str, int] = {str(node.get("name")): node["mesh"] for node in glb.items("nodes") if "mesh" in node}
    geometries, far = list(scene.geometries), []
    for name in sorted({d.name for d in scene.draws if len(d.matrices) > 1} & meshes.keys()):
        draws = [d for d in scene.draws if d.name == name]
        for geometry in _prototype(glb, meshes[name], wears):
            geometries.append(geometry)
            first = [d for d in draws if d.geometry == draws[0].geometry]  # one for copies, one for mirrored ones
            far += [replace(d, geometry=len(geometries) - 1) for d in first]
    return replace(scene, geometries=tuple(geometries), far=tuple(far))


def _prototype(glb: Glb, mesh: int, wears: Mapping[str, int]) -> list[Geometry]:
    """Geometries of a prototype, wearing the scene's materials; none when it lacks one of them."""
    found = []
    for k, primitive in enumerate(glb.item("meshes", mesh).get("primitives", [])):
        geometry = read_geometry(glb, primitive, f"{glb.where}#/meshes/{mesh}/primitives/{k}")
        name = str(glb.item("materials", primitive["material"]).get("name")) if "material" in primitive else ""
        if geometry is None or name not in wears:
            return []
        found.append(replace(geometry, material=wears[name]))
    return found


def sizes_of(scene: RenderScene) -> dict[str, float]:
    """Name of what has far copies → the longest side of the box around its finest prototype, unscaled."""
    sizes: dict[str, float] = {}
    names = {draw.name for draw in scene.far}
    for draw in scene.draws:
        if draw.name in names:
            geometry = scene.geometries[draw.geometry]
            sizes[draw.name] = max(sizes.get(draw.name, 0.0), float((geometry.high - geometry.low).max()))
    return sizes
