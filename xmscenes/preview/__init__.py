"""The preview stage: pictures of what was written, without a GPU. See ``compare`` and ``probe`` for the rest of it."""

from xmscenes.preview.camera import Camera
from xmscenes.preview.stage import PreviewResult, preview_build, preview_scene, render_views

__all__ = ["Camera", "PreviewResult", "preview_build", "preview_scene", "render_views"]
