"""The benchmark of the building reconstruction: every set, reconstructed in a process of its own, judged, a row each.

Sets: the two that ship (a real one, a simulated one of known roofs); the same known roofs scanned anew at 2 and 30
points a square metre and by image matching; eight times 126 buildings for the speed; and a made-up city that nobody
tuned to, also with outlines that miss the roofs. Clouds are made once and kept in the work folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xmscenes.bench.roof_city import make_city
from xmscenes.bench.roof_clouds import scan_airborne, scan_images, write_cloud
from xmscenes.bench.roof_run import measured_run
from xmscenes.bench.roof_truth import RoofTruth, read_truth, repeated, with_outline_errors, write_truth
from xmscenes.bench.roofs import run_roofs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from xmscenes.bench.roof_clouds import Cloud

CITY_BUILDINGS, CITY_SEED = 180, 7
QUICK = ("denhaag", "ign")
COLD = "cold"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoofFiles:
    """Where a set lies."""

    points: Path
    footprints: Path
    truth: Path | None
    crs: str | None


def set_names() -> tuple[str, ...]:
    """Names of all sets, in the order of the benchmark; ``cold`` measures the start instead of a roof."""
    return (*QUICK, *_MADE, COLD)


def bench_roofs(assets: Path, work: Path, names: Sequence[str] = QUICK, *, jobs: int = 2) -> list[dict[str, Any]]:
    """Reconstruct and judge sets by name; gives one flat row a set, ready for the results table.

    ``assets`` holds ``denhaag_als_sim_west`` and ``ign_lidarhd_870``; ``work`` keeps made clouds and CityJSON files.
    The first run of a fresh checkout also compiles; run a set twice and keep the second row for speed. The set
    ``cold`` tells apart what the start costs: with no kernel compiled yet, and with all of them on disk.
    """
    rows = []
    for name in names:
        if name == COLD:
            rows.append(cold_row(assets, work))
            continue
        files = provide_set(name, assets, work)
        out = work / f"{name}.city.json"
        cost = measured_run(files.points, files.footprints, out, crs=files.crs, jobs=jobs)
        rows.append(flat_row(name, run_roofs(out, files.points, files.footprints, files.truth), cost))
    return rows


def provide_set(name: str, assets: Path, work: Path) -> RoofFiles:
    """Find a set that ships, or make it in the work folder unless it is there already."""
    denhaag, ign = assets / "denhaag_als_sim_west", assets / "ign_lidarhd_870"
    if name == "denhaag":
        return RoofFiles(points=denhaag / "dhw.laz", footprints=denhaag / "dhw_footprints.gpkg",
                         truth=denhaag / "dhw_gt_roof.npz", crs="EPSG:28992")  # fmt: skip
    if name == "ign":
        return RoofFiles(points=ign / "ign870.laz", footprints=ign / "ign870_footprints.gpkg", truth=None, crs=None)
    folder = work / name
    if not (folder / "points.laz").exists():
        known, outlines, scan = _MADE[name](denhaag)
        write_truth(outlines, folder)
        write_cloud(folder / "points.laz", scan(known), known.crs)
    return RoofFiles(points=folder / "points.laz", footprints=folder / "footprints.gpkg",
                     truth=folder / "truth.npz", crs=None)  # fmt: skip


def cold_row(assets: Path, work: Path) -> dict[str, Any]:
    """Wall seconds of the smallest set in a process of its own: without compiled kernels, then with them on disk."""
    import shutil

    files, kernels = provide_set("ign", assets, work), work / "cold-kernels"
    shutil.rmtree(kernels, ignore_errors=True)
    compiling, loading = (
        measured_run(files.points, files.footprints, work / "cold.city.json", crs=files.crs, jobs=1, kernels=kernels)
        for _ in range(2)
    )
    return {
        "set": COLD,
        "compiling_s": round(compiling["wall_s"], 2),
        "compiling_cpu_s": round(compiling["cpu_s"], 2),
        "cached_s": round(loading["wall_s"], 2),
        "cached_cpu_s": round(loading["cpu_s"], 2),
    }


def flat_row(name: str, verdict: dict[str, Any], cost: dict[str, float]) -> dict[str, Any]:
    """Keep the numbers of a verdict that are compared over time, rounded, by flat names."""
    near, roofed = verdict["scanned"], verdict["solids"]["2.2"]
    row = {
        "set": name,
        "buildings": verdict["buildings"],
        "scanned": near["buildings"],
        "rate": verdict["rate"],
        "fallbacks": sum(verdict["fallbacks"].values()),
        "exact": near["planes"]["exact"],
        "planes_mae": near["planes"]["mae"],
        "block_within_half_m": near["block"]["within"],
        **{f"gt_{key}": near["gt"][key] for key in ("rmse_m", "mae_m", "p95_m", "in20", "cover")},
        **{f"dsm_{key}": verdict["dsm"][key] for key in ("rmse_m", "p95_m", "in20")},
        **{f"p2r_{key}": verdict["p2r"][key] for key in ("building_median_m", "p95_m")},
        **{f"valid_{form}": verdict["solids"][form]["valid"] for form in ("1.2", "1.3", "2.2")},
        **{key: roofed[key] for key in ("manifold", "watertight", "worst_plane_m", "shortest_edge_m")},
        "triangles_per_building": roofed["triangles_per_building"],
        **cost,
    }
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in row.items()}


Maker = tuple["RoofTruth", "RoofTruth", "Callable[[RoofTruth], Cloud]"]  # true roofs, outlines to use, how to scan


def _denhaag(folder: Path) -> RoofTruth:
    return read_truth(folder / "dhw_footprints.gpkg", folder / "dhw_gt_roof.npz", "EPSG:28992")


def _again(density: float, seed: int) -> Callable[[Path], Maker]:
    return lambda folder: ((t := _denhaag(folder)), t, lambda known: scan_airborne(known, density, seed))


def _city(scan: Callable[[RoofTruth], Cloud], *, off: bool = False) -> Callable[[Path], Maker]:
    def make(_: Path) -> Maker:
        city = make_city(CITY_BUILDINGS, CITY_SEED)
        return city, with_outline_errors(city, shift_m=0.15, inset_m=0.3, seed=3) if off else city, scan

    return make


_MADE: dict[str, Callable[[Path], Maker]] = {
    "denhaag_2": _again(2.0, 2),
    "denhaag_30": _again(30.0, 3),
    "denhaag_images": lambda folder: ((t := _denhaag(folder)), t, lambda known: scan_images(known, 20.0, 4)),
    "denhaag_images_sharp": lambda folder: (
        (t := _denhaag(folder)),
        t,
        lambda known: scan_images(known, 20.0, 4, correlation_m=0.25),
    ),
    "denhaag_1008": lambda folder: ((t := repeated(_denhaag(folder), 8)), t, lambda k: scan_airborne(k, 10.0, 5)),
    "city_10": _city(lambda known: scan_airborne(known, 10.0, 11)),
    "city_2": _city(lambda known: scan_airborne(known, 2.0, 12)),
    "city_30": _city(lambda known: scan_airborne(known, 30.0, 13)),
    "city_images": _city(lambda known: scan_images(known, 20.0, 14)),
    "city_outlines": _city(lambda known: scan_airborne(known, 10.0, 11), off=True),
}
