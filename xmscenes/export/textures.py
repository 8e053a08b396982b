"""Atlas images in glTF files: as they are for ``plain``, as WebP for ``xr`` and ``tiles``.

WebP and not KTX2: every client that we test decodes WebP without a transcoder, while Babylon.js fetches its KTX2
transcoder from a foreign host, and the KTX2 encoders for Python state no licence. The price is GPU memory (RGBA8),
so maps other than colour are halved, and the budget check counts what a GPU really holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from xmscenes.export.files import write_atomic
from xmscenes.look.atlas import ATLASES, find_images

if TYPE_CHECKING:
    from pathlib import Path

    from xmscenes.export.gltf import GltfWriter

MIME = {".jpg": "image/jpeg", ".png": "image/png"}
QUALITY = {"albedo": 80, "normal": 85, "orm": 75, "emissive": 75}
REPEAT, CLAMP, LINEAR, TRILINEAR = 10497, 33071, 9729, 9987


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRules:
    """How a delivery stores images. ``assets`` None: no images, colours only."""

    assets: Path | None = None
    webp: bool = False
    largest_px: int = 2048  # of colour maps; the others get half when ``webp``
    colour_only: bool = False
    beside: Path | None = None  # folder for image files that several GLBs share; None: images inside the GLB
    beside_uri: str = ""  # that folder as the GLB sees it, e.g. "../textures"


class TextureTable:
    """Textures of one file, made when a material first asks for them."""

    def __init__(self, writer: GltfWriter, rules: ImageRules) -> None:
        self._writer = writer
        self._rules = rules
        self._index: dict[tuple[str, str], int] = {}

    def kinds(self, name: str) -> set[str]:
        """Maps that an atlas has in this file: albedo, normal, orm, emissive; none without assets."""
        if self._rules.assets is None:
            return set()
        found = set(_images(name, self._rules.assets))
        return found & {"albedo"} if self._rules.colour_only else found

    def maps(self, name: str, wanted: set[str]) -> dict[str, int]:
        """Texture index of the wanted maps of an atlas, as far as it has them."""
        if self._rules.assets is None:
            return {}
        paths = _images(name, self._rules.assets)
        return {kind: self._texture(name, kind, paths[kind]) for kind in sorted(self.kinds(name) & wanted)}

    def _texture(self, name: str, kind: str, path: Path) -> int:
        key = (name, kind)
        if key not in self._index:
            image = self._image(name, kind, path)
            item: dict[str, object] = {"sampler": self._sampler(repeat=ATLASES[name].repeat)}
            if self._rules.webp:
                self._writer.use("EXT_texture_webp", required=True)
                item["extensions"] = {"EXT_texture_webp": {"source": image}}
            else:
                item["source"] = image
            self._index[key] = self._writer.append("textures", item)
        return self._index[key]

    def _image(self, name: str, kind: str, path: Path) -> int:
        item: dict[str, object] = {"name": f"{name}_{kind}"}
        if self._rules.beside is None:
            data, mime = self._encoded(path, kind)
            item |= {"bufferView": self._writer.append("bufferViews", self._writer.blob(data)), "mimeType": mime}
        else:
            suffix = ".webp" if self._rules.webp else path.suffix
            shared = self._rules.beside / f"{name}_{kind}{suffix}"
            if not shared.exists():
                write_atomic(shared, self._encoded(path, kind)[0])
            mime = "image/webp" if self._rules.webp else MIME[path.suffix]
            item |= {"uri": f"{self._rules.beside_uri}/{shared.name}", "mimeType": mime}
        return self._writer.append("images", item)

    def _sampler(self, *, repeat: bool) -> int:
        wrap = REPEAT if repeat else CLAMP
        item = {"magFilter": LINEAR, "minFilter": TRILINEAR, "wrapS": wrap, "wrapT": wrap}
        samplers = self._writer.json.setdefault("samplers", [])
        return samplers.index(item) if item in samplers else self._writer.append("samplers", item)

    def _encoded(self, path: Path, kind: str) -> tuple[bytes, str]:
        if not self._rules.webp:
            return path.read_bytes(), MIME[path.suffix]
        largest = self._rules.largest_px if kind == "albedo" else self._rules.largest_px // 2
        return webp_bytes(path, largest, QUALITY[kind]), "image/webp"


_images = lru_cache(maxsize=64)(find_images)  # asked for by every primitive of every file


def webp_bytes(path: Path, largest_px: int, quality: int) -> bytes:
    """Encode an image file as WebP, no side longer than ``largest_px``; the same file only once a process."""
    stat = path.stat()
    return _webp_bytes(path, (stat.st_mtime_ns, stat.st_size), largest_px, quality)


@lru_cache(maxsize=32)
def _webp_bytes(path: Path, version: tuple[int, int], largest_px: int, quality: int) -> bytes:
    del version  # part of the key: a file that changed is encoded anew
    from PIL import Image

    with Image.open(path) as picture:
        image = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    if max(image.size) > largest_px:
        factor = largest_px / max(image.size)
        image = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)
    stream = BytesIO()
    image.save(stream, "WEBP", quality=quality, method=4, exact=False)
    return stream.getvalue()
