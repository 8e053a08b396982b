"""Make pictures of one scene: one context, many views, released at the end. Same input, same bytes on one machine.

Passes: surfaces into a G-buffer, the sun's shadow maps fitted to what it shows, ambient occlusion, light on every
pixel once, transparent surfaces, tone map and average. Everything runs on the GPU's software stand-in (llvmpipe).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import RenderError
from xmscenes.frame import Frame
from xmscenes.preview.backdrop import Backdrop, backdrop_of
from xmscenes.preview.batches import KIND_WATER, Batch, GpuScene, frustum_planes
from xmscenes.preview.camera import NEAR_M, Camera
from xmscenes.preview.context import gl_context
from xmscenes.preview.gpu import Program, ShadowMaps, Target, gl, read_alpha, read_depth, read_rgb
from xmscenes.preview.overview import Overview, plan_matrix
from xmscenes.preview.shadows import Cascade, fit_cascades

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from xmscenes.preview.scene import RenderScene
    from xmscenes.preview.style import Light

_CASCADES = 3
_BYTES_PER_SAMPLE = 4 + 4 + 4 + 4 + 4 + 4  # albedo, normal, depth, depth below water, light, read back


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How much work goes into a picture."""

    supersample: int = 2
    shadow_px: int = 2048
    occlusion: bool = True
    reflections: bool = True
    outline: float = 0.0  # 0 none … 1 black
    backdrop: bool = True  # sea or ground around the scene
    largest_bytes: int = 1_500_000_000


@contextmanager
def renderer(scene: RenderScene, quality: Quality | None = None) -> Iterator[Renderer]:
    """Open a renderer for one scene; use it for all its pictures. Raises ``RenderError`` without OpenGL."""
    with gl_context():
        yield Renderer(scene, quality or Quality())


def check_size(width: int, height: int, quality: Quality) -> None:
    """Refuse a picture that would not fit into memory, and name the memory it would need."""
    samples = width * height * quality.supersample**2
    needed = samples * _BYTES_PER_SAMPLE
    if width < 1 or height < 1:
        raise RenderError(f"size {width}x{height}: a picture needs at least one pixel; give WIDTHxHEIGHT")
    if needed > quality.largest_bytes or max(width, height) * quality.supersample > 16384:
        limit_gb = quality.largest_bytes / 1e9
        raise RenderError(
            f"size {width}x{height}: would need {needed / 1e9:.1f} GB, the limit is {limit_gb:.1f} GB and "
            f"{16384 // quality.supersample} pixels a side; ask for a smaller picture"
        )


class Renderer:
    """Draws views of one scene. Made by ``renderer``; lives as long as its context."""

    def __init__(self, scene: RenderScene, quality: Quality) -> None:
        self.scene, self.quality, self.gl = scene, quality, gl()
        self.gpu = GpuScene(scene)
        self.backdrop = backdrop_of(scene) if quality.backdrop else Backdrop()
        self.has_water = any(b.kind == KIND_WATER for b in self.gpu.batches)
        self.programs: dict[tuple[str, ...], Program] = {}
        self.targets: dict[str, Target] = {}
        self.size = (0, 0)
        self.shadows = ShadowMaps(quality.shadow_px, _CASCADES)
        self.bounds = scene.bounds()
        self.empty = self.gl.glGenVertexArrays(1)
        self.gl.glClipControl(self.gl.GL_LOWER_LEFT, self.gl.GL_ZERO_TO_ONE)

    def picture(self, camera: Camera, light: Light, width: int, height: int) -> NDArray[np.uint8]:
        """One view as u1 (H, W, 3), sRGB."""
        check_size(width, height, self.quality)
        self._resize(width, height)
        view = _View(camera, width, height)
        self.gpu.glow = light.windows
        self._surfaces(view)
        cascades = self._shadow_maps(view, light)
        uniforms = self._uniforms(view, light, cascades)
        self._occlusion(view)
        self._light(uniforms)
        self._transparent(view, uniforms)
        return self._resolved(light, width, height)

    def overview(self, pixels: int = 384) -> Overview:
        """The scene from straight above: heights and kinds on a grid, for cameras to stand on."""
        low, high = self.bounds
        grids = []
        for ground_only in (False, True):
            target = Target(pixels, pixels, [self.gl.GL_RGBA8, self.gl.GL_RGB10_A2])
            target.use()
            self._clear()
            matrix = plan_matrix(low, high)
            for batch in self.gpu.batches:
                if ground_only and not batch.is_ground:
                    continue
                program = self._program("gbuffer.vert", "gbuffer.frag", *batch.defines)
                program.set({"u_view_projection": matrix})
                self.gpu.draw(batch, program, frustum_planes(matrix))
            grids.append((read_depth(pixels, pixels), read_alpha(pixels, pixels)))
            target.free()
        return Overview.from_depths(low, high, grids[0][0], grids[0][1], grids[1][0])

    # ── set up ───────────────────────────────────────────────────────────────────────────────────────────────
    def _program(self, vertex: str, fragment: str, *defines: str) -> Program:
        key = (vertex, fragment, *defines)
        if key not in self.programs:
            self.programs[key] = Program(vertex, fragment, defines)
        return self.programs[key]

    def _resize(self, width: int, height: int) -> None:
        if self.size == (width, height):
            return
        for target in self.targets.values():
            target.free()
        g, s = self.gl, self.quality.supersample
        w, h = width * s, height * s
        surfaces = Target(w, h, [g.GL_RGBA8, g.GL_RGB10_A2])
        self.targets = {
            "surfaces": surfaces,
            "lit": Target(w, h, [g.GL_R11F_G11F_B10F], surfaces.depth),
            "occlusion": Target((w + 1) // 2, (h + 1) // 2, [g.GL_RG16F], 0),
            "smooth": Target((w + 1) // 2, (h + 1) // 2, [g.GL_RG16F], 0),
            "picture": Target(width, height, [g.GL_RGBA8], 0),
        }
        if self.has_water:
            self.targets["below"] = Target(w, h, [])
        self.size = (width, height)

    # ── passes ───────────────────────────────────────────────────────────────────────────────────────────────
    def _surfaces(self, view: _View) -> None:
        target = self.targets["surfaces"]
        target.use()
        self._clear()
        solid = [b for b in self.gpu.batches if not b.is_blended and b.kind != KIND_WATER]
        for batch in sorted(solid, key=lambda b: (b.is_masked, view.distance(b))):  # stable: ties keep file order
            program = self._program("gbuffer.vert", "gbuffer.frag", *batch.defines)
            program.set({"u_view_projection": view.view_projection})
            self.gpu.draw(batch, program, view.planes)
        if self.has_water:
            self._copy_depth(target, self.targets["below"])
            target.use()
            program = self._program("gbuffer.vert", "gbuffer.frag")
            program.set({"u_view_projection": view.view_projection})
            for batch in self.gpu.batches:
                if batch.kind == KIND_WATER:
                    self.gpu.draw(batch, program, view.planes)

    def _clear(self) -> None:
        g = self.gl
        g.glDepthMask(True)
        g.glDisable(g.GL_BLEND)
        g.glEnable(g.GL_DEPTH_TEST)
        g.glDepthFunc(g.GL_GREATER)
        g.glClearDepth(0.0)
        g.glClearColor(0, 0, 0, 0)
        g.glClear(g.GL_COLOR_BUFFER_BIT | g.GL_DEPTH_BUFFER_BIT)

    def _copy_depth(self, source: Target, target: Target) -> None:
        g = self.gl
        g.glBindFramebuffer(g.GL_READ_FRAMEBUFFER, source.id)
        g.glBindFramebuffer(g.GL_DRAW_FRAMEBUFFER, target.id)
        w, h = source.width, source.height
        g.glBlitFramebuffer(0, 0, w, h, 0, 0, w, h, g.GL_DEPTH_BUFFER_BIT, g.GL_NEAREST)

    def _shadow_maps(self, view: _View, light: Light) -> tuple[Cascade, ...]:
        g, target = self.gl, self.targets["surfaces"]
        g.glBindFramebuffer(g.GL_FRAMEBUFFER, target.id)
        view.measure(read_depth(target.width, target.height))
        sun = Frame.to_gltf(np.array(light.sun))
        cascades = fit_cascades(
            view.points, view.distances, sun, self.bounds, count=_CASCADES, size=self.shadows.size
        )
        g.glDepthFunc(g.GL_LEQUAL)
        g.glDisable(g.GL_CULL_FACE)
        g.glEnable(g.GL_POLYGON_OFFSET_FILL)
        g.glEnable(g.GL_DEPTH_CLAMP)
        g.glPolygonOffset(1.2, 2.0)
        for layer, cascade in enumerate(cascades):
            self.shadows.use(layer)
            planes = frustum_planes(cascade.matrix, sides_only=True)
            for batch in self.gpu.batches:
                if batch.kind == KIND_WATER or batch.is_blended:
                    continue
                program = self._program("shadow.vert", "shadow.frag", *(["MASKED"] if batch.is_masked else []))
                program.set({"u_view_projection": cascade.matrix})
                self.gpu.draw(batch, program, planes, looks=False)
        g.glDisable(g.GL_POLYGON_OFFSET_FILL)
        g.glDisable(g.GL_DEPTH_CLAMP)
        return cascades

    def _occlusion(self, view: _View) -> None:
        g = self.gl
        g.glDisable(g.GL_DEPTH_TEST)
        g.glDisable(g.GL_CULL_FACE)
        g.glDepthMask(False)
        target = self.targets["smooth"]
        if not self.quality.occlusion:
            target.use()
            g.glClearColor(1, 1, 1, 1)
            g.glClear(g.GL_COLOR_BUFFER_BIT)
            return
        surfaces = self.targets["surfaces"]
        pixels = surfaces.height / 2 / view.half_height
        program = self._program("screen.vert", "ao.frag")
        program.set(view.rays | {"u_near": NEAR_M, "u_reach": (2.5, 0.022), "u_pixels": (pixels, 0.09 * surfaces.height)})
        program.bind({"u_depth": (g.GL_TEXTURE_2D, surfaces.depth), "u_normal": (g.GL_TEXTURE_2D, surfaces.colors[1])})
        self.targets["occlusion"].use()
        self._screen()
        program = self._program("screen.vert", "blur.frag")
        program.bind({"u_ao": (g.GL_TEXTURE_2D, self.targets["occlusion"].colors[0])})
        program.set(view.rays)
        target.use()
        self._screen()

    def _light(self, uniforms: dict[str, Any]) -> None:
        g, surfaces = self.gl, self.targets["surfaces"]
        program = self._program("screen.vert", "light.frag", *(["REFLECT"] if self.quality.reflections else []))
        program.set(uniforms)
        below = self.targets["below"].depth if self.has_water else surfaces.depth
        program.bind(
            {
                "u_depth": (g.GL_TEXTURE_2D, surfaces.depth),
                "u_albedo": (g.GL_TEXTURE_2D, surfaces.colors[0]),
                "u_normal": (g.GL_TEXTURE_2D, surfaces.colors[1]),
                "u_ao": (g.GL_TEXTURE_2D, self.targets["smooth"].colors[0]),
                "u_below": (g.GL_TEXTURE_2D, below),
                "u_shadow": (g.GL_TEXTURE_2D_ARRAY, self.shadows.texture),
            }
        )
        # Drawn without the depth buffer attached: the shader reads it.
        lit = self.targets["lit"]
        lit.use()
        g.glFramebufferTexture2D(g.GL_FRAMEBUFFER, g.GL_DEPTH_ATTACHMENT, g.GL_TEXTURE_2D, 0, 0)
        self._screen()
        g.glFramebufferTexture2D(g.GL_FRAMEBUFFER, g.GL_DEPTH_ATTACHMENT, g.GL_TEXTURE_2D, surfaces.depth, 0)

    def _transparent(self, view: _View, uniforms: dict[str, Any]) -> None:
        blended = [b for b in self.gpu.batches if b.is_blended]
        if not blended:
            return
        g = self.gl
        self.targets["lit"].use()
        g.glEnable(g.GL_DEPTH_TEST)
        g.glDepthFunc(g.GL_GEQUAL)
        g.glEnable(g.GL_BLEND)
        g.glBlendFuncSeparate(g.GL_SRC_ALPHA, g.GL_ONE_MINUS_SRC_ALPHA, g.GL_ONE, g.GL_ONE_MINUS_SRC_ALPHA)
        program = self._program("gbuffer.vert", "blend.frag")
        program.set(uniforms)
        g.glActiveTexture(g.GL_TEXTURE2)
        g.glBindTexture(g.GL_TEXTURE_2D_ARRAY, self.shadows.texture)
        program.set({"u_view_projection": view.view_projection, "u_shadow": 2})
        for batch in sorted(blended, key=view.distance, reverse=True):
            self.gpu.draw(batch, program, view.planes)
        g.glDisable(g.GL_BLEND)

    def _resolved(self, light: Light, width: int, height: int) -> NDArray[np.uint8]:
        g = self.gl
        g.glDisable(g.GL_DEPTH_TEST)
        g.glDisable(g.GL_CULL_FACE)
        program = self._program("screen.vert", "resolve.frag")
        program.set({"u_scale": self.quality.supersample, "u_exposure": light.exposure / 0.6})
        program.bind({"u_hdr": (g.GL_TEXTURE_2D, self.targets["lit"].colors[0])})
        self.targets["picture"].use()
        self._screen()
        return read_rgb(width, height)

    def _screen(self) -> None:
        self.gl.glBindVertexArray(self.empty)
        self.gl.glDrawArrays(self.gl.GL_TRIANGLES, 0, 3)

    def _uniforms(self, view: _View, light: Light, cascades: tuple[Cascade, ...]) -> dict[str, Any]:
        padded = [*cascades, *[Cascade(matrix=np.eye(4), texel_m=1.0)] * (_CASCADES - len(cascades))]
        x, y, z = light.sun
        low, high = self.bounds
        diagonal = float(np.linalg.norm(high - low))
        start, far = view.depth_range
        span = max(far - start, 0.35 * diagonal, 500.0)
        b = self.backdrop
        return view.rays | {
            "u_eye": tuple(view.eye.tolist()),
            "u_sun": (x, z, -y),
            "u_sun_rgb": light.sun_rgb,
            "u_sky_rgb": light.sky_rgb,
            "u_ground_rgb": light.ground_rgb,
            "u_zenith_rgb": light.zenith_rgb,
            "u_horizon_rgb": light.horizon_rgb,
            "u_glow_rgb": light.glow_rgb,
            "u_cloud_rgb": light.cloud_rgb,
            "u_sky": (light.cloud_cover, light.disc, light.stars, light.windows),
            "u_air": (-float(np.log(1 - light.haze)) / span, start, 1.0 / max(0.5 * diagonal, 100.0), float(low[1])),
            "u_view_projection": view.view_projection,
            "u_near": NEAR_M,
            "u_pixel": 2 * view.half_height / self.targets["surfaces"].height,
            "u_shadow_matrix": np.array([c.matrix for c in padded]),
            "u_shadow_texel": tuple(c.texel_m for c in padded),
            "u_cascades": len(cascades),
            "u_outline": (self.quality.outline, float(self.quality.supersample)),
            "u_backdrop": (*b.rgb, float(b.code)),
            "u_backdrop_level": b.level_m,
            "u_water_rgb": b.rgb,
        }


class _View:
    """A camera at a picture size: matrices, rays, and what its depth buffer says."""

    def __init__(self, camera: Camera, width: int, height: int) -> None:
        aspect = width / height
        self.eye = camera.eye_gltf()
        self.view_projection = camera.projection(aspect) @ camera.view()
        self.planes = frustum_planes(self.view_projection)
        self.half_height = float(np.tan(np.radians(camera.fov_deg) / 2))
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
        middle = (batch.low.min(axis=0) + batch.high.max(axis=0)) / 2
        return round(float(np.linalg.norm(middle - self.eye)), 3)

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
            self.depth_range = (float(np.quantile(self.distances, 0.03)) * 0.8, float(np.quantile(self.distances, 0.97)))
