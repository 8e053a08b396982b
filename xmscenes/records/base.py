"""What every record has in common: frozen, arrays C-contiguous and not writeable, dtype and shape checked."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

import numpy as np

Array = Any  # an ndarray whose dtype and shape the record's ``_shapes`` table states and checks


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Base of the records: checks and freezes the arrays named in the subclass' ``_shapes``."""

    def __post_init__(self) -> None:
        """Check dtype and shape of every array and make it read-only."""
        sizes: dict[str, int] = {}
        for name, dtype, shape, optional in _declared(type(self)):  # type: ignore[arg-type]  # a type has a hash
            value = getattr(self, name)
            if value is not None:
                frozen = _frozen(value, dtype, shape, sizes, type(self), name)
                if frozen is not value:
                    object.__setattr__(self, name, frozen)
            elif not optional:
                raise TypeError(f"{type(self).__name__}.{name} is None")


@cache
def _declared(owner: Any) -> tuple[tuple[str, np.dtype[Any], tuple[str | int, ...], bool], ...]:
    """Name, dtype, shape and whether it may be None of every array; asked once a class, as records are many."""
    return tuple(
        (item.name, np.dtype(item.metadata["dtype"]), item.metadata["shape"], item.metadata["optional"])
        for item in fields(owner)
        if "shape" in item.metadata
    )


def _frozen(
    value: Array, dtype: np.dtype[Any], shape: tuple[str | int, ...], sizes: dict[str, int], owner: type, name: str
) -> Array:
    array = value if isinstance(value, np.ndarray) and value.flags.c_contiguous else np.ascontiguousarray(value)
    if array.dtype is not dtype and array.dtype != dtype:
        if not np.can_cast(array.dtype, dtype, casting="same_kind"):
            raise TypeError(f"{owner.__name__}.{name}: dtype {array.dtype}, want {dtype}")
        array = array.astype(dtype)
    if array.size == 0 and array.ndim != len(shape):
        array = array.reshape([0 if isinstance(n, str) else n for n in shape])
    if array.ndim != len(shape):
        raise ValueError(f"{owner.__name__}.{name}: shape {array.shape}, want {shape}")
    for size, want in zip(array.shape, shape, strict=True):
        expected = sizes.setdefault(want, size) if isinstance(want, str) else want
        if size != expected:
            raise ValueError(f"{owner.__name__}.{name}: shape {array.shape}, want {shape} with {want} = {expected}")
    if array.flags.writeable:
        array = array.view() if array.base is None and array is not value else array.copy()
        array.flags.writeable = False
    return array


def array(dtype: str, *shape: str | int, optional: bool = False) -> Any:
    """Declare an array field: numpy dtype and shape, letters for sizes that must agree within the record."""
    meta = {"dtype": dtype, "shape": shape, "optional": optional}
    return field(default=None, metadata=meta) if optional else field(metadata=meta)
