"""lod: rendering levels with measured errors."""

from xmscenes.lod.levels import make_levels

__all__ = ["make_levels"]
