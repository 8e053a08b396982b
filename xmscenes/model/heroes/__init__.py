"""Landmarks with models of their own: one file a landmark, and a user's GLB in place of any of them."""

from xmscenes.model.heroes.hero import Hero
from xmscenes.model.heroes.place import Located, hidden_footprints, locate_heroes, place_hero
from xmscenes.model.heroes.registry import HEROES
from xmscenes.model.heroes.user_glb import read_hero_glb

__all__ = ["HEROES", "Hero", "Located", "hidden_footprints", "locate_heroes", "place_hero", "read_hero_glb"]
