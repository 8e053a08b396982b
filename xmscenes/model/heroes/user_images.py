"""The textures of a user's GLB: their sizes are read from their headers, before anything is decoded."""

from __future__ import annotations

import base64
import binascii
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any

from xmscenes.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def require_small_images(file: Path, tree: dict[str, Any], largest_px: int) -> None:
    """Refuse a model one of whose textures is wider or higher than ``largest_px``, or no picture at all.

    A picture of 16 k a side is a few kilobytes on disk and a gigabyte in memory.
    """
    images = tree.get("images", [])
    for k, item in enumerate(images if isinstance(images, list) else []):
        try:
            width, height = _size(_bytes(file, tree, item))
        except (OSError, KeyError, IndexError, TypeError, ValueError, binascii.Error) as error:
            raise InputError(f"{file}: images/{k} is no picture that can be decoded; use PNG, JPEG or WebP") from error
        if max(width, height) > largest_px:
            raise InputError(f"{file}: a texture of {width} x {height}; keep it within {largest_px} pixels")


def _size(raw: bytes) -> tuple[int, int]:
    from PIL import Image

    most = Image.MAX_IMAGE_PIXELS
    try:  # the header alone is read; Pillow's guard against bombs would hide the size from the message
        Image.MAX_IMAGE_PIXELS = None
        with warnings.catch_warnings(), Image.open(BytesIO(raw)) as picture:
            return picture.size
    finally:
        Image.MAX_IMAGE_PIXELS = most


def _bytes(file: Path, tree: dict[str, Any], item: dict[str, Any]) -> bytes:
    uri = str(item.get("uri", ""))
    if uri.startswith("data:"):
        return base64.b64decode(uri.partition(",")[2])
    if uri:
        return (file.parent / uri).read_bytes()
    view = tree["bufferViews"][item["bufferView"]]
    with file.open("rb") as stream:
        stream.seek(12)
        length = int.from_bytes(stream.read(4), "little")
        stream.seek(28 + length + int(view.get("byteOffset", 0)))
        return stream.read(int(view["byteLength"]))
