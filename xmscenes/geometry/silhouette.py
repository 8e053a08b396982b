"""How far the outlines of two things lie apart, seen from all sides: for crowns, whose leaves nobody compares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.records import Mesh

STEP = 1 / 64  # of the thing's height: cells of a silhouette
SIDES = 4  # azimuths, from 0 to 135 degrees; the other half shows the same outlines mirrored


def outline_distance(
    fine: Mesh, coarse: Mesh, holes: NDArray[np.bool_] | None = None, masked: NDArray[np.bool_] | None = None
) -> float:
    """How far the outline of ``coarse`` lies off that of ``fine`` on average, in units of the meshes.

    The silhouettes are compared from four sides at eye level: the area that only one of them covers, over the length
    of the outline of ``fine``; the worst side counts. Leaves inside the outline do not matter, a trunk left out does.
    ``holes`` (rows from the top, columns) says where a picture is opaque; it cuts the faces of ``coarse`` and ``fine``
    whose material number is True in ``masked``. An empty silhouette of ``fine`` gives 0.
    """
    low, high = (fold(np.concatenate([fine.vertices, coarse.vertices]), axis=0) for fold in (np.min, np.max))
    reach = float(np.hypot(*np.maximum(abs(low[:2]), abs(high[:2]))))
    shape = (int((high[2] - low[2]) / STEP) + 2, int(2 * reach / STEP) + 2)
    worst = 0.0
    for turn in np.arange(SIDES) * np.pi / SIDES:
        one, two = (_silhouette(mesh, turn, (-reach, low[2]), shape, holes, masked) for mesh in (fine, coarse))
        # Crossings of a grid's lines tell the length of a curve: Cauchy and Crofton.
        length = STEP * np.pi / 4 * float(sum((np.diff(one, axis=axis) != 0).sum() for axis in (0, 1)))
        if length > 0:
            worst = max(worst, float((one != two).sum()) * STEP**2 / length)
    return worst


def _silhouette(
    mesh: Mesh,
    turn: float,
    corner: tuple[float, float],
    shape: tuple[int, int],
    holes: NDArray[np.bool_] | None,
    masked: NDArray[np.bool_] | None,
) -> NDArray[np.int8]:
    across = mesh.vertices @ np.array([np.cos(turn), np.sin(turn), 0.0])
    flat = (np.column_stack([across, mesh.vertices[:, 2]]) - corner) / STEP
    cut = np.zeros(len(mesh.faces), bool)
    if holes is not None and masked is not None and mesh.uv is not None and mesh.material is not None:
        cut = masked[mesh.material]
    uv = np.zeros((len(mesh.faces), 3, 2)) if mesh.uv is None else mesh.uv.astype(np.float64)
    picture = np.ones((1, 1), bool) if holes is None else holes
    out = np.zeros(shape, np.int8)
    _fill(flat[mesh.faces], uv, cut, picture, out)
    return out


@njit(cache=True)
def _fill(corners: Any, uv: Any, cut: Any, picture: Any, out: Any) -> None:
    rows, columns = out.shape
    for f in range(len(corners)):
        (ax, ay), (bx, by), (cx, cy) = corners[f, 0], corners[f, 1], corners[f, 2]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0:
            continue
        for i in range(max(int(min(ay, by, cy)), 0), min(int(max(ay, by, cy)) + 1, rows - 1) + 1):
            for j in range(max(int(min(ax, bx, cx)), 0), min(int(max(ax, bx, cx)) + 1, columns - 1) + 1):
                x, y = j + 0.5, i + 0.5
                v = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
                w = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
                if v < 0.0 or w < 0.0 or v + w > 1.0:
                    continue
                if cut[f]:
                    s = (1 - v - w) * uv[f, 0, 0] + v * uv[f, 1, 0] + w * uv[f, 2, 0]
                    t = (1 - v - w) * uv[f, 0, 1] + v * uv[f, 1, 1] + w * uv[f, 2, 1]
                    row = min(max(int(t * picture.shape[0]), 0), picture.shape[0] - 1)
                    column = min(max(int(s * picture.shape[1]), 0), picture.shape[1] - 1)
                    if not picture[row, column]:
                        continue
                out[i, j] = 1
