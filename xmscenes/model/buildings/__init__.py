"""Buildings: closed solids in nested forms from an outline and the points above it."""

from xmscenes.model.buildings.reconstruct import reconstruct_building

__all__ = ["reconstruct_building"]
