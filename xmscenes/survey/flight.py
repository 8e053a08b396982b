"""Flight lines and pulses: where the aircraft is, and which way the beam looks, pulse by pulse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from xmscenes.records import Box
    from xmscenes.survey.plan import FlightPlan

LINES_PER_SWATH = 400  # scan lines worked on at once: the unit of random numbers, so part of the result
SKEW = 0.35  # the mirror turns while the aircraft moves on: a scan line leans by this share of the line spacing


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A straight flight line over the area: positions along it run from ``first_m`` to ``last_m``."""

    number: int
    offset_m: float  # across, in the frame
    first_m: float
    last_m: float
    reverse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulses:
    """A run of pulses of one strip. Origins and unit directions are local; ``angle_deg`` is the scan angle."""

    strip: int
    index: NDArray[np.int64]
    origin: NDArray[np.float64]
    direction: NDArray[np.float64]
    angle_deg: NDArray[np.float32]
    time_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """Everything that follows from the plan and the place: strips, altitude, pulse spacing."""

    plan: FlightPlan
    strips: tuple[Strip, ...]
    altitude_m: float  # elevation of the aircraft
    ground_m: float  # mean elevation that the spacing is reckoned for
    line_m: float  # spacing of scan lines
    step_rad: float  # angle between pulses


def plan_flight(plan: FlightPlan, box: Box, ground_m: float, highest_m: float) -> Flight:
    """Lay strips over a box so that every place lies in two of them, and space the pulses for the density asked."""
    half = np.radians(plan.half_angle_deg)
    altitude = highest_m + plan.altitude_m
    above = altitude - ground_m
    swath = 2.0 * above * np.tan(half)
    across, along = ((box[0], box[2]), (box[1], box[3]))
    if plan.along == "east":
        across, along = along, across
    spacing = swath / 2.0
    count = int(np.ceil((across[1] - across[0]) / spacing)) + 1
    middle = (across[0] + across[1]) / 2.0
    offsets = middle + (np.arange(count) - (count - 1) / 2.0) * spacing
    strips = tuple(
        Strip(number=i + 1, offset_m=float(x), first_m=along[0], last_m=along[1], reverse=bool(i % 2))
        for i, x in enumerate(offsets)
    )
    each_m2 = plan.density_per_m2 / 2.0
    line_m = 1.0 / np.sqrt(each_m2)
    # pulses spread by 1/cos² towards the rim: the mean of that over the swath is tan(half)/half
    step = 1.0 / (each_m2 * line_m * above * np.tan(half) / half)
    return Flight(
        plan=plan, strips=strips, altitude_m=altitude, ground_m=ground_m, line_m=float(line_m), step_rad=float(step)
    )


def swaths(flight: Flight, strip: Strip) -> Iterator[Pulses]:
    """Pulses of a strip in runs of ``LINES_PER_SWATH`` scan lines."""
    half = np.radians(flight.plan.half_angle_deg)
    angles = np.arange(-half, half, flight.step_rad)
    lines = int(np.ceil((strip.last_m - strip.first_m) / flight.line_m))
    rate_s = 1.0 / 600_000.0
    for first in range(0, lines, LINES_PER_SWATH):
        line = np.arange(first, min(first + LINES_PER_SWATH, lines))
        k = np.repeat(line, len(angles)).astype(np.float64)
        angle = np.tile(angles, len(line))
        share = np.tile(np.arange(len(angles)) / len(angles), len(line))
        along = (k + SKEW * share + 0.5) * flight.line_m
        along = strip.last_m - along if strip.reverse else strip.first_m + along
        side = np.sin(angle) * (-1.0 if strip.reverse else 1.0)
        zero = np.zeros(len(k))
        origin = [np.full(len(k), strip.offset_m), along, np.full(len(k), flight.altitude_m)]
        direction = [side, zero, -np.cos(angle)]
        if flight.plan.along == "east":
            origin[0], origin[1] = origin[1], origin[0]
            direction[0], direction[1] = direction[1], direction[0]
        index = np.repeat(line, len(angles)) * len(angles) + np.tile(np.arange(len(angles)), len(line))
        yield Pulses(
            strip=strip.number,
            index=index.astype(np.int64),
            origin=np.column_stack(origin),
            direction=np.column_stack(direction),
            angle_deg=np.degrees(angle).astype(np.float32),
            time_s=np.asarray(strip.number * 1000.0 + index * rate_s, dtype=np.float64),
        )
