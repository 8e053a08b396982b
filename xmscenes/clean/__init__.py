"""Clean the points of a tile: outliers out, ground, buildings and plants told apart where the file does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.records import PointClass, PointCloud, among

if TYPE_CHECKING:
    from xmscenes.options import CleanOptions
    from xmscenes.records import Tile

_NOISE = (PointClass.LOW_NOISE, PointClass.HIGH_NOISE)
_PLANTS = (PointClass.LOW_VEGETATION, PointClass.MEDIUM_VEGETATION, PointClass.HIGH_VEGETATION)


def clean_tile(tile: Tile, options: CleanOptions) -> Tile:
    """Drop noise and lonely points, then find ground, buildings and plants where their classes are missing.

    A class that the tile's points already carry is kept (``"auto"``), unless the options ask to classify anew.
    Water (9) and bridge (17) points are never touched. A tile without points comes back as it is.
    """
    from xmscenes.clean.outliers import find_outliers

    points = tile.points
    if not len(points):
        return tile
    quiet = np.flatnonzero(~among(points.point_class, _NOISE))
    xyz = points.xyz.take(quiet, axis=0) if len(quiet) < len(points) else points.xyz
    kept = quiet[~find_outliers(xyz, options)]
    points = points.take(kept) if len(kept) < len(points) else points
    return replace(tile, points=_classified(points, tile, options))


def _classified(points: PointCloud, tile: Tile, options: CleanOptions) -> PointCloud:
    from xmscenes.clean.classes import find_buildings, heights_above_ground, vegetation_classes
    from xmscenes.clean.ground import find_ground

    classes = points.point_class.copy()
    fixed = among(classes, (PointClass.WATER, PointClass.BRIDGE))
    find = {
        "ground": _wanted(options.ground, classes, (PointClass.GROUND,)),
        "buildings": _wanted(options.buildings, classes, (PointClass.BUILDING,)),
        "vegetation": _wanted(options.vegetation, classes, _PLANTS),
    }
    if not any(find.values()):
        return points
    if find["ground"]:
        classes[(classes == PointClass.GROUND) & ~fixed] = PointClass.UNCLASSIFIED
        open_points = ~fixed & ~among(classes, (PointClass.BUILDING, *_PLANTS))
        index = np.flatnonzero(open_points)
        classes[index[find_ground(points.xyz[index], tile.window_m, options)]] = PointClass.GROUND
    ground = classes == PointClass.GROUND
    height = heights_above_ground(points, ground, tile.window_m)
    if find["buildings"]:
        classes[classes == PointClass.BUILDING] = PointClass.UNCLASSIFIED
        free = ~fixed & ~ground & ~among(classes, _PLANTS)
        found = find_buildings(points, np.where(free, height, -np.inf), tile.window_m, options)
        classes[found] = PointClass.BUILDING
    if find["vegetation"]:
        rest = ~fixed & ~ground & (classes != PointClass.BUILDING) & (height > options.plant_height_m)
        rest &= _lets_light_through(points)
        classes[rest] = vegetation_classes(height[rest])
    return replace(points, point_class=classes)


def _wanted(choice: str, classes: np.ndarray, codes: tuple[int, ...]) -> bool:
    return choice == "classify" or (choice == "auto" and not among(classes, codes).any())


def _lets_light_through(points: PointCloud) -> np.ndarray:
    if points.return_count is None:
        return np.ones(len(points), dtype=np.bool_)
    return np.asarray(points.return_count > 1)
