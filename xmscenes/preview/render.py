"""Make pictures of one scene: one context, many views, released at the end. Same input, same bytes on one machine.

Passes: surfaces into a G-buffer, the sun's shadow maps fitted to what it shows, ambient occlusion, light on every
pixel once, transparent surfaces, tone map and average. Everything runs on the GPU's software stand-in (llvmpipe).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xmscenes.preview.backdrop import SEA, Backdrop, backdrop_of
from xmscenes.preview.batches import KIND_WATER, GpuScene, frustum_planes
from xmscenes.preview.camera import NEAR_M, Camera
from xmscenes.preview.casting import SunMaps
from xmscenes.preview.context import gl_context
from xmscenes.preview.copies import Sight
from xmscenes.preview.gpu import Program, Target, gl, read_alpha, read_depth, read_rgb
from xmscenes.preview.overview import Overview, plan_matrix
from xmscenes.preview.quality import Quality, check_size
from xmscenes.preview.uniforms import frame_uniforms
from xmscenes.preview.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from xmscenes.preview.scene import RenderScene
    from xmscenes.preview.shadows import Shadows
    from xmscenes.preview.style import Light

_NOTHING, _SOLID, _WATER = range(3)  # stencil


@contextmanager
def renderer(scene: RenderScene, quality: Quality | None = None) -> Iterator[Renderer]:
    """Open a renderer for one scene; use it for all its pictures. Raises ``RenderError`` without OpenGL."""
    with gl_context():
        yield Renderer(scene, quality or Quality())


class Renderer:
    """Draws views of one scene. Made by ``renderer``; lives as long as its context."""

    def __init__(self, scene: RenderScene, quality: Quality) -> None:
        self.scene, self.quality, self.gl = scene, quality, gl()
        self.gpu = GpuScene(scene, quality.supersample)
        self.backdrop = backdrop_of(scene) if quality.backdrop else Backdrop()
        self.has_water = any(b.kind == KIND_WATER for b in self.gpu.batches)
        self.programs: dict[tuple[str, ...], Program] = {}
        self.targets: dict[str, Target] = {}
        self.size = (0, 0)
        self.sun = SunMaps(self.gpu, self._program, quality.shadow_px)
        self.bounds = scene.bounds()
        self.empty = self.gl.glGenVertexArrays(1)
        self.gl.glClipControl(self.gl.GL_LOWER_LEFT, self.gl.GL_ZERO_TO_ONE)

    def picture(self, camera: Camera, light: Light, width: int, height: int) -> NDArray[np.uint8]:
        """One view as u1 (H, W, 3), sRGB."""
        check_size(width, height, self.quality)
        self._resize(width, height)
        view = View(camera, width, height, self.quality.supersample)
        self.gpu.glow = light.windows
        self._surfaces(view)
        shadows = self._shadow_maps(view, light)
        uniforms = frame_uniforms(view, light, shadows, self.bounds, self.backdrop, self.quality)
        self._occlusion(view)
        self._light(light, uniforms)
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
            sight = Sight(planes=frustum_planes(matrix), sample=float((high - low)[[0, 2]].min()) / pixels)
            for batch in self.gpu.batches:
                if ground_only and not batch.is_ground:
                    continue
                program = self._program("gbuffer.vert", "gbuffer.frag", *batch.defines)
                program.set({"u_view_projection": matrix})
                self.gpu.draw(batch, program, sight)
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
    def _surfaces(self, view: View) -> None:
        target = self.targets["surfaces"]
        target.use()
        self._clear()
        g = self.gl
        g.glEnable(g.GL_STENCIL_TEST)
        g.glStencilOp(g.GL_KEEP, g.GL_KEEP, g.GL_REPLACE)
        g.glStencilFunc(g.GL_ALWAYS, _SOLID, 0xFF)
        solid = [b for b in self.gpu.batches if not b.is_blended and b.kind != KIND_WATER]
        for batch in sorted(solid, key=lambda b: (b.is_masked, view.distance(b))):  # stable: ties keep file order
            program = self._program("gbuffer.vert", "gbuffer.frag", *batch.defines)
            program.set({"u_view_projection": view.view_projection})
            self.gpu.draw(batch, program, view.sight)
        if self.has_water:
            self._copy_depth(target, self.targets["below"])
            target.use()
            g.glStencilFunc(g.GL_ALWAYS, _WATER, 0xFF)
            program = self._program("gbuffer.vert", "gbuffer.frag")
            program.set({"u_view_projection": view.view_projection})
            for batch in self.gpu.batches:
                if batch.kind == KIND_WATER:
                    self.gpu.draw(batch, program, view.sight)
        g.glDisable(g.GL_STENCIL_TEST)

    def _clear(self) -> None:
        g = self.gl
        g.glDepthMask(True)
        g.glDisable(g.GL_BLEND)
        g.glEnable(g.GL_DEPTH_TEST)
        g.glDepthFunc(g.GL_GREATER)
        g.glClearDepth(0.0)
        g.glClearColor(0, 0, 0, 0)
        g.glClear(g.GL_COLOR_BUFFER_BIT | g.GL_DEPTH_BUFFER_BIT | g.GL_STENCIL_BUFFER_BIT)

    def _copy_depth(self, source: Target, target: Target) -> None:
        g = self.gl
        g.glBindFramebuffer(g.GL_READ_FRAMEBUFFER, source.id)
        g.glBindFramebuffer(g.GL_DRAW_FRAMEBUFFER, target.id)
        w, h = source.width, source.height
        g.glBlitFramebuffer(0, 0, w, h, 0, 0, w, h, g.GL_DEPTH_BUFFER_BIT, g.GL_NEAREST)

    def _shadow_maps(self, view: View, light: Light) -> Shadows:
        target = self.targets["surfaces"]
        self.gl.glBindFramebuffer(self.gl.GL_FRAMEBUFFER, target.id)
        view.measure(read_depth(target.width, target.height))
        return self.sun.cast(view, light)

    def _occlusion(self, view: View) -> None:
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
        pixels = (surfaces.height / 2 / view.half_height, 0.09 * surfaces.height)
        program = self._program("screen.vert", "ao.frag")
        program.set(view.rays | {"u_near": NEAR_M, "u_reach": (2.5, 0.022), "u_pixels": pixels})
        program.bind({"u_depth": (g.GL_TEXTURE_2D, surfaces.depth), "u_normal": (g.GL_TEXTURE_2D, surfaces.colors[1])})
        self.targets["occlusion"].use()
        self._screen()
        program = self._program("screen.vert", "blur.frag")
        program.bind({"u_ao": (g.GL_TEXTURE_2D, self.targets["occlusion"].colors[0])})
        program.set(view.rays)
        target.use()
        self._screen()

    def _light(self, light: Light, uniforms: dict[str, Any]) -> None:
        """Light every pixel once. The stencil sorts them, because a software GPU pays for both sides of a branch."""
        g, surfaces = self.gl, self.targets["surfaces"]
        below = self.targets["below"].depth if self.has_water else surfaces.depth
        textures = {
            "u_depth": (g.GL_TEXTURE_2D, surfaces.depth),
            "u_albedo": (g.GL_TEXTURE_2D, surfaces.colors[0]),
            "u_normal": (g.GL_TEXTURE_2D, surfaces.colors[1]),
            "u_ao": (g.GL_TEXTURE_2D, self.targets["smooth"].colors[0]),
            "u_below": (g.GL_TEXTURE_2D, below),
            **self.sun.textures(),
        }
        self.targets["lit"].use()
        g.glEnable(g.GL_STENCIL_TEST)
        g.glStencilOp(g.GL_KEEP, g.GL_KEEP, g.GL_KEEP)
        g.glEnable(g.GL_CLIP_DISTANCE0)
        for fragment, defines, stencil, horizon in self._lights(light):
            program = self._program("screen.vert", fragment, *defines)
            program.set(uniforms | {"u_horizon": horizon})
            program.bind(textures)
            g.glStencilFunc(g.GL_EQUAL, stencil, 0xFF)
            self._screen()
        g.glDisable(g.GL_CLIP_DISTANCE0)
        g.glDisable(g.GL_STENCIL_TEST)

    def _lights(self, light: Light) -> Iterator[tuple[str, tuple[str, ...], int, float]]:
        """Shader, its variant, the stencil it lights, and the side of the horizon."""
        windows = ("WINDOWS",) if light.windows > 0 else ()
        outline = ("OUTLINE",) if self.quality.outline > 0 else ()
        yield "sky.frag", (), _NOTHING, 1.0 if self.backdrop.code else 0.0
        if self.backdrop.code:
            yield "backdrop.frag", ("SEA",) if self.backdrop.code == SEA else (), _NOTHING, -1.0
        yield "surfaces.frag", (*windows, *outline), _SOLID, 0.0
        if self.has_water:
            yield "water.frag", ("REFLECT",) if self.quality.reflections else (), _WATER, 0.0

    def _transparent(self, view: View, uniforms: dict[str, Any]) -> None:
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
        for unit, (name, (kind, texture)) in enumerate(self.sun.textures().items(), start=2):
            g.glActiveTexture(g.GL_TEXTURE0 + unit)
            g.glBindTexture(kind, texture)
            program.set({name: unit})
        program.set({"u_view_projection": view.view_projection})
        for batch in sorted(blended, key=view.distance, reverse=True):
            self.gpu.draw(batch, program, view.sight)
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
