"""Random footprints under random clouds: the reconstruction must never raise and never leave a building without solids.

``python -m xmscenes.bench.roof_fuzz [--count 10000] [--first 0] [--jobs 2]`` runs cases by number; a case is made from
its number alone, so that a failure can be looked at again with ``--first N --count 1``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmscenes.bench.roof_fuzz_cases import Case, make_case
from xmscenes.options import BuildingOptions
from xmscenes.records import Form

if TYPE_CHECKING:
    from xmscenes.records import Feature, Footprint

LEAST_AREA_M2 = 0.05  # a footprint with less ground than this may come back without solids
HEADROOM_M, HEADROOM = 3.0, 0.02  # no roof stands higher above its highest point than 3 m and 2 % of the height range


def faults_of(case: Case) -> list[str]:
    """Reconstruct a case and name everything that is wrong with the result; empty when all is well."""
    from xmscenes.model.buildings.reconstruct import reconstruct_building

    feature = reconstruct_building(case.footprint, case.points, case.ground_z, BuildingOptions())
    found = [f"id {feature.id!r}"] if feature.id != case.footprint.id else []
    missing = [form for form in Form if not feature.solids.get(form)]
    if missing and ground_area_m2(case.footprint) >= LEAST_AREA_M2:
        found.append(f"no solid in {', '.join(missing)}")
    if missing and not feature.outcome.fallback:
        found.append("no solid and no reason")
    return found + _solid_faults(feature) + _too_high(feature, case)


def _solid_faults(feature: Feature) -> list[str]:
    from xmscenes.check.solids import check_building

    return [
        f"{i.where.split('/', 2)[-1]} {i.code}: {i.message}" for i in check_building(feature) if i.severity == "error"
    ]


def _too_high(feature: Feature, case: Case) -> list[str]:
    if feature.outcome.source != "points" or not feature.solids:
        return []
    top = max(float(s.vertices[:, 2].max()) for solids in feature.solids.values() for s in solids)
    low, most = float(case.points.xyz[:, 2].min()), float(case.points.xyz[:, 2].max())
    floor = float(feature.outcome.quality.get("ground_m", most))
    room = HEADROOM_M + HEADROOM * (most - low)
    return [f"roof at {top:.1f}, highest point {most:.1f}"] if top > max(most, floor) + room else []


def ground_area_m2(footprint: Footprint) -> float:
    """Area of a footprint after making it valid, thinner parts than 2 cm left out."""
    import shapely

    if len(footprint.ring) < 3:
        return 0.0
    shape = shapely.make_valid(shapely.Polygon(footprint.ring, [h for h in footprint.holes if len(h) >= 3]))
    return float(shape.buffer(-0.01).area)


def run_case(number: int) -> tuple[int, str, float]:
    """Run one case: number, what is wrong (empty when nothing), CPU seconds."""
    case = make_case(number)
    start = time.process_time()
    try:
        found = "; ".join(faults_of(case))
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        own = [frame for frame in traceback.extract_tb(error.__traceback__) if "xmscenes" in frame.filename][-1]
        found = f"raised {type(error).__name__}: {error} ({Path(own.filename).name}:{own.lineno} {own.name})"
    label = f"{case.shape} x {case.cloud} ({len(case.points)} points): {found}" if found else ""
    return number, label, time.process_time() - start


def run_fuzz(count: int, first: int = 0, jobs: int = 1) -> dict[str, Any]:
    """Run ``count`` cases from ``first`` on; gives the failures by number, and the slowest cases."""
    numbers = range(first, first + count)
    if jobs == 1:
        results = [run_case(n) for n in numbers]
    else:
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            results = pool.map(run_case, numbers, chunksize=16)
    slowest = sorted(results, key=lambda r: -r[2])[:5]
    return {
        "cases": count,
        "failures": {number: label for number, label, _ in results if label},
        "slowest": [(number, round(seconds, 2)) for number, _, seconds in slowest],
        "cpu_s": round(sum(seconds for *_, seconds in results), 1),
    }


def main() -> None:
    """Run from the command line; exit code 1 when a case fails."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    words = parser.parse_args()
    out = run_fuzz(words.count, words.first, words.jobs)
    for number, label in out["failures"].items():
        print(number, label)  # noqa: T201
    print(f"{len(out['failures'])} of {out['cases']} failed; {out['cpu_s']} CPU s; slowest {out['slowest']}")  # noqa: T201
    raise SystemExit(1 if out["failures"] else 0)


if __name__ == "__main__":
    main()
