"""Buildings: closed solids in nested forms from an outline and the points above it."""

from xmscenes.geometry.polygons import repair_footprint
from xmscenes.model.buildings.explain import Explanation, explain_building
from xmscenes.model.buildings.outline import outline_buildings
from xmscenes.model.buildings.reconstruct import reconstruct_building

__all__ = ["Explanation", "explain_building", "outline_buildings", "reconstruct_building", "repair_footprint"]
