"""What files say about themselves and their features: asset, licence, attribution, one table row a feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xmscenes.records import FeatureInfo, Scene

GENERATOR = "xmscenes"


def attribution(scene: Scene) -> str:
    """Every attribution line of the sources once, in their order."""
    return "; ".join(dict.fromkeys(source.attribution for source in scene.sources if source.attribution))


def asset(scene: Scene) -> dict[str, str]:
    """Make glTF's ``asset``: generator, and licence with attribution as copyright."""
    lines = [scene.licence, attribution(scene)]
    return {"generator": GENERATOR, "copyright": "; ".join(line for line in lines if line)}


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
