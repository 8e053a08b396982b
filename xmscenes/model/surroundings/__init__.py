"""What lies around a scene and is no part of it: the open sea, and the land as quiet ground."""

from xmscenes.model.surroundings.ring import make_surroundings

__all__ = ["make_surroundings"]
