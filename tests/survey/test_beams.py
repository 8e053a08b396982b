"""One pulse at a time: the ranges to flat ground, a slope and a crown are exact."""

from __future__ import annotations

import numpy as np
import pytest

from xmscenes.survey.beams import CROWN, GROUND, SOLID, bilinear_many, index_crowns, trace, uniform
from xmscenes.survey.canvas import Canvas
from xmscenes.survey.flight import plan_flight, swaths
from xmscenes.survey.ground import Ground
from xmscenes.survey.plan import FlightPlan
from xmscenes.survey.trees import Trees


def ground_of(slope: float = 0.0) -> Ground:
    canvas = Canvas(shape=(121, 121), cell_m=1.0, corner_m=(-60.0, -60.0))
    z = np.broadcast_to(slope * canvas.x, canvas.shape).astype(np.float32)
    dry = np.full(canvas.shape, np.nan, dtype=np.float32)
    return Ground(canvas=canvas, z=np.ascontiguousarray(z), level_m=dry, cover=np.zeros(canvas.shape, dtype=np.uint8))


def trees_of(*rows: tuple[float, float, float, float, float]) -> Trees:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    foot = np.column_stack([table[:, :2], np.zeros(len(table))])
    kind = np.zeros(len(table), dtype=np.uint8)
    return Trees(foot=foot, height_m=table[:, 2], radius_m=table[:, 3], depth_m=table[:, 4], kind=kind)


def shoot(ground: Ground, trees: Trees, origin: np.ndarray, direction: np.ndarray, solid: float = np.inf):
    crowns = index_crowns(trees, ground)
    n = len(origin)
    return trace(
        origin,
        direction,
        np.arange(n),
        np.full(n, solid, dtype=np.float32),
        np.uint64(5),
        ground.z,
        ground.level_m,
        ground.cover,
        np.array(ground.canvas.corner_m),
        1.0,
        crowns.crowns,
        crowns.starts,
        crowns.members,
        np.array(crowns.shape),
        0.9,
        0.0,
        4,
    )


def down(n: int = 1, x: float = 0.0, y: float = 0.0, tilt_deg: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    origin = np.tile([x, y, 100.0], (n, 1))
    direction = np.tile([np.sin(np.radians(tilt_deg)), 0.0, -np.cos(np.radians(tilt_deg))], (n, 1))
    return origin, direction


def test_straight_down_to_flat_ground() -> None:
    ranges, met, count = shoot(ground_of(), trees_of(), *down())
    assert (count[0], met[0, 0]) == (1, GROUND)
    assert ranges[0, 0] == pytest.approx(100.0, abs=1e-4)


@pytest.mark.parametrize("tilt_deg", [-20.0, 0.0, 20.0])
def test_a_slanting_beam_meets_a_slope_where_it_should(tilt_deg: float) -> None:
    origin, direction = down(tilt_deg=tilt_deg)
    ranges, _, _ = shoot(ground_of(slope=0.5), trees_of(), origin, direction)
    hit = origin[0] + ranges[0, 0] * direction[0]
    assert hit[2] == pytest.approx(0.5 * hit[0], abs=1e-3)


def test_a_solid_in_the_way_comes_first() -> None:
    ranges, met, _ = shoot(ground_of(), trees_of(), *down(), solid=80.0)
    assert met[0, 0] == SOLID
    assert ranges[0, 0] == pytest.approx(80.0)


def test_first_echo_from_a_crown_starts_at_its_top_and_thins_out_below() -> None:
    ranges, met, count = shoot(ground_of(), trees_of((0, 0, 12, 4, 8)), *down(n=4000, x=1.0))  # beside the trunk
    first = ranges[met[:, 0] == CROWN, 0]
    top_m = 92.0 - 4.0 * np.sqrt(1.0 - 1.0 / 16.0)
    assert first.min() == pytest.approx(top_m, abs=0.05)
    assert first.max() <= 184.0 - top_m
    assert np.mean(first - top_m) == pytest.approx(1 / 0.9, rel=0.1)  # mean free path of the leaves
    assert count.max() > 1
    ground_last = met[np.arange(len(met)), count - 1] == GROUND
    assert 0.01 < ground_last.mean() < 0.6


def test_a_beam_beside_the_crown_misses_it() -> None:
    _, met, count = shoot(ground_of(), trees_of((0, 0, 12, 4, 8)), *down(x=4.1))
    assert (count[0], met[0, 0]) == (1, GROUND)


def test_random_numbers_belong_to_their_pulse() -> None:
    draws = np.array([uniform(np.uint64(1), p, d) for p in range(2000) for d in range(2)])
    assert uniform(np.uint64(1), 3, 1) == uniform(np.uint64(1), 3, 1)
    assert len(np.unique(draws)) == len(draws)
    assert draws.min() >= 0.0
    assert draws.max() < 1.0
    assert draws.mean() == pytest.approx(0.5, abs=0.02)


def test_bilinear_is_exact_on_a_plane() -> None:
    ground = ground_of(slope=0.25)
    xy = np.array([[0.3, 7.7], [-12.5, 3.1]])
    z = bilinear_many(ground.z, np.array(ground.canvas.corner_m), 1.0, xy)
    np.testing.assert_allclose(z, 0.25 * xy[:, 0], atol=1e-5)


def test_pulses_fall_as_densely_as_planned_with_two_looks() -> None:
    flight = plan_flight(FlightPlan(density_per_m2=8.0, altitude_m=900.0), (-500.0, -200.0, 500.0, 200.0), 0.0, 0.0)
    xy, strip = [], []
    for s in flight.strips:
        for run in swaths(flight, s):
            t = flight.altitude_m / -run.direction[:, 2]
            hit = run.origin + t[:, None] * run.direction
            inner = (np.abs(hit[:, :2]) < 100.0).all(axis=1)
            xy.append(hit[inner])
            strip.append(np.full(int(inner.sum()), s.number))
    assert sum(map(len, xy)) / 200.0**2 == pytest.approx(8.0, rel=0.08)
    assert len(np.unique(np.concatenate(strip))) >= 2
