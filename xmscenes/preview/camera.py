"""Cameras: where the picture is taken from, in local metres (x east, y north, z up)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import SpecError
from xmscenes.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from xmscenes.options import CameraOptions

    GroundLookup = Callable[[float, float], float | None]

Point = tuple[float, float, float]
EYE_HEIGHT_M = 1.7
NEAR_M = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A view. ``note`` says what was changed about it, e.g. that it stood inside a wall."""

    name: str
    eye_m: Point
    target_m: Point
    fov_deg: float = 50.0  # vertical
    note: str = ""

    def axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Right, up and forward as unit vectors in glTF axes; straight down has north on top."""
        eye, target = Frame.to_gltf(np.array(self.eye_m, "f8")), Frame.to_gltf(np.array(self.target_m, "f8"))
        forward = target - eye
        length = float(np.linalg.norm(forward))
        forward = forward / length if length > 1e-9 else np.array([0.0, 0.0, -1.0])
        hint = np.array([0.0, 1.0, 0.0]) if abs(forward[1]) < 0.9999 else np.array([0.0, 0.0, -1.0])
        right = np.cross(forward, hint)
        right /= np.linalg.norm(right)
        return right, np.cross(right, forward), forward

    def eye_gltf(self) -> NDArray[np.float64]:
        """Position in glTF axes."""
        return Frame.to_gltf(np.array(self.eye_m, dtype="f8"))

    def view(self) -> NDArray[np.float64]:
        """World to camera, (4, 4)."""
        right, up, forward = self.axes()
        matrix = np.eye(4)
        matrix[:3, :3] = np.stack([right, up, -forward])
        matrix[:3, 3] = -matrix[:3, :3] @ self.eye_gltf()
        return matrix

    def projection(self, aspect: float) -> NDArray[np.float64]:
        """Camera to clip with reversed, infinite depth: NEAR_M maps to 1, infinity to 0, so nothing z-fights."""
        f = 1.0 / np.tan(np.radians(self.fov_deg) / 2)
        return np.array([[f / aspect, 0, 0, 0], [0, f, 0, 0], [0, 0, 0, NEAR_M], [0, 0, -1, 0]])

    def moved_to(self, eye_m: Point, note: str) -> Camera:
        """Stand the same camera elsewhere, looking the same way, and say so."""
        shift = np.subtract(eye_m, self.eye_m)
        x, y, z = (np.array(self.target_m) + shift).tolist()
        return replace(self, eye_m=eye_m, target_m=(x, y, z), note=note)


def looking(name: str, eye_m: Point, heading_deg: float, pitch_deg: float, fov_deg: float = 50.0) -> Camera:
    """Camera by heading (clockwise from north) and pitch (up is positive)."""
    h, p = np.radians(heading_deg), np.radians(pitch_deg)
    step = 100.0 * np.array([np.sin(h) * np.cos(p), np.cos(h) * np.cos(p), np.sin(p)])
    x, y, z = (np.array(eye_m) + step).tolist()
    return Camera(name=name, eye_m=eye_m, target_m=(x, y, z), fov_deg=fov_deg)


def spec_cameras(options: Sequence[CameraOptions], frame: Frame, ground: GroundLookup) -> tuple[Camera, ...]:
    """Cameras of a scene spec. Without a height a camera stands at eye height on the ground.

    ``ground(x_m, y_m)`` gives the elevation below a place, or None outside the terrain (then 0 counts).
    """
    return tuple(_from_options(item, frame, ground) for item in options)


def _from_options(item: CameraOptions, frame: Frame, ground: GroundLookup) -> Camera:
    if item.position_m is not None:
        eye = item.position_m
    elif item.lon_deg is not None and item.lat_deg is not None:
        x, y = frame.to_local(np.array([[item.lon_deg, item.lat_deg]]), "EPSG:4326")[0].tolist()
        eye = (x, y, (ground(x, y) or 0.0) + (EYE_HEIGHT_M if item.height_m is None else item.height_m))
    else:
        raise SpecError(f"camera {item.name!r}: no place; give position_m, or lon_deg and lat_deg")
    if item.target_m is not None:
        if np.allclose(item.target_m, eye):
            raise SpecError(f"camera {item.name!r}: target_m equals its position; move one of them")
        return Camera(name=item.name, eye_m=eye, target_m=item.target_m, fov_deg=item.fov_deg)
    return looking(item.name, eye, item.heading_deg, item.pitch_deg, item.fov_deg)
