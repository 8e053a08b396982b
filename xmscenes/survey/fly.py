"""Fly over a truth scene and write what comes back, strip by strip."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from xmscenes.survey.flight import LINES_PER_SWATH, plan_flight, swaths
from xmscenes.survey.image_matching import match_images
from xmscenes.survey.laz import CRS, GridMap, LazWriter
from xmscenes.survey.scanner import Scanner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from xmscenes.survey.flight import Pulses
    from xmscenes.survey.world import World

A = TypeVar("A")
B = TypeVar("B")


def fly(world: World, folder: Path, stem: str, variant: str, advance: Callable[[float], Any]) -> list[Path]:
    """Survey a truth scene into LAZ files ``<stem>_<part>.laz``; ``advance`` is told shares of one."""
    dry = np.isnan(world.ground.level_m)
    ground_m = float(world.ground.z[dry].mean()) if dry.any() else world.plan.sea_level_m
    flight = plan_flight(world.plan.flight, world.box, ground_m, float(world.ground.z.max()))
    scanner = Scanner(world, flight)
    grid = GridMap(world.frame, CRS, world.box)
    if variant == "image_matching":
        return match_images(scanner, grid, folder, stem, advance)
    paths = []
    for strip in flight.strips:
        path = folder / f"{stem}_strip{strip.number:02d}.laz"
        origin = np.append(grid(np.array([[strip.offset_m, 0.0]]))[0], 0.0)
        runs = int(np.ceil((strip.last_m - strip.first_m) / flight.line_m / LINES_PER_SWATH))
        with LazWriter(path, grid, origin) as writer:
            for record in in_order(partial(_record, scanner, writer), swaths(flight, strip)):
                writer.write(record)
                advance(1.0 / (runs * len(flight.strips)))
        if writer.count:
            paths.append(path)
        else:
            path.unlink()
    return paths


def _record(scanner: Scanner, writer: LazWriter, pulses: Pulses) -> Any:
    return writer.record_of(scanner.scan(pulses))


def in_order(function: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
    """Map with threads, results in the order of the items; only a few are in the making at a time.

    Threads suffice: ray casting, the compiled kernels and most of NumPy leave the interpreter free.
    """
    workers = min(os.cpu_count() or 1, 8)
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[B]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
