"""What shines by night although the file does not say so: core glTF has no themes, the table of materials does."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import InputError
from xmscenes.look.atlas import ATLASES, find_images
from xmscenes.look.materials import INDEX, MATERIALS
from xmscenes.preview.scene import RenderTexture

if TYPE_CHECKING:
    from xmscenes.preview.scene import RenderMaterial

_SOURCE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glow:
    """Linear factor; whether the hour decides it; atlas whose emissive image is missing in the file."""

    factor: tuple[float, float, float]
    by_hour: bool = False
    atlas: str = ""


def glow_of(material: RenderMaterial) -> Glow:
    """Give the own light of a material: the file's, or what the table of materials makes of lamps and windows."""
    index = INDEX.get(material.name)
    if index is None or any(material.emissive):
        return Glow(factor=material.emissive)
    look = MATERIALS[index]
    if not look.texture or material.emissive_texture is not None:
        return Glow(factor=look.emissive_rgb, by_hour=True)
    # A whole wall must not shine: without the picture of its windows it stays dark.
    has_picture = material.texture is not None and emissive_file(look.texture) is not None
    return Glow(factor=look.emissive_rgb, by_hour=True, atlas=look.texture) if has_picture else Glow(factor=(0, 0, 0))


def emissive_file(atlas: str) -> Path | None:
    """Image of an atlas' lit windows, if the assets are at hand."""
    if atlas not in ATLASES or not ATLASES[atlas].emissive:
        return None
    homes = [Path(home)] if (home := os.environ.get("XMSCENES_HOME")) else []
    for folder in (*homes, _SOURCE.parent, _SOURCE / "_shipped"):
        try:
            return find_images(atlas, folder / "assets")["emissive"]
        except InputError:
            continue  # looked for in the next place; windows stay dark where there is none
    return None


def emissive_texture(atlas: str) -> RenderTexture:
    """Decoded image of an atlas' lit windows."""
    from PIL import Image

    path = emissive_file(atlas)
    if path is None:
        raise ValueError(f"{atlas}: no emissive image")
    with Image.open(path) as picture:
        return RenderTexture(name=path.name, pixels=np.asarray(picture.convert("RGBA")), repeat=(True, True))
