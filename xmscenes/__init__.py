"""xmscenes: point clouds and GIS footprints of a place, turned into checked glTF scenes with levels of detail."""

__version__ = "0.1.0"
