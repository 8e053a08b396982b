"""A smooth surface near scattered heights: a thin plate on a grid, solved as one sparse system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.raster import Grid


def fit_thin_plate(
    grid: Grid, xyz: NDArray[np.float64], weight: NDArray[np.float64], stiffness: float = 0.1
) -> NDArray[np.float64]:
    """Heights of a springy sheet pulled towards the given points, at the grid's cell centres.

    ``xyz`` is (N, 3), points off the grid are left out; ``weight`` (N,) says how hard each pulls (1 / variance);
    ``stiffness`` is the resistance to bending between neighbouring cells. No point on the grid gives NaN.
    """
    # A radial basis function of 6 000 points is dense (36 M entries); the grid has 13 entries a cell.
    from scipy.sparse import coo_matrix, eye, kron
    from scipy.sparse.linalg import splu

    inside = grid.cells_of(xyz)[2]
    if not inside.any():
        return np.full(grid.shape, np.nan)
    xyz, weight = xyz[inside], weight[inside]
    where = _spread(grid, xyz, coo_matrix)
    rows, columns = grid.shape
    bend = kron(eye(rows), _second(columns)).T @ kron(eye(rows), _second(columns))
    bend = bend + kron(_second(rows), eye(columns)).T @ kron(_second(rows), eye(columns))
    twist = kron(_first(rows), _first(columns))
    bend = bend + 2.0 * twist.T @ twist
    level = float(np.average(xyz[:, 2], weights=weight))
    pull = where.T.multiply(weight)
    system = (pull @ where + stiffness * bend + 1e-9 * eye(rows * columns)).tocsc()
    # Symmetric and definite: half the time of the default ordering (1.4 s instead of 2.6 s for 75,000 cells).
    factors = splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    solution = factors.solve(pull @ (xyz[:, 2] - level))
    heights: NDArray[np.float64] = solution.reshape(grid.shape) + level
    return heights


def _spread(grid: Grid, xyz: NDArray[np.float64], coo_matrix: Any) -> Any:
    """Sparse (N, cells): the bilinear weights of each point."""
    x = np.clip(xyz[:, 0] / grid.cell_m - grid.first[0], 0, grid.shape[1] - 1)
    y = np.clip(xyz[:, 1] / grid.cell_m - grid.first[1], 0, grid.shape[0] - 1)
    j = np.minimum(x.astype(np.int64), max(grid.shape[1] - 2, 0))
    i = np.minimum(y.astype(np.int64), max(grid.shape[0] - 2, 0))
    v, u = x - j, y - i
    j1, i1 = np.minimum(j + 1, grid.shape[1] - 1), np.minimum(i + 1, grid.shape[0] - 1)
    cells = [(i, j, (1 - u) * (1 - v)), (i, j1, (1 - u) * v), (i1, j, u * (1 - v)), (i1, j1, u * v)]
    number = np.tile(np.arange(len(xyz)), 4)
    flat = np.concatenate([a * grid.shape[1] + b for a, b, _ in cells])
    shape = (len(xyz), grid.shape[0] * grid.shape[1])
    return coo_matrix((np.concatenate([w for _, _, w in cells]), (number, flat)), shape=shape).tocsr()


def _second(n: int) -> Any:
    from scipy.sparse import diags

    return diags([1.0, -2.0, 1.0], [0, 1, 2], shape=(max(n - 2, 0), n))


def _first(n: int) -> Any:
    from scipy.sparse import diags

    return diags([-1.0, 1.0], [0, 1], shape=(max(n - 1, 0), n))
