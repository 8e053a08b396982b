"""A small district whose truth is known: a slope, flat, gable and hip roofs, a pond, trees, a road.

Written like a Chinese vendor delivers: LAZ in EPSG:4548, GeoJSON in WGS 84, Chinese names.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import laspy
import numpy as np
import pyproj

from xmscenes.frame import Frame

FRAME = Frame(lon_deg=118.07, lat_deg=24.44)
POINTS_CRS = "EPSG:4548"


@dataclass(frozen=True, kw_only=True)
class House:
    """A rectangular house; the ridge of a gable or hip roof runs along its length (before turning)."""

    id: str
    name: str
    centre_m: tuple[float, float]
    size_m: tuple[float, float]  # length, width
    heading_deg: float
    eave_m: float  # above the ground at the centre
    pitch_deg: float = 0.0
    roof: str = "flat"  # "flat", "gable", "hip"

    def ring(self) -> np.ndarray:
        length, width = self.size_m
        corners = np.array([[-length, -width], [length, -width], [length, width], [-length, width]]) / 2
        return corners @ _turn(self.heading_deg).T + self.centre_m

    def roof_z(self, xy: np.ndarray) -> np.ndarray:
        """Elevation of the roof at (N, 2) positions inside."""
        length, width = self.size_m
        along, across = np.abs((xy - self.centre_m) @ _turn(self.heading_deg)).T
        inset = width / 2 - across
        if self.roof == "hip":
            inset = np.minimum(inset, length / 2 - along)
        rise = inset * np.tan(np.radians(self.pitch_deg)) if self.roof != "flat" else np.zeros(len(xy))
        return ground_z(np.array([self.centre_m]))[0] + self.eave_m + rise

    def contains(self, xy: np.ndarray) -> np.ndarray:
        length, width = self.size_m
        along, across = np.abs((xy - self.centre_m) @ _turn(self.heading_deg)).T
        return (along <= length / 2) & (across <= width / 2)


def _turn(heading_deg: float) -> np.ndarray:
    a = np.radians(heading_deg)
    return np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])


def ground_z(xy: np.ndarray) -> np.ndarray:
    """Elevation of the bare earth: a 3 % slope to the east."""
    return 10.0 + 0.03 * xy[:, 0]


HOUSES = (
    House(id="h1", name="平房", centre_m=(-30, -20), size_m=(16, 10), heading_deg=20, eave_m=4.0),
    House(
        id="h2",
        name="双坡屋",
        centre_m=(10, -25),
        size_m=(18, 9),
        heading_deg=0,
        eave_m=6.0,
        pitch_deg=30,
        roof="gable",
    ),
    House(
        id="h3", name="四坡屋", centre_m=(30, 20), size_m=(20, 12), heading_deg=35, eave_m=7.0, pitch_deg=28, roof="hip"
    ),
    House(id="h4", name="楼", centre_m=(-25, 30), size_m=(14, 14), heading_deg=10, eave_m=18.0),
)
TREES = ((0.0, 12.0, 9.0, 3.0), (-48.0, 5.0, 7.0, 2.5), (48.0, -35.0, 11.0, 3.5))  # x, y, height, radius
PATH = np.array([[-60.0, -2.0], [0.0, 0.0], [60.0, -4.0]])


@dataclass(frozen=True, kw_only=True)
class World:
    """What was surveyed and how; ``write`` puts it on disk."""

    density_per_m2: float = 10.0
    noise_m: float = 0.02
    half_size_m: float = 65.0
    houses: tuple[House, ...] = HOUSES
    seed: int = 1
    with_classes: bool = True
    spec_lines: tuple[str, ...] = field(default_factory=tuple)

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Local (N, 3) points and their classes."""
        rng = np.random.default_rng(self.seed)
        count = int(self.density_per_m2 * (2 * self.half_size_m) ** 2)
        xy = rng.uniform(-self.half_size_m, self.half_size_m, (count, 2))
        z = ground_z(xy)
        classes = np.full(count, 2, dtype=np.uint8)
        for house in self.houses:
            inside = house.contains(xy)
            z[inside] = house.roof_z(xy[inside])
            classes[inside] = 6
        for x, y, height, radius in TREES:
            distance = np.hypot(xy[:, 0] - x, xy[:, 1] - y)
            crown = (distance < radius) & (classes == 2) & (rng.random(count) < 0.8)
            z[crown] += height - 0.5 * radius * (distance[crown] / radius) ** 2 - rng.random(int(crown.sum()))
            classes[crown] = 5
        xyz = np.column_stack([xy, z + rng.normal(0, self.noise_m, count)])
        return xyz, classes if self.with_classes else np.ones(count, dtype=np.uint8)

    def write(self, folder: Path, name: str = "小区") -> Path:
        """Write points, footprints, paths and the spec; returns the path of the spec."""
        folder.mkdir(parents=True, exist_ok=True)
        xyz, classes = self.points()
        write_laz(folder / "点云.laz", xyz, classes)
        write_footprints(folder / "房屋.geojson", {h.id: (h.name, h.ring()) for h in self.houses})
        line = FRAME.to_crs(PATH, "EPSG:4326").tolist()
        write_geojson(
            folder / "小路.geojson",
            [
                {
                    "properties": {"id": "p1", "highway": "footway"},
                    "geometry": {"type": "LineString", "coordinates": line},
                }
            ],
        )
        spec = folder / f"{name}.toml"
        spec.write_text(
            "\n".join(
                [
                    'title = "小区"',
                    'title_en = "District"',
                    f"[frame]\nlon_deg = {FRAME.lon_deg}\nlat_deg = {FRAME.lat_deg}",
                    '[inputs]\npoints = "点云.laz"',
                    'footprints = { path = "房屋.geojson", id = "id" }',
                    'paths = { path = "小路.geojson", id = "id" }',
                    "[tile]\nsize_m = 75.0",
                    *self.spec_lines,
                ]
            )
            + "\n",
            encoding="utf-8",
        )
        return spec


def write_laz(path: Path, xyz_local: np.ndarray, classes: np.ndarray, crs: str | None = POINTS_CRS) -> None:
    """Write local points as LAZ in a projected CRS; ``crs=None`` leaves the header without one."""
    header = laspy.LasHeader(point_format=6, version="1.4")
    header.scales = [0.001] * 3
    xyz = FRAME.to_crs(xyz_local, crs or POINTS_CRS)
    header.offsets = np.floor(xyz.min(axis=0)) if len(xyz) else np.zeros(3)
    if crs:
        header.add_crs(pyproj.CRS(crs))
    las = laspy.LasData(header)
    las.x, las.y, las.z = xyz.T
    las.classification = classes
    las.write(path)


def write_footprints(path: Path, rings: dict[str, tuple[str, np.ndarray]], crs: str = "EPSG:4326") -> None:
    """Write footprints by id as GeoJSON, with Chinese names."""
    features = []
    for key, (name, ring) in rings.items():
        closed = FRAME.to_crs(np.vstack([ring, ring[:1]]), crs).tolist()
        features.append(
            {"properties": {"id": key, "name": name}, "geometry": {"type": "Polygon", "coordinates": [closed]}}
        )
    write_geojson(path, features)


def write_geojson(path: Path, features: list[dict]) -> None:
    collection = {"type": "FeatureCollection", "features": [{"type": "Feature", **f} for f in features]}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
