"""Write the layers of a place and the SOURCES.toml that says whose they are. Shared by the digitise_ scripts."""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely.geometry import LineString, MultiPolygon, Polygon, mapping, shape
from shapely.geometry.polygon import orient

from xmscenes.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ASSETS = Path(__file__).resolve().parent.parent / "assets"
WGS84 = "EPSG:4326"
ODBL = "© OpenStreetMap contributors, ODbL 1.0 (openstreetmap.org/copyright)"
SRTM = "Mapzen; SRTM data courtesy of the U.S. Geological Survey"


@dataclass(kw_only=True)
class Place:
    """A folder of layers in the making: local metres in, lon/lat files out, one entry of SOURCES.toml a file."""

    name: str
    frame: Frame
    sources: list[dict[str, str]] = field(default_factory=list)
    at: Path | None = None  # its folder, when it is not in assets/

    @property
    def folder(self) -> Path:
        """Where the place's files lie."""
        return self.at or ASSETS / self.name

    def to_local(self, lonlat: Sequence[Sequence[float]]) -> np.ndarray:
        """Bring lon/lat vertices into local metres."""
        return self.frame.to_local(np.asarray(lonlat, dtype=np.float64)[:, :2], WGS84)

    def to_lonlat(self, xy: Iterable[Sequence[float]]) -> list[list[float]]:
        """Bring local metres into lon/lat, rounded to a centimetre (7 decimals)."""
        return [
            [round(x, 7), round(y, 7)]
            for x, y in self.frame.to_crs(np.asarray(list(xy), dtype=np.float64)[:, :2], WGS84)
        ]

    def polygon(self, lonlat: Sequence[Sequence[float]]) -> Polygon:
        """Make a polygon in local metres from a lon/lat ring."""
        return Polygon(self.to_local(lonlat))

    def geometry_of(self, shape_m: Any) -> dict[str, Any]:
        """Turn a shapely geometry in local metres into a GeoJSON geometry in lon/lat."""
        if isinstance(shape_m, MultiPolygon):
            return {"type": "MultiPolygon", "coordinates": [self._rings(p) for p in shape_m.geoms]}
        if isinstance(shape_m, Polygon):
            return {"type": "Polygon", "coordinates": self._rings(shape_m)}
        if shape_m.geom_type == "Point":
            return {"type": "Point", "coordinates": self.to_lonlat([shape_m.coords[0]])[0]}
        return {"type": "LineString", "coordinates": self.to_lonlat(shape_m.coords)}

    def _rings(self, polygon: Polygon) -> list[list[list[float]]]:
        polygon = orient(polygon)
        return [self.to_lonlat(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]

    def write_layer(self, file: str, features: Sequence[tuple[dict[str, Any], Any]], **source: str) -> None:
        """Write a GeoJSON layer from local metres, one feature a line, and note whose it is."""
        self._write(file, [(tags, self.geometry_of(g)) for tags, g in features], source)

    def write_lonlat_layer(self, file: str, features: Sequence[tuple[dict[str, Any], Any]], **source: str) -> None:
        """Write a GeoJSON layer whose geometries are lon/lat already."""
        self._write(file, [(tags, mapping(g)) for tags, g in features], source)

    def _write(self, file: str, features: Sequence[tuple[dict[str, Any], Any]], source: dict[str, str]) -> None:
        lines = [
            json.dumps({"type": "Feature", "properties": tags, "geometry": g}, ensure_ascii=False)
            for tags, g in features
        ]
        head = {"type": "FeatureCollection", "name": file.removesuffix(".geojson")}
        head |= {"attribution": source.get("attribution", ""), "origin": source["origin"]}
        text = json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n' + ",\n".join(lines) + "\n]}\n"
        (self.folder / file).write_text(text, encoding="utf-8")
        self.note(file, **source)

    def write_heights(self, file: str, lonlat_z: np.ndarray, **source: str) -> None:
        """Write spot heights as CSV: lon_deg, lat_deg, elevation_m."""
        with (self.folder / file).open("w", encoding="utf-8", newline="") as stream:
            out = csv.writer(stream, lineterminator="\n")
            out.writerow(["lon_deg", "lat_deg", "elevation_m"])
            out.writerows([f"{x:.7f}", f"{y:.7f}", f"{z:.1f}"] for x, y, z in lonlat_z)
        self.note(file, **source)

    def note(self, file: str, **source: str) -> None:
        """Add the entry for a file that is in the folder, or replace it."""
        digest = hashlib.sha256((self.folder / file).read_bytes()).hexdigest() if "*" not in file else ""
        self.sources = [s for s in self.sources if s["file"] != file]
        self.sources.append({"file": file, "sha256": digest, **source})

    def read_sources(self) -> None:
        """Take over the entries that SOURCES.toml has already."""
        path = self.folder / "SOURCES.toml"
        self.sources = tomllib.loads(path.read_text(encoding="utf-8"))["source"] if path.is_file() else []

    def write_sources(self, heading: str) -> None:
        """Write SOURCES.toml with every noted file; an empty heading keeps the one that is there."""
        path = self.folder / "SOURCES.toml"
        if not heading and path.is_file():
            heading = path.read_text(encoding="utf-8").partition("[[source]]")[0].strip()
        keys = ("file", "sha256", "licence", "attribution", "crs", "origin", "note")
        blocks = [heading or f"# {self.name}"]
        for entry in self.sources:
            rows = [f"{k} = {json.dumps(entry[k], ensure_ascii=False)}" for k in keys if entry.get(k)]
            blocks.append("[[source]]\n" + "\n".join(rows))
        path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")

    def read_layer(self, file: str) -> list[tuple[dict[str, Any], Any]]:
        """Read a GeoJSON layer of the place into local metres."""
        features = json.loads((self.folder / file).read_text(encoding="utf-8"))["features"]
        return [(f["properties"], self._local_shape(f["geometry"])) for f in features]

    def _local_shape(self, geometry: dict[str, Any]) -> Any:
        import shapely

        return shapely.transform(shape(geometry), self.to_local)


def smooth_line(line: LineString, rounds: int = 2) -> LineString:
    """Round the corners of a chain (Chaikin 1974), ends kept."""
    xy = np.asarray(line.coords)
    for _ in range(rounds):
        quarter, three = xy[:-1] * 0.75 + xy[1:] * 0.25, xy[:-1] * 0.25 + xy[1:] * 0.75
        inner = np.stack([quarter, three], axis=1).reshape(-1, 2)[1:-1]
        xy = np.vstack([xy[:1], inner, xy[-1:]])
    return LineString(xy)


def smooth_ring(polygon: Polygon, rounds: int = 2) -> Polygon:
    """Round the corners of a ring without holes (Chaikin 1974)."""
    xy = np.asarray(polygon.exterior.coords)[:-1]
    for _ in range(rounds):
        nxt = np.roll(xy, -1, axis=0)
        xy = np.stack([xy * 0.75 + nxt * 0.25, xy * 0.25 + nxt * 0.75], axis=1).reshape(-1, 2)
    return Polygon(xy)


DIGITISED = {"licence": "CC0-1.0", "attribution": "xmscenes", "crs": WGS84, "origin": "digitised"}
SIMULATED = {"licence": "CC0-1.0", "attribution": "xmscenes", "crs": WGS84, "origin": "simulated"}
INFERRED = {"licence": "CC0-1.0", "attribution": "xmscenes", "crs": WGS84, "origin": "inferred"}
OPENSTREETMAP = {"licence": "ODbL-1.0", "attribution": ODBL, "crs": WGS84, "origin": "openstreetmap"}
MEASURED_SRTM = {"licence": "public domain", "attribution": SRTM, "crs": WGS84, "origin": "measured"}
POINTS = {
    "licence": "CC0-1.0",
    "attribution": "xmscenes, simulated survey flight",
    "crs": "EPSG:4548",
    "origin": "simulated",
    "note": "Made by `xmscenes survey` from survey.toml; not shipped. A real survey put here wins: edit this entry.",
}
