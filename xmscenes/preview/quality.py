"""How much work goes into a picture, and which pictures are too large to make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmscenes.errors import RenderError

if TYPE_CHECKING:
    from xmscenes.options import PreviewOptions

_BYTES_PER_SAMPLE = 4 + 4 + 8 + 8 + 4 + 4  # albedo, normal, depth, depth below water, light, depth read back
_LARGEST_SIDE = 16384  # of an OpenGL texture


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


def check_size(width: int, height: int, quality: Quality) -> None:
    """Refuse a picture that would not fit into memory, and name the memory it would need."""
    samples = width * height * quality.supersample**2
    needed = samples * _BYTES_PER_SAMPLE
    if width < 1 or height < 1:
        raise RenderError(f"size {width}x{height}: a picture needs at least one pixel; give WIDTHxHEIGHT")
    if needed > quality.largest_bytes or max(width, height) * quality.supersample > _LARGEST_SIDE:
        limit_gb = quality.largest_bytes / 1e9
        raise RenderError(
            f"size {width}x{height}: would need {needed / 1e9:.1f} GB, the limit is {limit_gb:.1f} GB and "
            f"{_LARGEST_SIDE // quality.supersample} pixels a side; ask for a smaller picture"
        )


def quality_of(options: PreviewOptions) -> Quality:
    """Renderer settings of the options."""
    return Quality(
        supersample=options.supersample,
        outline=options.outline,
        backdrop=options.backdrop,
        largest_bytes=options.memory_mb * 1_000_000,
    )
