"""Scan known roofs: an airborne lidar of any density, and a cloud such as image matching makes. Seeded.

Airborne: two strips, each half of the density, 18 and 14 degrees off nadir to either side; first hit on roofs and
walls, else the ground, which is the floor of the nearest building. Noise (1 sigma) 8 cm in x and y, 3 cm in z, strip
offsets of 2 cm; hits on near-vertical faces are class 1, other building hits 6, ground 2; 0.5 % of class 6 is lifted
clutter. Image matching: the topmost surface on a grid, median and Gaussian filter (steps become ramps), 6 cm of noise
that hangs together over 0.5 m, 2 cm that does not; ground is flat, so that low buildings on low ground drown. Both
flatter: classes are clean and outlines equal the roofs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.bench.roof_truth import RoofTruth

MARGIN_M = 10.0
FAR_M = 300.0
STRIPS = ((-18.0, -0.02), (14.0, 0.02))  # off nadir (degrees), offset in z (m)
UPRIGHT_NZ = 0.15
CLUTTER = 0.005
FLOOR_CELL_M = 1.0
BLUR_M, CORRELATION_M, CORRELATED_M, WHITE_M, JITTER_M = 0.3, 0.5, 0.06, 0.02, 0.02
ABOVE_M = 1.5

Cloud = tuple["NDArray[np.float64]", "NDArray[np.uint8]"]  # xyz (N, 3), class (N,)


def scan_airborne(truth: RoofTruth, density_per_m2: float, seed: int) -> Cloud:
    """Scan a set from the air; points in strip order. The same seed gives the same points."""
    rng = np.random.default_rng(seed)
    origin, size = _box(truth)
    scene, normals = _scene(truth, origin)
    floor = FloorMap(truth, origin, size)
    parts = [
        _strip(rng, scene, normals, floor, size, density_per_m2 / len(STRIPS), angle, offset)
        for angle, offset in STRIPS
    ]
    xyz, kind = (np.concatenate([part[i] for part in parts]) for i in range(2))
    return _with_clutter(rng, xyz, kind, origin)


def scan_images(truth: RoofTruth, density_per_m2: float, seed: int, *, correlation_m: float = CORRELATION_M) -> Cloud:
    """Make the cloud that image matching from nadir pictures would give.

    ``correlation_m`` is the sigma of the Gaussian under which the noise hangs together; matchers differ in it.
    """
    from scipy.ndimage import gaussian_filter, median_filter

    rng = np.random.default_rng(seed)
    origin, size = _box(truth)
    scene, _ = _scene(truth, origin)
    cell = 0.5 / np.sqrt(density_per_m2)
    ground = float(np.median(truth.floor_m) - origin[2])
    x, y = (np.arange(cell / 2, extent, cell) for extent in size)
    z = np.zeros((len(y), len(x)))
    down = np.array([0.0, 0.0, -1.0])
    for row in range(len(y)):
        start = np.column_stack([x, np.full(len(x), y[row]), np.full(len(x), FAR_M)])
        t, _ = _cast(scene, start, np.tile(down, (len(x), 1)))
        z[row] = np.where(np.isfinite(t), FAR_M - t, ground)
    z = gaussian_filter(median_filter(np.maximum(z, ground), 3), BLUR_M / cell)
    drift = gaussian_filter(rng.standard_normal(z.shape), correlation_m / cell)
    z += drift * (CORRELATED_M / drift.std()) + rng.normal(0, WHITE_M, z.shape)
    kept = np.flatnonzero(rng.random(z.size) < 0.25)
    xy = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)[kept] + rng.normal(0, JITTER_M, (len(kept), 2))
    xyz = np.column_stack([xy, z.ravel()[kept]])
    kind = np.where(xyz[:, 2] > ground + ABOVE_M, 6, 2).astype(np.uint8)
    return _with_clutter(rng, xyz, kind, origin)


def write_cloud(path: Path, cloud: Cloud, crs: str) -> None:
    """Write a cloud as LAZ 1.4 with 1 mm resolution; the same cloud gives the same bytes."""
    from datetime import date

    import laspy
    import pyproj

    xyz, kind = cloud
    header = laspy.LasHeader(point_format=6, version="1.4")
    header.scales, header.offsets = np.full(3, 0.001), np.floor(xyz.min(axis=0))
    header.creation_date, header.generating_software = date(2026, 1, 1), "xmscenes bench"
    header.add_crs(pyproj.CRS.from_user_input(crs))
    points = laspy.LasData(header)
    points.x, points.y, points.z = xyz.T
    points.classification = kind
    points.return_number = points.number_of_returns = np.ones(len(xyz), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    points.write(path)


def _box(truth: RoofTruth) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    corners = truth.tri.reshape(-1, 3)
    low = np.floor(np.append(corners[:, :2].min(axis=0) - MARGIN_M, truth.floor_m.min() - 1.0))
    return low, corners[:, :2].max(axis=0) + MARGIN_M - low[:2]


def _scene(truth: RoofTruth, origin: NDArray[np.float64]) -> tuple[Any, NDArray[np.float64]]:
    """Ray caster of roofs and of walls dropped from the roofs' borders to the floor, and its triangles' |nz|."""
    import open3d

    tri = np.concatenate([truth.tri - origin, _walls(truth, origin)])
    scene = open3d.t.geometry.RaycastingScene(nthreads=1)
    to_tensor: Any = open3d.core.Tensor
    index = np.arange(3 * len(tri), dtype=np.uint32).reshape(-1, 3)
    scene.add_triangles(to_tensor(tri.reshape(-1, 3).astype(np.float32)), to_tensor(index))
    normals = np.cross(tri[:, 1] - tri[:, 0], tri[:, 2] - tri[:, 0])
    return scene, np.abs(normals[:, 2]) / np.maximum(np.linalg.norm(normals, axis=1), 1e-12)


def _walls(truth: RoofTruth, origin: NDArray[np.float64]) -> NDArray[np.float64]:
    start = truth.tri - origin
    end = np.roll(start, -1, axis=1)
    edges = np.stack([start, end], axis=2).reshape(-1, 2, 3)
    owner = np.repeat(truth.building, 3)
    whole = np.rint(edges * 1000).astype(np.int64)
    first = _lexicographic(whole)
    key = np.column_stack([owner, np.where(first[:, None], whole[:, 0], whole[:, 1]),
                           np.where(first[:, None], whole[:, 1], whole[:, 0])])  # fmt: skip
    _, index, count = np.unique(key, axis=0, return_index=True, return_counts=True)
    border = np.sort(index[count == 1])
    a, b = edges[border, 0], edges[border, 1]
    floor = truth.floor_m[owner[border]] - origin[2]
    a_low, b_low = (np.column_stack([p[:, :2], np.minimum(floor, p[:, 2])]) for p in (a, b))
    return np.concatenate([np.stack([a_low, b_low, b], axis=1), np.stack([a_low, b, a], axis=1)])


def _lexicographic(whole: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which edges (E, 2, 3) have their smaller end first."""
    d = whole[:, 1] - whole[:, 0]
    sign = np.sign(d[:, 0]) * 4 + np.sign(d[:, 1]) * 2 + np.sign(d[:, 2])
    return np.asarray(sign >= 0)


def _cast(scene: Any, start: NDArray[np.float64], along: NDArray[np.float64]) -> tuple[NDArray[np.float64], Any]:
    rays = np.concatenate([start, along], axis=1).astype(np.float32)
    hit = scene.cast_rays(rays, nthreads=1)
    return hit["t_hit"].numpy().astype(np.float64), hit["primitive_ids"].numpy()


def _strip(
    rng: np.random.Generator, scene: Any, upward: NDArray[np.float64], floor: FloorMap, size: NDArray[np.float64],
    density: float, angle_deg: float, offset_m: float,
) -> Cloud:  # fmt: skip
    count = round(density * float(np.prod(size)))
    xy = rng.uniform(0, 1, (count, 2)) * size
    slope = np.tan(np.radians(rng.normal(angle_deg, 3.0, count)))
    along = np.column_stack([slope, rng.normal(0, 0.05, count), np.full(count, -1.0)])
    place = np.column_stack([xy, floor.at(xy)])
    reach = FAR_M - place[:, 2]  # steps of one metre down from the aircraft's height to the ground
    t, primitive = _cast(scene, place - along * reach[:, None], along)
    on_roof = t < reach
    xyz = np.where(on_roof[:, None], place - along * (reach - np.where(on_roof, t, reach))[:, None], place)
    nz = upward[np.where(on_roof, primitive, 0).astype(np.int64)]
    kind = np.where(on_roof, np.where(nz < UPRIGHT_NZ, 1, 6), 2).astype(np.uint8)
    noise = rng.normal(0, 1, (count, 3)) * (0.08, 0.08, 0.03) + (0.0, 0.0, offset_m)
    return xyz + noise, kind


def _with_clutter(rng: np.random.Generator, xyz: NDArray[np.float64], kind: Any, origin: Any) -> Cloud:
    lifted = np.flatnonzero((kind == 6) & (rng.random(len(xyz)) < CLUTTER))
    xyz[lifted, 2] += rng.uniform(0.3, 2.0, len(lifted))
    return np.round(xyz + origin, 3), kind


class FloorMap:
    """The ground: at every place the floor of the nearest building, in cells of one metre."""

    def __init__(self, truth: RoofTruth, origin: NDArray[np.float64], size: NDArray[np.float64]) -> None:
        import shapely
        from scipy.ndimage import distance_transform_edt

        columns, rows = (int(np.ceil(v / FLOOR_CELL_M)) + 1 for v in size)
        owner = np.full((rows, columns), -1, dtype=np.int64)
        for b, polygon in enumerate(truth.polygons):
            west, south, east, north = (np.array(polygon.bounds) - np.tile(origin[:2], 2)) / FLOOR_CELL_M
            i, j = np.mgrid[int(south) : int(north) + 2, int(west) : int(east) + 2].reshape(2, -1)
            inside = (i >= 0) & (i < rows) & (j >= 0) & (j < columns)
            i, j = i[inside], j[inside]
            x, y = (j + 0.5) * FLOOR_CELL_M + origin[0], (i + 0.5) * FLOOR_CELL_M + origin[1]
            within = shapely.contains_xy(polygon.buffer(FLOOR_CELL_M), x, y)
            owner[i[within], j[within]] = b
        _, (i, j) = distance_transform_edt(owner < 0, return_indices=True)
        self._z = (truth.floor_m - origin[2])[owner[i, j]]

    def at(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ground height at places (N, 2) inside the box."""
        cell = np.floor(xy / FLOOR_CELL_M).astype(np.int64)
        return np.asarray(self._z[cell[:, 1], cell[:, 0]])
