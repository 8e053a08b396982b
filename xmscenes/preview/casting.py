"""Draw the sun's shadow maps: cascades fitted to one view, and one map of the whole place that all views share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.frame import Frame
from xmscenes.preview.batches import KIND_WATER, GpuScene, frustum_planes
from xmscenes.preview.copies import Sight
from xmscenes.preview.gpu import ShadowMaps, gl
from xmscenes.preview.shadows import Cascade, Shadows, fit_cascades, needed, whole_shadow
from xmscenes.preview.uniforms import CASCADES

if TYPE_CHECKING:
    from collections.abc import Callable

    from xmscenes.preview.gpu import Program
    from xmscenes.preview.style import Light
    from xmscenes.preview.view import View

_WHOLE = 2  # the map of the whole place has this many times the texels a side


class SunMaps:
    """Shadow maps of one scene. The map of the whole place is drawn when the first view needs it, once a light."""

    def __init__(self, gpu: GpuScene, program: Callable[..., Program], size: int) -> None:
        self.gpu, self.program, self.size, self.gl = gpu, program, size, gl()
        self.bounds = gpu.scene.bounds()
        self.near = ShadowMaps(size, CASCADES)
        self.far: ShadowMaps | None = None
        self.drawn_for: tuple[float, float, float] | None = None

    def cast(self, view: View, light: Light) -> Shadows:
        """Draw the maps that a measured view needs."""
        sun = Frame.to_gltf(np.array(light.sun))
        fitted = fit_cascades(view.points, view.distances, sun, self.bounds, count=CASCADES, size=self.size)
        whole = whole_shadow(sun, self.bounds, size=self.size * _WHOLE)
        cascades = needed(fitted, view.distances, view.sample, whole)
        self._begin()
        for layer, cascade in enumerate(cascades):
            self._draw(self.near, layer, cascade)
        if len(cascades) < len(fitted) and self.drawn_for != light.sun:
            self.far = self.far or ShadowMaps(self.size * _WHOLE, 1)
            self._draw(self.far, 0, whole)
            self.drawn_for = light.sun
        self.gl.glDisable(self.gl.GL_POLYGON_OFFSET_FILL)
        self.gl.glDisable(self.gl.GL_DEPTH_CLAMP)
        return Shadows(cascades=cascades, whole=whole if len(cascades) < len(fitted) else None)

    def textures(self) -> dict[str, tuple[int, int]]:
        """Both textures, by the names that the shaders give them."""
        kind = self.gl.GL_TEXTURE_2D_ARRAY
        return {"u_shadow": (kind, self.near.texture), "u_whole": (kind, (self.far or self.near).texture)}

    def _begin(self) -> None:
        g = self.gl
        g.glDepthFunc(g.GL_LEQUAL)
        g.glDisable(g.GL_CULL_FACE)
        g.glEnable(g.GL_POLYGON_OFFSET_FILL)
        g.glEnable(g.GL_DEPTH_CLAMP)
        g.glPolygonOffset(1.2, 2.0)

    def _draw(self, maps: ShadowMaps, layer: int, cascade: Cascade) -> None:
        maps.use(layer)
        sight = Sight(planes=frustum_planes(cascade.matrix, sides_only=True), sample=cascade.texel_m)
        for batch in self.gpu.batches:
            if batch.kind == KIND_WATER or batch.is_blended:
                continue
            program = self.program("shadow.vert", "shadow.frag", *(["MASKED"] if batch.is_masked else []))
            program.set({"u_view_projection": cascade.matrix})
            self.gpu.draw(batch, program, sight, looks=False)
