"""One HTML page that shows what changed: reference, new picture and heat map side by side, files beside it."""

from __future__ import annotations

import html
import os
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.preview.picture import write_png

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.preview.compare import Comparison, PictureChange

_STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans SC",sans-serif;margin:2rem;background:#f7f6f2;color:#262a2e}
section{margin:1.5rem 0;padding:1rem;background:#fff;border-left:6px solid #3a8f5c}
section.changed{border-color:#c0392b}
.row{display:flex;gap:.6rem;flex-wrap:wrap}figure{margin:0;flex:1 1 24rem}
img{width:100%;display:block;background:#ddd}figcaption{color:#666;font-size:13px}
h2{margin:.1rem 0 .5rem;font-size:1rem}
"""


def write_page(page: Path, comparison: Comparison, ref_dir: Path, new_dir: Path) -> Path:
    """Write the page; heat maps go into a folder ``heat`` beside it. Changed pictures come first."""
    page.parent.mkdir(parents=True, exist_ok=True)
    ordered = sorted(comparison.changes, key=lambda c: (not c.problem, c.name))
    body = "\n".join(_section(page, change, ref_dir, new_dir) for change in ordered)
    count = len(comparison.lines)
    head = f"{count} of {len(comparison.changes)} pictures changed" if count else "nothing changed"
    text = (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{head}</title><style>{_STYLE}</style>\n'
        f"<h1>Pictures: {head}</h1>\n{body}\n</html>\n"
    )
    partial = page.with_name(f".{page.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(page)
    return page


def _section(page: Path, change: PictureChange, ref_dir: Path, new_dir: Path) -> str:
    pictures = [("reference", ref_dir / f"{change.name}.png"), ("new", new_dir / f"{change.name}.png")]
    if change.problem and change.heat is not None:
        heat = write_png(page.parent / "heat" / f"{change.name}.png", heat_rgb(change.heat), {})
        pictures.append(("difference", heat))
    figures = "".join(
        f'<figure><img src="{html.escape(os.path.relpath(path, page.parent))}" alt="{label}">'
        f"<figcaption>{label}</figcaption></figure>"
        for label, path in pictures
        if path.is_file()
    )
    numbers = f"similarity {change.mean:.4f}, worst part {change.worst_block:.3f}, colour {change.worst_color:.3f}"
    state = "changed" if change.problem else "same"
    return (
        f'<section class="{state}"><h2>{html.escape(change.name)}: {html.escape(change.problem or "unchanged")}</h2>'
        f'<p>{numbers}</p><div class="row">{figures}</div></section>'
    )


def heat_rgb(heat: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Heat in [0, 1] as colours from near black through red to yellow, u1 (H, W, 3)."""
    stops = np.array([0.0, 0.25, 0.6, 1.0])
    ramp = np.array([[16, 18, 24], [110, 20, 60], [230, 70, 30], [255, 235, 120]])
    return np.stack([np.interp(heat, stops, ramp[:, k]) for k in range(3)], axis=-1).astype("u1")
