"""lod: rendering levels with measured errors."""

from xmscenes.lod.levels import make_levels
from xmscenes.lod.prototypes import make_prototypes

__all__ = ["make_levels", "make_prototypes"]
