"""Heights of buildings that no point describes: from the layer's own hints, else a default by kind of building."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.records import Origin

if TYPE_CHECKING:
    from xmscenes.options import BuildingOptions
    from xmscenes.records import Footprint

# Typical storeys by OpenStreetMap building value, judged from southern Chinese towns; "yes" is anything.
STOREYS_OF_KIND: dict[str, float] = {
    "yes": 2.0, "house": 2.0, "detached": 2.0, "residential": 3.0, "apartments": 6.0, "dormitory": 5.0,
    "villa": 2.0, "terrace": 2.0, "hotel": 4.0, "commercial": 3.0, "retail": 2.0, "office": 5.0, "school": 4.0,
    "university": 4.0, "hospital": 4.0, "kindergarten": 2.0, "public": 3.0, "government": 3.0, "civic": 3.0,
    "church": 4.0, "cathedral": 5.0, "chapel": 2.0, "temple": 2.0, "shrine": 1.5, "mosque": 3.0,
    "industrial": 2.0, "warehouse": 2.0, "train_station": 3.0, "ferry_terminal": 2.0, "garage": 1.0,
    "garages": 1.0, "shed": 1.0, "hut": 1.0, "roof": 1.2, "kiosk": 1.0, "toilets": 1.0, "service": 1.0,
    "pavilion": 1.5, "greenhouse": 1.0, "carport": 1.0, "stadium": 5.0, "tower": 6.0,
}  # fmt: skip
LEAST_M = 2.2
MOST_M = 700.0


def inferred_height(footprint: Footprint, options: BuildingOptions) -> tuple[float, str, Origin]:
    """Height above ground without points: the height, where it comes from in words, and its origin.

    The layer's ``height_m`` wins, then ``levels`` times the storey height (both keep the layer's origin), then
    a default by the tag ``building`` (origin INFERRED). Nonsense (not finite, not positive) is passed over.
    """
    given = footprint.height_m
    if given is not None and 0.0 < given < MOST_M:
        return max(given, 0.5), "height of the layer", footprint.origin
    levels = footprint.levels
    if levels is not None and 0.0 < levels < MOST_M / options.storey_m:
        return max(levels * options.storey_m, LEAST_M), "storeys of the layer", footprint.origin
    kind = footprint.tags.get("building", "yes")
    storeys = STOREYS_OF_KIND.get(kind, STOREYS_OF_KIND["yes"])
    return max(storeys * options.storey_m, LEAST_M), f"default for {kind}", Origin.INFERRED
