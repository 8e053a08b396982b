"""Signs of determinants of whole-number coordinates, exact, for tests that must not be fooled by rounding.

Coordinates stay below 2**26 in size (6.7 km in tenths of a millimetre). Then every 2 x 2 minor fits an int64, and the
3 x 3 determinant is summed in two halves of 24 bits, so no sign is ever guessed. This replaces adaptive floating-point
predicates (J. R. Shewchuk, 1997): rounding to a fixed grid happens anyway when a solid is written.
"""

from __future__ import annotations

from typing import Any

from numba import njit

Array = Any  # an ndarray; compiled code knows its type

LIMIT = 1 << 26


@njit(cache=True)
def side2d(ax: int, ay: int, bx: int, by: int, cx: int, cy: int) -> int:
    """Tell whether c lies left (1) or right (-1) of the line a-b, or on it (0)."""
    det = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return 1 if det > 0 else (-1 if det < 0 else 0)


@njit(cache=True)
def side3d(q: Array, a: int, b: int, c: int, d: int) -> int:
    """Tell whether d lies below (1), above (-1) or on (0) the triangle a, b, c; it runs counter-clockwise from above.

    ``q`` is (V, 3) int64; a, b, c, d index its rows.
    """
    ux, uy, uz = q[a, 0] - q[d, 0], q[a, 1] - q[d, 1], q[a, 2] - q[d, 2]
    vx, vy, vz = q[b, 0] - q[d, 0], q[b, 1] - q[d, 1], q[b, 2] - q[d, 2]
    wx, wy, wz = q[c, 0] - q[d, 0], q[c, 1] - q[d, 1], q[c, 2] - q[d, 2]
    minor_x, minor_y, minor_z = vy * wz - vz * wy, vz * wx - vx * wz, vx * wy - vy * wx
    mask = (1 << 24) - 1
    high = ux * (minor_x >> 24) + uy * (minor_y >> 24) + uz * (minor_z >> 24)
    low = ux * (minor_x & mask) + uy * (minor_y & mask) + uz * (minor_z & mask)
    high += low >> 24
    low &= mask
    if high != 0:
        return 1 if high > 0 else -1
    return 1 if low > 0 else 0
