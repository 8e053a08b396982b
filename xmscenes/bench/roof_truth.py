"""Sets of buildings whose roofs are known exactly: true roof triangles, outlines, floors, plane counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.bench.roof_planes import count_planes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class RoofTruth:
    """Buildings in one projected CRS, absolute coordinates."""

    crs: str
    ids: tuple[str, ...]
    polygons: tuple[Any, ...]  # shapely outlines; the roof's own outline unless the set says otherwise
    floor_m: NDArray[np.float64]  # (B,)
    planes: NDArray[np.int64]  # (B,) true number of roof planes over 1 m2
    tri: NDArray[np.float64]  # (T, 3, 3) roof triangles
    building: NDArray[np.int32]  # (T,) row of the building


def read_truth(footprints: Path, truth: Path, crs: str) -> RoofTruth:
    """Read a footprint layer with ``id``, ``nplanes``, ``zmin`` and its true roof triangles."""
    import pyogrio
    import shapely

    meta, _, geometries, columns = pyogrio.raw.read(footprints)
    fields = dict(zip((str(n) for n in meta["fields"]), columns, strict=True))
    with np.load(truth) as stored:
        tri, building = stored["tri"], stored["building"]
    return RoofTruth(
        crs=crs,
        ids=tuple(str(v) for v in fields["id"]),
        polygons=tuple(shapely.from_wkb(geometries)),
        floor_m=np.asarray(fields["zmin"], dtype=np.float64),
        planes=np.asarray(fields["nplanes"], dtype=np.int64),
        tri=tri,
        building=building.astype(np.int32),
    )


def write_truth(truth: RoofTruth, folder: Path) -> None:
    """Write ``footprints.gpkg`` (id, nplanes, zmin, zmax) and ``truth.npz`` into a folder."""
    import pyogrio
    import shapely

    folder.mkdir(parents=True, exist_ok=True)
    top = np.full(len(truth.ids), -np.inf)
    np.maximum.at(top, truth.building, truth.tri[:, :, 2].max(axis=1))
    (folder / "footprints.gpkg").unlink(missing_ok=True)
    pyogrio.raw.write(
        folder / "footprints.gpkg",
        shapely.to_wkb(np.array(truth.polygons)),
        [np.array(truth.ids, dtype=object), truth.planes, truth.floor_m, top],
        ["id", "nplanes", "zmin", "zmax"],
        layer="footprints",
        driver="GPKG",
        crs=truth.crs,
        geometry_type="Polygon",
        promote_to_multi=False,
    )
    np.savez_compressed(folder / "truth.npz", tri=truth.tri, building=truth.building)


def from_faces(
    crs: str,
    ids: Sequence[str],
    polygons: Sequence[Any],
    floor_m: Sequence[float],
    faces: Sequence[Sequence[NDArray[np.float64]]],
) -> RoofTruth:
    """Put together a truth from roof faces, each a stack of triangles (T, 3, 3), counting the planes."""
    flat = [(b, face) for b, own in enumerate(faces) for face in own]
    return RoofTruth(
        crs=crs,
        ids=tuple(ids),
        polygons=tuple(polygons),
        floor_m=np.asarray(floor_m, dtype=np.float64),
        planes=np.array([count_planes(own) for own in faces], dtype=np.int64),
        tri=np.concatenate([face for _, face in flat]),
        building=np.concatenate([np.full(len(face), b, np.int32) for b, face in flat]),
    )


def repeated(truth: RoofTruth, copies: int, gap_m: float = 15.0) -> RoofTruth:
    """Lay out copies of a set side by side, each turned by another quarter, every other four mirrored."""
    import shapely

    bounds = shapely.total_bounds(np.array(truth.polygons))
    middle, step = (bounds[:2] + bounds[2:]) / 2, float((bounds[2:] - bounds[:2]).max()) + gap_m
    columns = int(np.ceil(np.sqrt(copies)))
    ids, polygons, tri = [], [], []
    for k in range(copies):
        turn = np.linalg.matrix_power(np.array([[0.0, -1.0], [1.0, 0.0]]), k % 4)
        turn = turn @ np.diag([1.0 if k % 8 < 4 else -1.0, 1.0])
        shift = middle + step * np.array([k % columns, k // columns])

        def place(xy: NDArray[np.float64], turn: Any = turn, shift: Any = shift) -> NDArray[np.float64]:
            return np.asarray((xy - middle) @ turn.T + shift)

        ids += [f"{name}_{k}" for name in truth.ids]
        polygons += list(shapely.transform(np.array(truth.polygons), place))
        moved = truth.tri.copy()
        moved[:, :, :2] = place(truth.tri[:, :, :2].reshape(-1, 2)).reshape(-1, 3, 2)
        tri.append(moved)
    return RoofTruth(
        crs=truth.crs,
        ids=tuple(ids),
        polygons=tuple(polygons),
        floor_m=np.tile(truth.floor_m, copies),
        planes=np.tile(truth.planes, copies),
        tri=np.concatenate(tri),
        building=np.concatenate([truth.building + np.int32(k * len(truth.ids)) for k in range(copies)]),
    )


def with_outline_errors(truth: RoofTruth, *, shift_m: float, inset_m: float, seed: int) -> RoofTruth:
    """Outlines as a cadastre has them: each moved by about ``shift_m`` and shrunk by ``inset_m`` (eaves)."""
    import shapely.affinity

    rng = np.random.default_rng(seed)
    moved = []
    for polygon in truth.polygons:
        smaller = polygon.buffer(-inset_m, join_style="mitre")
        kept = smaller if smaller.geom_type == "Polygon" and not smaller.is_empty else polygon
        moved.append(shapely.affinity.translate(kept, *rng.normal(0, shift_m, 2)))
    return RoofTruth(
        crs=truth.crs,
        ids=truth.ids,
        polygons=tuple(moved),
        floor_m=truth.floor_m,
        planes=truth.planes,
        tri=truth.tri,
        building=truth.building,
    )
