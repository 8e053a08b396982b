"""The sections of a spec that the model stage reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xmscenes.options import (
    BuildingLookOptions,
    BuildingOptions,
    LookOptions,
    RoadOptions,
    TerrainOptions,
    VegetationOptions,
    WaterOptions,
)

if TYPE_CHECKING:
    from xmscenes.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSections:
    """One options section a feature kind."""

    terrain: TerrainOptions = field(default_factory=TerrainOptions)
    water: WaterOptions = field(default_factory=WaterOptions)
    buildings: BuildingOptions = field(default_factory=BuildingOptions)
    roads: RoadOptions = field(default_factory=RoadOptions)
    vegetation: VegetationOptions = field(default_factory=VegetationOptions)
    look: LookOptions = field(default_factory=LookOptions)
    building: tuple[BuildingLookOptions, ...] = ()

    @classmethod
    def of(cls, spec: Spec) -> ModelSections:
        """The sections of a whole spec."""
        return cls(
            terrain=spec.terrain,
            water=spec.water,
            buildings=spec.buildings,
            roads=spec.roads,
            vegetation=spec.vegetation,
            look=spec.look,
            building=spec.building,
        )
