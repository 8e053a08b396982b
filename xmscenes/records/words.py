"""The words that a record may use: origin, form, surface, point class."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Origin(StrEnum):
    """Where a thing comes from. The five words stay apart from file to pixel."""

    MEASURED = "measured"
    OPENSTREETMAP = "openstreetmap"
    DIGITISED = "digitised"
    SIMULATED = "simulated"
    INFERRED = "inferred"


class Form(StrEnum):
    """CityGML's level of a building's form (modelling); rendering levels are integers, LOD0 the finest."""

    BLOCK = "block"  # LoD1.2: one height
    STEPPED = "stepped"  # LoD1.3: one height per part
    ROOFED = "roofed"  # LoD2.2: roof planes

    @property
    def citygml(self) -> str:
        """CityGML/3DBAG name of the form, e.g. ``"1.2"``."""
        return {Form.BLOCK: "1.2", Form.STEPPED: "1.3", Form.ROOFED: "2.2"}[self]


class Surface(IntEnum):
    """What a face of a mesh is."""

    OTHER = 0
    GROUND = 1  # terrain
    WATER = 2
    ROAD = 3
    ROOF = 4
    WALL = 5
    FLOOR = 6  # the underside of a building
    FOLIAGE = 7
    ROCK = 8
    DETAIL = 9  # relief on buildings, railings, boats


class PointClass(IntEnum):
    """ASPRS classes that the pipeline uses."""

    UNCLASSIFIED = 1
    GROUND = 2
    LOW_VEGETATION = 3
    MEDIUM_VEGETATION = 4
    HIGH_VEGETATION = 5
    BUILDING = 6
    LOW_NOISE = 7
    WATER = 9
    BRIDGE = 17
    HIGH_NOISE = 18
