"""Feature tables inside GLB contents: EXT_mesh_features names the feature of a face, EXT_structural_metadata says
what it is. Both are read by 3D Tiles clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xmscenes.export.gltf import GltfWriter

Json = dict[str, Any]
FEATURES, METADATA = "EXT_mesh_features", "EXT_structural_metadata"
TEXTS = ("id", "kind", "name", "form", "origin", "source")
FIGURES = {"rmse_m": "Root mean square distance of the points to the roof, metres", "height_m": "Height, metres"}
NO_FIGURE = -1.0


def primitive_features(count: int) -> Json:
    """Extension of a primitive whose ``_FEATURE_ID_0`` are rows of the first property table."""
    return {FEATURES: {"featureIds": [{"featureCount": count, "attribute": 0, "propertyTable": 0}]}}


def write_metadata(writer: GltfWriter, rows: Sequence[Json]) -> None:
    """Write the property table of a file's features, given as rows of the feature table in the order of their ids."""
    properties: Json = {}
    declared: Json = {}
    for name in TEXTS:
        declared[name] = {"type": "STRING"}
        texts = [str(row.get(name, "")).encode() for row in rows]
        offsets = np.cumsum([0, *map(len, texts)]).astype("<u4")
        properties[name] = {
            "values": _view(writer, b"".join(texts) or b"\0"),
            "stringOffsets": _view(writer, offsets.tobytes()),
            "stringOffsetType": "UINT32",
        }
    for name, about in FIGURES.items():
        declared[name] = {
            "type": "SCALAR",
            "componentType": "FLOAT32",
            "noData": NO_FIGURE,
            "description": about,
        }
        values = np.array([row.get(name, NO_FIGURE) for row in rows], dtype="<f4")
        properties[name] = {"values": _view(writer, values.tobytes())}
    writer.json.setdefault("extensions", {})[METADATA] = {
        "schema": {"id": "xmscenes", "classes": {"feature": {"properties": declared}}},
        "propertyTables": [{"name": "features", "class": "feature", "count": len(rows), "properties": properties}],
    }
    writer.use(METADATA)
    writer.use(FEATURES)


def _view(writer: GltfWriter, data: bytes) -> int:
    return writer.append("bufferViews", writer.blob(data, align=8))
