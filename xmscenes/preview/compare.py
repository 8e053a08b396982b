"""Has a picture changed? Structural similarity with a tolerance per camera, and a page that shows where.

Method: Wang, Bovik, Sheikh, Simoncelli, Image Quality Assessment (2004), by scikit-image. A mean over the picture lets
a moved house pass, so the worst block of the picture is judged as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

BLOCK_PX = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How much a picture may change: least mean similarity, least similarity of any block, colour of any block.

    Measured on two Mesa settings (vector width 128 and 256 bit, 1 and 2 threads) and after JPEG at quality 90: see
    docs/bench. Colour is the mean difference within a block, in [0, 1].
    """

    mean: float = 0.985
    block: float = 0.60
    color: float = 0.045


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureChange:
    """What the comparison found for one picture. ``problem`` is empty when it has not changed."""

    name: str
    mean: float = 1.0
    worst_block: float = 1.0
    worst_color: float = 0.0
    problem: str = ""
    heat: NDArray[np.float32] | None = field(default=None, repr=False)  # (H, W), 0 same … 1 changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All pictures of two folders, by name."""

    changes: tuple[PictureChange, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing changed beyond its tolerance."""
        return not any(c.problem for c in self.changes)

    @property
    def lines(self) -> tuple[str, ...]:
        """One line a picture that changed."""
        return tuple(f"{c.name}: {c.problem}" for c in self.changes if c.problem)


def compare(
    ref_dir: Path, new_dir: Path, tolerances: Mapping[str, Tolerance] | None = None, *, page: Path | None = None
) -> Comparison:
    """Compare the PNG files of two folders. A picture on one side only counts as a change.

    ``tolerances`` is by file stem, ``"*"`` for the rest. With ``page`` an HTML page shows what changed, side by side
    with a heat map. An empty or missing reference folder raises ``RenderError``.
    """
    if not ref_dir.is_dir() or not any(ref_dir.glob("*.png")):
        raise RenderError(f"{ref_dir}: no reference pictures; write them first with --update")
    table = tolerances or {}
    stems = sorted({p.stem for folder in (ref_dir, new_dir) for p in folder.glob("*.png") if p.name[0] != "."})
    changes = []
    for stem in stems:
        tolerance = table.get(stem, table.get("*", Tolerance()))
        ref, new = ref_dir / f"{stem}.png", new_dir / f"{stem}.png"
        if not new.is_file():
            changes.append(PictureChange(name=stem, problem="the picture is missing; render it, or --update"))
        elif not ref.is_file():
            changes.append(PictureChange(name=stem, problem="there is no reference; look at it, then --update"))
        else:
            changes.append(compare_pictures(stem, _read(ref), _read(new), tolerance))
    comparison = Comparison(changes=tuple(changes))
    if page is not None:
        from xmscenes.preview.compare_page import write_page

        write_page(page, comparison, ref_dir, new_dir)
    return comparison


def compare_pictures(
    name: str, ref: NDArray[np.uint8], new: NDArray[np.uint8], tolerance: Tolerance | None = None
) -> PictureChange:
    """Compare two pictures u1 (H, W, 3). Another size is a change."""
    from skimage.metrics import structural_similarity

    if ref.shape != new.shape:
        sizes = [f"{a.shape[1]}x{a.shape[0]}" for a in (ref, new)]
        return PictureChange(name=name, mean=0.0, problem=f"size {sizes[1]} instead of {sizes[0]}")
    limit = tolerance or Tolerance()
    a, b = _softened(ref), _softened(new)
    window = min(7, (min(ref.shape[:2]) - 1) // 2 * 2 + 1)
    mean, similar = structural_similarity(
        a, b, channel_axis=2, data_range=1.0, full=True, win_size=max(window, 3), K1=0.02, K2=0.06
    )
    similar = similar.mean(axis=2)
    blocks = _block_means(similar)
    color = _block_means(np.abs(a - b).max(axis=2))
    worst, off = float(blocks.min()), float(color.max())
    found = [
        text
        for bad, text in (
            (mean < limit.mean, f"similarity {mean:.4f} below {limit.mean}"),
            (worst < limit.block, f"a part of it similar by {worst:.2f} only, below {limit.block}"),
            (off > limit.color, f"colour of a part off by {off:.3f}, above {limit.color}"),
        )
        if bad
    ]
    heat = np.clip(np.maximum((1 - similar) / 0.8, np.abs(a - b).max(axis=2) * 4), 0, 1).astype("f4")
    return PictureChange(
        name=name, mean=float(mean), worst_block=worst, worst_color=off, problem="; ".join(found), heat=heat
    )


def _softened(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean over 3 x 3 pixels, in [0, 1]: noise of one pixel is no change."""
    padded = np.pad(pixels.astype("f8") / 255.0, ((1, 1), (1, 1), (0, 0)), mode="edge")
    h, w = pixels.shape[:2]
    return np.asarray(sum(padded[y : y + h, x : x + w] for y in range(3) for x in range(3)) / 9.0)


def _block_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means over overlapping blocks, half a block apart. Small pictures are one block."""
    h, w = values.shape
    size = min(BLOCK_PX, h, w)
    total = np.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    y, x = np.arange(0, h - size + 1, max(size // 2, 1)), np.arange(0, w - size + 1, max(size // 2, 1))
    y, x = np.union1d(y, [h - size]), np.union1d(x, [w - size])
    s = total[np.ix_(y + size, x + size)] - total[np.ix_(y, x + size)] - total[np.ix_(y + size, x)]
    return np.asarray((s + total[np.ix_(y, x)]) / size**2)


def _read(path: Path) -> NDArray[np.uint8]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGB"))
    except (UnidentifiedImageError, OSError) as error:
        raise RenderError(f"{path}: cannot be read as a picture ({error}); render it again") from error
