"""A scene on the GPU: vertex buffers, textures, and which copies a view can see. Draw order is fixed."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.preview.copies import sizes_of
from xmscenes.preview.glow import Glow, emissive_texture, glow_of
from xmscenes.preview.gpu import gl
from xmscenes.preview.textures import mip_chain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.preview.copies import Sight
    from xmscenes.preview.gpu import Program
    from xmscenes.preview.scene import Draw, Geometry, RenderMaterial, RenderScene, RenderTexture

KIND_PLAIN, KIND_FOLIAGE, KIND_BUILDING, KIND_WATER = range(4)
GROUND_KINDS = frozenset(
    {"terrain", "ground", "site", "path", "road", "bridge", "square", "rock", "shore", "water", "sea"}
)


@dataclass(slots=True, kw_only=True)
class Batch:
    """One draw call: a vertex array, its copies, its looks."""

    vertex_array: int
    index_count: int
    material: RenderMaterial
    kind: int
    kind_name: str
    has: int
    mirrored: bool
    matrices: NDArray[np.float32]
    centre: NDArray[np.float64]  # of each copy's box
    half: NDArray[np.float64]
    middle: NDArray[np.float64]  # of the box around all copies
    instance_buffer: int
    glow: Glow
    sizes_m: NDArray[np.float64] | None = None  # of each copy, where there are two looks for near and far
    is_far: bool = False
    uploaded: NDArray[np.bool_] | None = None

    @property
    def is_ground(self) -> bool:
        """Whether one may stand on it: not a building, a tree, a thing in copies, or glass."""
        return self.kind in (KIND_PLAIN, KIND_WATER) and self.kind_name in GROUND_KINDS

    @property
    def defines(self) -> tuple[str, ...]:
        """Shader variants that it needs."""
        return tuple(d for d, on in (("MASKED", self.is_masked), ("DETAILED", self.is_detailed)) if on)

    @property
    def is_detailed(self) -> bool:
        """Whether it has maps beside its colour."""
        return self.has >= 4

    @property
    def is_masked(self) -> bool:
        """Whether texels below the cut-off are holes."""
        return self.material.alpha_mode == "MASK"

    @property
    def is_blended(self) -> bool:
        """Whether it is seen through; water is not, it has its own look."""
        return self.material.alpha_mode == "BLEND" and self.kind != KIND_WATER


class GpuScene:
    """Uploads a scene once; ``draw`` then runs any program over the copies that a view can see."""

    def __init__(self, scene: RenderScene, supersample: int = 1) -> None:
        self.gl = gl()
        self.white = self._upload_white()
        self.textures: dict[tuple[int | str, float | None, bool], int] = {}
        self.scene, self.supersample = scene, supersample
        self.glow = 0.0  # how brightly windows and lamps burn
        sizes = sizes_of(scene)
        self.batches = [self._batch(draw, sizes.get(draw.name)) for draw in scene.draws]
        self.batches += [self._batch(draw, sizes[draw.name], is_far=True) for draw in scene.far]

    # ── upload ───────────────────────────────────────────────────────────────────────────────────────────────
    def _batch(self, draw: Draw, size_m: float | None, *, is_far: bool = False) -> Batch:
        g = self.gl
        geometry, material = self.scene.geometries[draw.geometry], self.scene.material_of(draw)
        vertex_array = g.glGenVertexArrays(1)
        g.glBindVertexArray(vertex_array)
        self._attributes(geometry)
        instances = g.glGenBuffers(1)
        g.glBindBuffer(g.GL_ARRAY_BUFFER, instances)
        for column in range(4):
            g.glEnableVertexAttribArray(4 + column)
            g.glVertexAttribPointer(4 + column, 4, g.GL_FLOAT, False, 64, ctypes.c_void_p(16 * column))
            g.glVertexAttribDivisor(4 + column, 1)
        low, high = self.scene.boxes(draw)
        glow = glow_of(material)
        has = (material.texture is not None and geometry.uv is not None) * 1
        has |= (geometry.normals is not None) * 2
        if geometry.uv is not None:
            maps = (material.emissive_texture, material.surface_texture, material.normal_texture)
            has |= sum((index is not None) << (2 + bit) for bit, index in enumerate(maps)) | bool(glow.atlas) << 2
        return Batch(
            vertex_array=vertex_array,
            index_count=len(geometry.indices),
            material=material,
            kind=kind_of(draw, material),
            kind_name=draw.kind,
            has=has,
            mirrored=bool(np.linalg.det(draw.matrices[0, :3, :3].astype("f8")) < 0),
            matrices=draw.matrices,
            centre=(low + high) / 2,
            half=(high - low) / 2,
            middle=(low.min(axis=0) + high.max(axis=0)) / 2,
            instance_buffer=instances,
            glow=glow,
            sizes_m=None if size_m is None else size_m * np.linalg.norm(draw.matrices[:, :3, :3], axis=1).max(axis=1),
            is_far=is_far,
        )

    def _attributes(self, geometry: Geometry) -> None:
        g = self.gl
        arrays = (geometry.positions, geometry.normals, geometry.uv, geometry.colors)
        for place, array in enumerate(arrays):
            if array is None:
                continue
            kind = {"f": g.GL_FLOAT, "B": g.GL_UNSIGNED_BYTE, "H": g.GL_UNSIGNED_SHORT}[array.dtype.char]
            g.glBindBuffer(g.GL_ARRAY_BUFFER, self._buffer(g.GL_ARRAY_BUFFER, array))
            g.glEnableVertexAttribArray(place)
            g.glVertexAttribPointer(place, array.shape[1], kind, array.dtype.kind == "u", 0, None)
        self._buffer(g.GL_ELEMENT_ARRAY_BUFFER, geometry.indices)

    def _buffer(self, target: int, array: NDArray[Any]) -> int:
        buffer: int = self.gl.glGenBuffers(1)
        self.gl.glBindBuffer(target, buffer)
        self.gl.glBufferData(target, array.nbytes, np.ascontiguousarray(array), self.gl.GL_STATIC_DRAW)
        return buffer

    def texture(self, index: int | None, cutoff: float | None = None, *, srgb: bool = True) -> int:
        """GPU texture of a picture; masked materials get mip levels that keep their coverage."""
        if index is None:
            return self.white
        key = (index, cutoff, srgb)
        if key not in self.textures:
            self.textures[key] = self._upload(self.scene.textures[index], cutoff, srgb=srgb)
        return self.textures[key]

    def _emissive(self, batch: Batch) -> int:
        if batch.glow.atlas and self.glow > 0:
            key = (batch.glow.atlas, None, True)
            if key not in self.textures:
                self.textures[key] = self._upload(emissive_texture(batch.glow.atlas), None)
            return self.textures[key]
        is_dark = not any(batch.glow.factor) or (batch.glow.by_hour and self.glow <= 0)
        return self.texture(batch.material.emissive_texture if batch.has & 4 and not is_dark else None)

    def _upload(self, picture: RenderTexture, cutoff: float | None, *, srgb: bool = True) -> int:
        g = self.gl
        texture: int = g.glGenTextures(1)
        g.glBindTexture(g.GL_TEXTURE_2D, texture)
        g.glPixelStorei(g.GL_UNPACK_ALIGNMENT, 1)
        kind = g.GL_SRGB8_ALPHA8 if srgb else g.GL_RGBA8
        # Coverage must be kept by hand; other levels are averaged by the driver, in linear light where it is sRGB.
        if cutoff is not None and cutoff not in picture.chains:
            picture.chains[cutoff] = mip_chain(picture, cutoff)
        chain = [picture.pixels] if cutoff is None else picture.chains[cutoff]
        for level, pixels in enumerate(chain):
            h, w = pixels.shape[:2]
            data = np.ascontiguousarray(pixels)
            g.glTexImage2D(g.GL_TEXTURE_2D, level, kind, w, h, 0, g.GL_RGBA, g.GL_UNSIGNED_BYTE, data)
        for key, value in (
            (g.GL_TEXTURE_WRAP_S, g.GL_REPEAT if picture.repeat[0] else g.GL_CLAMP_TO_EDGE),
            (g.GL_TEXTURE_WRAP_T, g.GL_REPEAT if picture.repeat[1] else g.GL_CLAMP_TO_EDGE),
            (g.GL_TEXTURE_MIN_FILTER, g.GL_LINEAR_MIPMAP_LINEAR),
            (g.GL_TEXTURE_MAG_FILTER, g.GL_LINEAR),
            (g.GL_TEXTURE_MAX_LEVEL, 1000 if cutoff is None else len(chain) - 1),
        ):
            g.glTexParameteri(g.GL_TEXTURE_2D, key, value)
        if cutoff is None:
            # Several samples a pixel bear sharper levels. Anisotropic filters would do the same at ten times the cost
            # of all else in llvmpipe: 2.2 s of CPU for the paving of one street picture of 480x270.
            g.glTexParameterf(g.GL_TEXTURE_2D, g.GL_TEXTURE_LOD_BIAS, -math.log2(self.supersample))
            g.glGenerateMipmap(g.GL_TEXTURE_2D)
        return texture

    def _upload_white(self) -> int:
        g = self.gl
        texture: int = g.glGenTextures(1)
        g.glBindTexture(g.GL_TEXTURE_2D, texture)
        white = np.full(4, 255, "u1")
        g.glTexImage2D(g.GL_TEXTURE_2D, 0, g.GL_RGBA8, 1, 1, 0, g.GL_RGBA, g.GL_UNSIGNED_BYTE, white)
        g.glTexParameteri(g.GL_TEXTURE_2D, g.GL_TEXTURE_MIN_FILTER, g.GL_NEAREST)
        return texture

    # ── draw ─────────────────────────────────────────────────────────────────────────────────────────────────
    def visible(self, batch: Batch, sight: Sight) -> NDArray[np.bool_]:
        """Which copies may touch the volume inside all planes, a·x + b·y + c·z + d ≥ 0, and have this look there."""
        planes = sight.planes
        reach = batch.centre @ planes[:, :3].T + batch.half @ np.abs(planes[:, :3]).T + planes[:, 3]
        shown: NDArray[np.bool_] = np.asarray((reach >= 0).all(axis=1))
        if batch.sizes_m is None:
            return shown
        return np.asarray(shown & (sight.is_small(batch.matrices[:, :3, 3], batch.sizes_m) == batch.is_far))

    def draw(self, batch: Batch, program: Program, sight: Sight, *, looks: bool = True) -> None:
        """Draw the copies that a pass can see. ``program`` is in use and has its view set."""
        g = self.gl
        shown = self.visible(batch, sight)
        if not shown.any():
            return
        g.glBindVertexArray(batch.vertex_array)
        if batch.uploaded is None or not np.array_equal(batch.uploaded, shown):
            data = np.ascontiguousarray(batch.matrices[shown].transpose(0, 2, 1), dtype="f4")
            g.glBindBuffer(g.GL_ARRAY_BUFFER, batch.instance_buffer)
            g.glBufferData(g.GL_ARRAY_BUFFER, data.nbytes, data, g.GL_DYNAMIC_DRAW)
            batch.uploaded = shown
        self._wear(batch, program, looks)
        g.glDrawElementsInstanced(g.GL_TRIANGLES, batch.index_count, g.GL_UNSIGNED_INT, None, int(shown.sum()))

    def _wear(self, batch: Batch, program: Program, looks: bool) -> None:
        g, material = self.gl, batch.material
        cutoff = material.cutoff if batch.is_masked else None
        maps = {"u_texture": self.texture(material.texture if batch.has & 1 else None, cutoff)}
        if looks and batch.is_detailed:
            maps["u_emissive_texture"] = self._emissive(batch)
            maps["u_surface_texture"] = self.texture(material.surface_texture if batch.has & 8 else None, srgb=False)
            maps["u_normal_texture"] = self.texture(material.normal_texture if batch.has & 16 else None, srgb=False)
        program.bind({name: (g.GL_TEXTURE_2D, texture) for name, texture in maps.items()})
        program.set({"u_cutoff": material.cutoff})
        if not looks:
            return
        program.set(
            {
                "u_base": material.base,
                "u_emissive": tuple(v * (self.glow if batch.glow.by_hour else 1.0) for v in batch.glow.factor),
                "u_roughness": material.roughness,
                "u_metallic": material.metallic,
                "u_normal_scale": material.normal_scale,
                "u_kind": batch.kind,
                "u_has": batch.has,
            }
        )
        (g.glDisable if material.double_sided else g.glEnable)(g.GL_CULL_FACE)
        g.glFrontFace(g.GL_CW if batch.mirrored else g.GL_CCW)
        g.glVertexAttrib4f(3, 1.0, 1.0, 1.0, 1.0)


def frustum_planes(view_projection: NDArray[np.float64], *, sides_only: bool = False) -> NDArray[np.float64]:
    """Planes (P, 4) that bound what a matrix maps into view; ``sides_only`` leaves near and far open."""
    m = view_projection
    planes = [m[3] + m[0], m[3] - m[0], m[3] + m[1], m[3] - m[1]]
    if not sides_only:
        planes.append(m[3])
    return np.array(planes)


def kind_of(draw: Draw, material: RenderMaterial) -> int:
    """What a draw is, as the shaders count it."""
    if material.is_water:
        return KIND_WATER
    if material.alpha_mode == "MASK" or material.name.lower().startswith(("foliage", "tree", "leaf")):
        return KIND_FOLIAGE
    lit = bool(glow_of(material).atlas) or material.emissive_texture is not None
    return KIND_BUILDING if draw.kind.startswith("building") and not lit else KIND_PLAIN
