"""What files say about themselves and their features: asset, licence, attribution, one table row a feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xmscenes.export.gltf import GltfWriter
    from xmscenes.records import FeatureInfo, Scene

GENERATOR = "xmscenes"
XMP = "KHR_xmp_json_ld"
COLUMNS = ("id", "kind", "name", "form", "origin", "source", "points", "rmse_m", "p95_m", "height_m")


def attribution(scene: Scene) -> str:
    """Every attribution line of the sources once, in their order."""
    return "; ".join(dict.fromkeys(source.attribution for source in scene.sources if source.attribution))


def asset(scene: Scene) -> dict[str, str]:
    """Make glTF's ``asset``: generator, and licence with attribution as copyright."""
    lines = [scene.licence, attribution(scene)]
    return {"generator": GENERATOR, "copyright": "; ".join(line for line in lines if line)}


def feature_columns(features: Sequence[FeatureInfo]) -> dict[str, list[Any]]:
    """The main columns of the same table, every one as long as the table; null where a feature has no such value.

    The rest stays in ``plain`` and in the manifest: the table comes before anything is drawn.
    """
    rows = feature_table(features)
    found = {name for row in rows for name in row}
    names = [name for name in COLUMNS if name in found]
    return {name: [row.get(name) for row in rows] for name in names}


def describe(writer: GltfWriter, scene: Scene) -> None:
    """Write title, licence and attribution as metadata that tools can read (KHR_xmp_json_ld)."""
    packet: dict[str, Any] = {
        "@context": {"dc": "http://purl.org/dc/elements/1.1/", "xmpRights": "http://ns.adobe.com/xap/1.0/rights/"},
        "@id": "",
        "dc:title": {"@type": "rdf:Alt", "rdf:_1": {"@language": "zh", "@value": scene.title}},
        "dc:rights": {"@type": "rdf:Alt", "rdf:_1": {"@language": "en", "@value": asset(scene)["copyright"]}},
        "xmpRights:UsageTerms": {"@type": "rdf:Alt", "rdf:_1": {"@language": "en", "@value": scene.licence}},
        "dc:source": {"@set": sorted({source.path for source in scene.sources})},
    }
    packet["@context"]["rdf"] = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    if scene.title_en:
        packet["dc:title"]["rdf:_2"] = {"@language": "en", "@value": scene.title_en}
    writer.json.setdefault("extensions", {})[XMP] = {"packets": [packet]}
    writer.json["asset"]["extensions"] = {XMP: {"packet": 0}}
    writer.use(XMP)


def feature_table(features: Sequence[FeatureInfo]) -> list[dict[str, Any]]:
    """One row a feature, in feature-id order: what it is, where it comes from, how well it fits."""
    return [_row(feature) for feature in features]


def _row(feature: FeatureInfo) -> dict[str, Any]:
    outcome = feature.outcome
    row: dict[str, Any] = {"id": feature.id, "kind": feature.kind, "origin": str(outcome.origin)}
    optional = {
        "name": feature.name,
        "form": str(feature.form) if feature.form else "",
        "source": outcome.source,
        "fallback": outcome.fallback,
        "points": outcome.point_count,
        "rmse_m": None if outcome.rmse_m is None else round(outcome.rmse_m, 3),
        **{key: _rounded(value) for key, value in sorted(outcome.quality.items())},
    }
    return row | {key: value for key, value in optional.items() if value not in ("", None, 0)}


def _rounded(value: float | int | str) -> float | int | str:
    return round(value, 4) if isinstance(value, float) else value
