"""The preview stage: pictures of what was written, without a GPU, and a check that they have not changed."""

from xmscenes.preview.camera import Camera
from xmscenes.preview.compare import Comparison, Tolerance, compare
from xmscenes.preview.probe import probe
from xmscenes.preview.stage import PreviewResult, preview_build, preview_scene, render_views

__all__ = [
    "Camera",
    "Comparison",
    "PreviewResult",
    "Tolerance",
    "compare",
    "preview_build",
    "preview_scene",
    "probe",
    "render_views",
]
