"""The measured run, and what must not change a building: other jobs, other neighbours, points elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from xmscenes.bench.roof_city import make_city
from xmscenes.bench.roof_clouds import scan_airborne, write_cloud
from xmscenes.bench.roof_run import Crops, read_cloud, read_footprint_layer, reconstruct_all, reconstruct_set
from xmscenes.bench.roof_truth import write_truth
from xmscenes.check.cityjson import check_cityjson
from xmscenes.options import BuildingOptions


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """Eighteen houses, one of each kind, at 8 points a square metre."""
    folder = tmp_path_factory.mktemp("city")
    truth = make_city(18, 2)
    write_truth(truth, folder)
    write_cloud(folder / "points.laz", scan_airborne(truth, 8.0, 2), truth.crs)
    return folder


def read(folder):
    frame, crs, prints = read_footprint_layer(folder / "footprints.gpkg", None, "id")
    return prints, read_cloud(folder / "points.laz", frame, crs, prints)


def shapes(features) -> dict:
    return {f.id: [(s.vertices.tobytes(), s.faces) for solids in f.solids.values() for s in solids] for f in features}


def test_two_processes_write_the_bytes_of_one(city):
    for jobs in (1, 2):
        reconstruct_set(city / "points.laz", city / "footprints.gpkg", city / f"{jobs}.city.json", jobs=jobs)
    assert (city / "1.city.json").read_bytes() == (city / "2.city.json").read_bytes()
    assert check_cityjson(city / "1.city.json", "city") == ()


def test_a_building_does_not_know_its_neighbours(city):
    prints, cloud = read(city)
    together = shapes(reconstruct_all(prints, cloud, BuildingOptions(), 1))
    for footprint in prints[:6]:
        near = Crops(cloud).around(footprint.ring)
        alone = shapes(reconstruct_all([footprint], near, BuildingOptions(), 1))
        assert alone[footprint.id] == together[footprint.id]


def test_a_box_is_cut_out_whole(city):
    prints, cloud = read(city)
    ring = prints[3].ring
    low, high = ring.min(axis=0) - 5.0, ring.max(axis=0) + 5.0
    inside = ((cloud.xyz[:, :2] >= low) & (cloud.xyz[:, :2] <= high)).all(axis=1)
    cut = Crops(cloud).around(ring)
    assert len(cut) == inside.sum() > 500
    assert np.array_equal(np.sort(cut.xyz[:, 2]), np.sort(cloud.xyz[inside, 2]))


def test_the_run_tells_what_it_cost(city):
    words = [str(city / "points.laz"), str(city / "footprints.gpkg"), str(city / "c.city.json"), "--jobs", "1"]
    run = subprocess.run(
        [sys.executable, "-m", "xmscenes.bench.roof_run", *words],
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["buildings"] == 18
    assert set(told) == {"read_s", "reconstruct_s", "write_s", "buildings", "peak_mb", "worker_peak_mb"}
    assert (city / "c.city.json").exists()
