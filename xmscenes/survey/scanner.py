"""The airborne scanner: pulses in, classified coloured echoes out, one run of scan lines at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.survey.beams import CROWN, GROUND, HERB, SOLID, WATER, CrownIndex, index_crowns, trace
from xmscenes.survey.canvas import distance_m
from xmscenes.survey.colours import colour_echoes
from xmscenes.survey.flight import Flight, Pulses
from xmscenes.survey.ground import COVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.survey.world import World

OFFSHORE_M = 150.0  # farther out nothing but water: only a thin sample of pulses is followed
OFFSHORE_SHARE = 0.02
CLASS_OF = {GROUND: 2, WATER: 9, HERB: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Echoes:
    """Points of a run of pulses, in pulse order. ``truth_m`` is the range error that the noise made."""

    xyz: NDArray[np.float64]
    point_class: NDArray[np.uint8]
    rgb: NDArray[np.uint8]
    intensity: NDArray[np.uint16]
    return_number: NDArray[np.uint8]
    return_count: NDArray[np.uint8]
    angle_deg: NDArray[np.float32]
    time_s: NDArray[np.float64]
    strip: int

    def __len__(self) -> int:
        """Count the points."""
        return len(self.xyz)


class Scanner:
    """Casts pulses into one truth scene. Holds the acceleration structures; otherwise without state."""

    def __init__(self, world: World, flight: Flight) -> None:
        import open3d

        self.world, self.flight = world, flight
        triangles = [s.triangles for s in world.solids] or [np.zeros((0, 3, 3))]
        counts = [len(t) for t in triangles]
        soup = np.concatenate(triangles).astype(np.float32)
        self.face_class = np.repeat([s.point_class for s in world.solids] or [0], counts).astype(np.uint8)
        self.face_top = np.concatenate([s.is_top for s in world.solids] or [np.zeros(0, bool)])
        self.face_rgb = np.where(
            self.face_top[:, None],
            np.repeat([s.top_rgb for s in world.solids] or [(0, 0, 0)], counts, axis=0),
            np.repeat([s.side_rgb for s in world.solids] or [(0, 0, 0)], counts, axis=0),
        ).astype(np.uint8)
        self._scene = open3d.t.geometry.RaycastingScene()
        if len(soup):
            index = np.arange(len(soup) * 3, dtype=np.uint32).reshape(-1, 3)
            vertices = np.ascontiguousarray(soup.reshape(-1, 3))
            tensor: Any = open3d.core.Tensor
            self._scene.add_triangles(tensor(vertices), tensor(index))
        self.crowns: CrownIndex = index_crowns(world.trees, world.ground)
        water = ~np.isnan(world.ground.level_m)
        self._offshore = distance_m(~water, world.ground.canvas.cell_m) > OFFSHORE_M
        self._mark_solids()

    def _mark_solids(self) -> None:
        """Pulses towards bridges and boats far out are followed too."""
        canvas = self.world.ground.canvas
        for solid in self.world.solids:
            if solid.point_class != 6:
                row, column = canvas.cells(solid.triangles.reshape(-1, 3))
                window = (
                    slice(max(row.min() - 30, 0), row.max() + 30),
                    slice(max(column.min() - 30, 0), column.max() + 30),
                )
                self._offshore[window] = False

    def cast(self, origin: NDArray[np.float64], direction: NDArray[np.float64]) -> tuple[Any, Any, Any]:
        """Range, face and normal of the first solid on each ray; infinite range for a miss."""
        import open3d

        rays = np.concatenate([origin, direction], axis=1).astype(np.float32)
        tensor: Any = open3d.core.Tensor
        answer = self._scene.cast_rays(tensor(rays))
        return answer["t_hit"].numpy(), answer["primitive_ids"].numpy(), answer["primitive_normals"].numpy()

    def scan(self, pulses: Pulses) -> Echoes:
        """Follow a run of pulses to their echoes."""
        plan, ground = self.world.plan, self.world.ground
        rng = np.random.Generator(np.random.SFC64([plan.seed, pulses.strip, int(pulses.index[0])]))
        chosen = self._worth_following(pulses, rng)
        origin = np.ascontiguousarray(pulses.origin[chosen])
        direction = np.ascontiguousarray(pulses.direction[chosen])
        solid_range, face, normal = self.cast(origin, direction)
        index = pulses.index[chosen]
        ranges, met, count = trace(
            origin,
            direction,
            index,
            solid_range,
            np.uint64(plan.seed * 1_000_003 + pulses.strip * 7919),
            ground.z,
            ground.level_m,
            ground.cover,
            np.array(ground.canvas.corner_m),
            ground.canvas.cell_m,
            self.crowns.crowns,
            self.crowns.starts,
            self.crowns.members,
            np.array(self.crowns.shape),
            plan.flight.crown_extinction_per_m,
            plan.flight.water_return_share,
            COVER["wood"],
        )
        which, number = np.nonzero(np.arange(ranges.shape[1]) < count[:, None])
        distance, kind = ranges[which, number], met[which, number]
        xyz = self._noisy(origin[which], direction[which], distance, pulses.strip, rng)
        face_at = np.where(kind == SOLID, face[which], 0).astype(np.int64)
        point_class = self._classes(kind, face_at, xyz)
        incidence = _incidence(kind, normal[which], direction[which])
        rgb, intensity = colour_echoes(self, kind, face_at, xyz, incidence, count[which], rng)
        return Echoes(
            xyz=xyz,
            point_class=point_class,
            rgb=rgb,
            intensity=intensity,
            return_number=(number + 1).astype(np.uint8),
            return_count=count[which],
            angle_deg=pulses.angle_deg[chosen][which],
            time_s=pulses.time_s[chosen][which],
            strip=pulses.strip,
        )

    def _worth_following(self, pulses: Pulses, rng: np.random.Generator) -> NDArray[np.int64]:
        """Pulses that may meet anything but open water."""
        down = (self.flight.altitude_m - self.flight.ground_m) / -pulses.direction[:, 2]
        row, column = self.world.ground.canvas.cells(pulses.origin + down[:, None] * pulses.direction)
        west, south, east, north = self.world.box
        aim = pulses.origin[:, :2] + down[:, None] * pulses.direction[:, :2]
        inside = ((aim >= (west, south)) & (aim <= (east, north))).all(axis=1)
        follow = inside & (~self._offshore[row, column] | (rng.random(len(row)) < OFFSHORE_SHARE))
        return np.flatnonzero(follow)

    def _noisy(
        self,
        origin: NDArray[np.float64],
        direction: NDArray[np.float64],
        distance: NDArray[np.float64],
        strip: int,
        rng: np.random.Generator,
    ) -> NDArray[np.float64]:
        plan = self.world.plan.flight
        bias = np.random.Generator(np.random.PCG64([self.world.plan.seed, strip])).normal(0.0, plan.strip_bias_m)
        noisy = distance + rng.standard_normal(len(distance), dtype=np.float32) * plan.range_noise_m
        xyz = origin + noisy[:, None] * direction
        xyz[:, :2] += rng.standard_normal((len(xyz), 2), dtype=np.float32) * plan.pointing_noise_m
        xyz[:, 2] += bias
        return np.asarray(xyz)

    def _classes(self, kind: NDArray[np.uint8], face: NDArray[np.int64], xyz: NDArray[np.float64]) -> NDArray[np.uint8]:
        table = np.zeros(8, dtype=np.uint8)
        for met, value in CLASS_OF.items():
            table[met] = value
        out = table[kind]
        out[kind == SOLID] = self.face_class[face[kind == SOLID]]
        leaves = np.flatnonzero(kind == CROWN)
        above = xyz[leaves, 2] - self.world.ground.height(xyz[leaves, :2])
        out[leaves] = np.where(above > 2.0, 5, np.where(above > 0.5, 4, 3))
        return out


def _incidence(kind: NDArray[np.uint8], normal: Any, direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine of the angle at which the beam meets a solid; the beam's own slope elsewhere."""
    out = -direction[:, 2].copy()
    at = kind == SOLID
    out[at] = np.abs(np.einsum("ij,ij->i", normal[at], direction[at]))
    return out
