"""The preview stage: pictures of what was written, without a GPU, and a check that they have not changed."""

from xmscenes.preview.camera import Camera
from xmscenes.preview.compare import Comparison, Tolerance, compare
from xmscenes.preview.course import read_course
from xmscenes.preview.moving import make_flythrough, make_turntable
from xmscenes.preview.stage import PreviewResult, begin_previews, preview_scene, render_views

__all__ = [
    "Camera",
    "Comparison",
    "PreviewResult",
    "Tolerance",
    "begin_previews",
    "compare",
    "make_flythrough",
    "make_turntable",
    "preview_scene",
    "read_course",
    "render_views",
]
