"""A camera at a picture size: matrices, rays through its pixels, and what its depth buffer says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.preview.batches import frustum_planes
from xmscenes.preview.camera import NEAR_M
from xmscenes.preview.copies import Sight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.preview.batches import Batch
    from xmscenes.preview.camera import Camera


class View:
    """One camera at one size. ``measure`` fills in points, distances and range from a depth buffer."""

    def __init__(self, camera: Camera, width: int, height: int, supersample: int = 1) -> None:
        aspect = width / height
        self.eye = camera.eye_gltf()
        self.view_projection = camera.projection(aspect) @ camera.view()
        self.half_height = float(np.tan(np.radians(camera.fov_deg) / 2))
        self.sample = 2 * self.half_height / (height * supersample)  # width at 1 m of what is drawn for one sample
        self.sight = Sight(planes=frustum_planes(self.view_projection), sample=self.sample, eye=self.eye)
        right, up, self.forward = camera.axes()
        self.right, self.up = right * self.half_height * aspect, up * self.half_height
        self.rays: dict[str, Any] = {
            "u_ray": tuple(self.forward.tolist()),
            "u_ray_x": tuple(self.right.tolist()),
            "u_ray_y": tuple(self.up.tolist()),
        }
        self.points = np.zeros((0, 3))
        self.distances = np.zeros(0)
        self.depth_range = (0.0, 1000.0)

    def distance(self, batch: Batch) -> float:
        """Distance to the middle of a batch, for ordering, in whole millimetres."""
        return round(float(np.linalg.norm(batch.middle - self.eye)), 3)

    def measure(self, depth: NDArray[np.float32]) -> None:
        """Take the visible points from a depth buffer, about 200 by 110 of them."""
        h, w = depth.shape
        step = max(1, h // 110)
        rows, columns = np.arange(step // 2, h, step), np.arange(step // 2, w, step)
        some = depth[np.ix_(rows, columns)].astype("f8")
        v, u = np.meshgrid((rows + 0.5) / h * 2 - 1, (columns + 0.5) / w * 2 - 1, indexing="ij")
        seen = some > 0
        z = NEAR_M / some[seen]
        rays = self.forward + u[seen][:, None] * self.right + v[seen][:, None] * self.up
        self.points = self.eye + rays * z[:, None]
        self.distances = np.linalg.norm(rays, axis=1) * z
        if len(z):
            near, far = np.quantile(self.distances, [0.03, 0.97]).tolist()
            self.depth_range = (near * 0.8, far)
