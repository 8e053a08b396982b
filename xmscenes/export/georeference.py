"""The transform from the local frame to the earth, for clients that show a globe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.frame import Frame

A_M, FLATTENING = 6_378_137.0, 1 / 298.257222101  # GRS80


def east_north_up(frame: Frame) -> NDArray[np.float64]:
    """Make the 4 x 4 matrix from east, north, up at the local zero to earth-centred coordinates, for column vectors.

    The height is ellipsoidal: the frame's elevation plus its undulation.
    """
    lon, lat = np.deg2rad([frame.lon_deg, frame.lat_deg])
    e2 = FLATTENING * (2 - FLATTENING)
    radius = A_M / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    height = frame.elevation_m + frame.undulation_m
    east = [-np.sin(lon), np.cos(lon), 0.0]
    north = [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)]
    up = [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    at = [
        (radius + height) * np.cos(lat) * np.cos(lon),
        (radius + height) * np.cos(lat) * np.sin(lon),
        (radius * (1 - e2) + height) * np.sin(lat),
    ]
    matrix = np.eye(4)
    matrix[:3] = np.column_stack([east, north, up, at])
    return matrix
