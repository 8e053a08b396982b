"""xmscenes: point clouds and GIS footprints of a place, turned into checked glTF scenes with levels of detail."""

from xmscenes.kernels import keep_kernels_fresh

__version__ = "0.1.0"

keep_kernels_fresh()
