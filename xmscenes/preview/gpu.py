"""Thin, checked wrappers over OpenGL objects: programs, textures, frame buffers. All die with the context."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

SHADERS = Path(__file__).with_name("shaders")
_HEAD = "#version 410 core\n"


def gl() -> Any:
    """The OpenGL module, imported once ``context`` has chosen the platform."""
    import OpenGL

    OpenGL.ERROR_LOGGING = False
    from OpenGL import GL

    return GL


def source(name: str, defines: Sequence[str] = ()) -> str:
    """Text of a shader with its ``#include`` lines filled in."""
    lines = [_HEAD, *(f"#define {d}\n" for d in defines)]
    if not name.endswith(".vert"):
        lines.append((SHADERS / "common.glsl").read_text(encoding="utf-8"))
    for line in (SHADERS / name).read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("#include "):
            line = (SHADERS / f"{line.split()[1]}.glsl").read_text(encoding="utf-8")
        lines.append(line)
    return "".join(lines)


class Program:
    """A linked program. ``set`` takes floats, ints, tuples and (4, 4) or (N, 4, 4) row-major matrices."""

    def __init__(self, vertex: str, fragment: str, defines: Sequence[str] = ()) -> None:
        self.gl = gl()
        self.id = self.gl.glCreateProgram()
        for kind, name in ((self.gl.GL_VERTEX_SHADER, vertex), (self.gl.GL_FRAGMENT_SHADER, fragment)):
            shader = self.gl.glCreateShader(kind)
            self.gl.glShaderSource(shader, source(name, defines))
            self.gl.glCompileShader(shader)
            if not self.gl.glGetShaderiv(shader, self.gl.GL_COMPILE_STATUS):
                raise RenderError(f"shader {name}: {self.gl.glGetShaderInfoLog(shader).decode()}; use Mesa 22 or newer")
            self.gl.glAttachShader(self.id, shader)
            self.gl.glDeleteShader(shader)
        self.gl.glLinkProgram(self.id)
        if not self.gl.glGetProgramiv(self.id, self.gl.GL_LINK_STATUS):
            log = self.gl.glGetProgramInfoLog(self.id).decode()
            raise RenderError(f"shader {fragment}: {log}; use Mesa 22 or newer")
        self.places: dict[str, int] = {}
        self.held: dict[int, Any] = {}  # what each uniform was set to: most draws change one or two of a dozen

    def place(self, name: str) -> int:
        """Location of a uniform, -1 when the compiler dropped it."""
        if name not in self.places:
            self.places[name] = self.gl.glGetUniformLocation(self.id, name)
        return self.places[name]

    def set(self, values: Mapping[str, Any]) -> None:
        """Use the program and set uniforms; those that the program does not have are skipped."""
        self.gl.glUseProgram(self.id)
        for name, value in values.items():
            place = self.place(name)
            if place >= 0:
                self._set(place, value)

    def _set(self, place: int, value: Any) -> None:
        held = self.held.get(place)
        if held is value or (not isinstance(value, np.ndarray) and type(held) is type(value) and held == value):
            return
        self.held[place] = value
        if isinstance(value, np.ndarray):
            matrices = np.ascontiguousarray(value, dtype="f4").reshape(-1, 4, 4)
            self.gl.glUniformMatrix4fv(place, len(matrices), True, matrices)
        elif isinstance(value, tuple):
            (self.gl.glUniform2f, self.gl.glUniform3f, self.gl.glUniform4f)[len(value) - 2](place, *value)
        elif isinstance(value, int):
            self.gl.glUniform1i(place, value)
        else:
            self.gl.glUniform1f(place, value)

    def bind(self, textures: Mapping[str, tuple[int, int]]) -> None:
        """Bind textures, given as name → (target, id), to units 0, 1, 2 … in the given order."""
        self.gl.glUseProgram(self.id)
        for unit, (name, (target, texture)) in enumerate(textures.items()):
            if self.place(name) >= 0:
                self.gl.glActiveTexture(self.gl.GL_TEXTURE0 + unit)
                self.gl.glBindTexture(target, texture)
                self._set(self.place(name), unit)


class Target:
    """A frame buffer of textures, one a format; a depth texture may be its own or shared."""

    def __init__(self, width: int, height: int, formats: Sequence[int], depth: int | None = None) -> None:
        self.gl = gl()
        self.width, self.height = width, height
        self.colors = [self._texture(f) for f in formats]
        self.own_depth = depth is None
        self.depth = self._texture(self.gl.GL_DEPTH32F_STENCIL8) if depth is None else depth
        self.id = self.gl.glGenFramebuffers(1)
        self.gl.glBindFramebuffer(self.gl.GL_FRAMEBUFFER, self.id)
        for i, color in enumerate(self.colors):
            self._attach(self.gl.GL_COLOR_ATTACHMENT0 + i, color)
        if self.depth:
            self._attach(self.gl.GL_DEPTH_STENCIL_ATTACHMENT, self.depth)
        self.gl.glDrawBuffers(len(formats), [self.gl.GL_COLOR_ATTACHMENT0 + i for i in range(len(formats))])
        if self.gl.glCheckFramebufferStatus(self.gl.GL_FRAMEBUFFER) != self.gl.GL_FRAMEBUFFER_COMPLETE:
            raise RenderError(f"preview: this OpenGL cannot draw into {width}x{height} pixels; use Mesa 22 or newer")

    def _attach(self, point: int, texture: int) -> None:
        self.gl.glFramebufferTexture2D(self.gl.GL_FRAMEBUFFER, point, self.gl.GL_TEXTURE_2D, texture, 0)

    def _texture(self, kind: int) -> int:
        g = self.gl
        texture: int = g.glGenTextures(1)
        g.glBindTexture(g.GL_TEXTURE_2D, texture)
        g.glTexStorage2D(g.GL_TEXTURE_2D, 1, kind, self.width, self.height)
        smooth = g.GL_LINEAR if kind == g.GL_RG16F else g.GL_NEAREST
        for key, value in (
            (g.GL_TEXTURE_MIN_FILTER, smooth),
            (g.GL_TEXTURE_MAG_FILTER, smooth),
            (g.GL_TEXTURE_WRAP_S, g.GL_CLAMP_TO_EDGE),
            (g.GL_TEXTURE_WRAP_T, g.GL_CLAMP_TO_EDGE),
        ):
            g.glTexParameteri(g.GL_TEXTURE_2D, key, value)
        return texture

    def use(self) -> None:
        """Draw into this target from now on."""
        self.gl.glBindFramebuffer(self.gl.GL_FRAMEBUFFER, self.id)
        self.gl.glViewport(0, 0, self.width, self.height)

    def free(self) -> None:
        """Release the frame buffer and its own textures."""
        self.gl.glDeleteFramebuffers(1, [self.id])
        textures = self.colors + ([self.depth] if self.own_depth else [])
        self.gl.glDeleteTextures(len(textures), textures)


class ShadowMaps:
    """Layers of square depth maps that the sun's cascades are drawn into."""

    def __init__(self, size: int, layers: int) -> None:
        g = self.gl = gl()
        self.size, self.layers = size, layers
        self.texture = g.glGenTextures(1)
        g.glBindTexture(g.GL_TEXTURE_2D_ARRAY, self.texture)
        g.glTexStorage3D(g.GL_TEXTURE_2D_ARRAY, 1, g.GL_DEPTH_COMPONENT32F, size, size, layers)
        for key, value in (
            (g.GL_TEXTURE_MIN_FILTER, g.GL_LINEAR),
            (g.GL_TEXTURE_MAG_FILTER, g.GL_LINEAR),
            (g.GL_TEXTURE_WRAP_S, g.GL_CLAMP_TO_EDGE),
            (g.GL_TEXTURE_WRAP_T, g.GL_CLAMP_TO_EDGE),
            (g.GL_TEXTURE_COMPARE_MODE, g.GL_COMPARE_REF_TO_TEXTURE),
            (g.GL_TEXTURE_COMPARE_FUNC, g.GL_LEQUAL),
        ):
            g.glTexParameteri(g.GL_TEXTURE_2D_ARRAY, key, value)
        self.id = g.glGenFramebuffers(1)

    def use(self, layer: int) -> None:
        """Draw into one layer, cleared."""
        g = self.gl
        g.glBindFramebuffer(g.GL_FRAMEBUFFER, self.id)
        g.glFramebufferTextureLayer(g.GL_FRAMEBUFFER, g.GL_DEPTH_ATTACHMENT, self.texture, 0, layer)
        g.glDrawBuffer(g.GL_NONE)
        g.glReadBuffer(g.GL_NONE)
        g.glViewport(0, 0, self.size, self.size)
        g.glClearDepth(1.0)
        g.glClear(g.GL_DEPTH_BUFFER_BIT)


def read_rgb(width: int, height: int) -> NDArray[np.uint8]:
    """Pixels of the current frame buffer, top row first, u1 (H, W, 3)."""
    g = gl()
    g.glPixelStorei(g.GL_PACK_ALIGNMENT, 1)
    data = g.glReadPixels(0, 0, width, height, g.GL_RGB, g.GL_UNSIGNED_BYTE)
    return np.ascontiguousarray(np.frombuffer(data, "u1").reshape(height, width, 3)[::-1])


def read_depth(width: int, height: int) -> NDArray[np.float32]:
    """Depth of the current frame buffer, bottom row first, f4 (H, W)."""
    g = gl()
    data = g.glReadPixels(0, 0, width, height, g.GL_DEPTH_COMPONENT, g.GL_FLOAT)
    return np.frombuffer(data, "f4").reshape(height, width)


def read_alpha(width: int, height: int) -> NDArray[np.uint8]:
    """Alpha of the current frame buffer's first texture, bottom row first, u1 (H, W)."""
    g = gl()
    g.glPixelStorei(g.GL_PACK_ALIGNMENT, 1)
    data = g.glReadPixels(0, 0, width, height, g.GL_RGBA, g.GL_UNSIGNED_BYTE)
    return np.frombuffer(data, "u1").reshape(height, width, 4)[..., 3]
