"""The one place that starts and ends OpenGL: pyrender's EGL platform, without a display and without a GPU.

Only pyrender's platform module is loaded, not the whole package: its viewer, trimesh, scipy and networkx would cost
2.7 of the 3.1 CPU seconds that ``import pyrender`` takes (python 3.11, this renderer needs none of them).
"""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xmscenes.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_PACKAGE = "xmscenes_pyrender_platforms"
_state: dict[str, bool] = {"open": False}


def _platform_module() -> ModuleType:
    """pyrender's ``platforms.egl``; PYOPENGL_PLATFORM is set here and nowhere else."""
    os.environ["PYOPENGL_PLATFORM"] = "egl"
    if "pyrender" in sys.modules:
        return importlib.import_module("pyrender.platforms.egl")
    found = importlib.util.find_spec("pyrender")
    if found is None or not found.submodule_search_locations:
        raise RenderError("preview: pyrender is not installed; pip install pyrender-maintained")
    if _PACKAGE not in sys.modules:
        folder = f"{found.submodule_search_locations[0]}/platforms"
        spec = importlib.util.spec_from_file_location(
            _PACKAGE, f"{folder}/__init__.py", submodule_search_locations=[folder]
        )
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[_PACKAGE] = module
        spec.loader.exec_module(module)
    return importlib.import_module(f"{_PACKAGE}.egl")


@contextmanager
def gl_context() -> Iterator[Any]:
    """Open the one context of this process and release it whatever happens.

    Raises ``RenderError`` that names the missing package when there is no headless OpenGL.
    """
    if _state["open"]:
        raise RenderError("preview: a picture is already being made in this process; use one renderer for all views")
    platform = _open()
    _state["open"] = True
    try:
        yield platform
    finally:
        _state["open"] = False
        platform.delete_context()


def _open() -> Any:
    # PyOpenGL and pyrender raise whatever comes first (AttributeError, ImportError, AssertionError, GLError …), so
    # any failure to start is handed to the probe, which names the package.
    try:
        egl = _platform_module()
        platform = egl.EGLPlatform(1, 1, device=egl.get_device_by_index(0))
        platform.init_context()
        platform.make_current()
    except (ImportError, AttributeError, AssertionError, RuntimeError, ValueError, TypeError, OSError) as error:
        from xmscenes.preview.probe import probe

        found = probe()
        reason = found.message if not found.ok else f"headless OpenGL does not start ({error}); run xmscenes doctor"
        raise RenderError(f"preview: {reason}") from error
    return platform
