"""Pieces of one mesh that can be shown alone: their rows lie one behind the other in the mesh's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.export.quantize import Packed
from xmscenes.geometry.meshes import keep_faces
from xmscenes.look.materials import INDEX, MATERIALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.records import Mesh

Part = tuple[int, "Mesh", "NDArray[np.int32] | None"]  # material, mesh, feature row of every face
WORTH_FACETS = 256  # flat triangles that are worth a draw call of their own beside smooth ones


@dataclass(frozen=True, slots=True)
class Share:
    """What a piece has of a primitive: rows from ``first`` on, and its triangles, counted from there."""

    primitive: dict[str, Any]
    first: int
    position: NDArray[np.uint16] | NDArray[np.float32]
    faces: NDArray[np.uint32]


def looks_of(
    pieces: Sequence[Sequence[Part]], *, facets: bool, far: bool
) -> list[tuple[int, bool, dict[int, tuple[Mesh, NDArray[np.int32] | None]]]]:
    """Group parts by what draws them: material, whether they have normals, and what each piece has of it, by piece.

    With ``facets`` the flat faces of plain parts are taken apart from the smooth ones, and go without normals like the
    cards of ``far`` plants.
    """
    plain = [mesh for parts in pieces for material, mesh, _ in parts if material == INDEX["plain"]]
    worth = sum(int(_flat(mesh).sum()) for mesh in plain) >= WORTH_FACETS
    found: dict[tuple[int, bool], dict[int, tuple[Mesh, NDArray[np.int32] | None]]] = {}
    for number, parts in enumerate(pieces):
        for material, mesh, feature in parts:
            bare = _bare(material, mesh, worth=worth, far=far) & facets
            for without in (False, True):
                if (bare == without).any():
                    chosen = _chosen(mesh, feature, bare == without)
                    found.setdefault((material, without), {})[number] = chosen
    return [(material, not without, members) for (material, without), members in sorted(found.items())]


def _flat(mesh: Mesh) -> NDArray[np.bool_]:
    return np.ones(len(mesh.faces), bool) if mesh.smooth is None else ~mesh.smooth


def _bare(material: int, mesh: Mesh, *, worth: bool, far: bool) -> NDArray[np.bool_]:
    """Which faces of a part go without normals."""
    flat = _flat(mesh)
    if material == INDEX["plain"]:
        return flat & worth
    return np.full(len(flat), far and MATERIALS[material].alpha_mode == "MASK" and bool(flat.all()))


def _chosen(
    mesh: Mesh, feature: NDArray[np.int32] | None, chosen: NDArray[np.bool_]
) -> tuple[Mesh, NDArray[np.int32] | None]:
    if chosen.all():
        return mesh, feature
    return keep_faces(mesh, chosen), None if feature is None else feature[chosen]


def one_behind_the_other(packs: Sequence[Packed]) -> Packed:
    """Join primitives of one look and one grid; what only some of them carry is filled: white, no coordinates."""
    if len(packs) == 1:
        return packs[0]
    starts = np.cumsum([0, *(len(pack.position) for pack in packs)])
    faces = [pack.faces + np.uint32(start) for pack, start in zip(packs, starts[:-1], strict=True)]
    return Packed(
        position=np.concatenate([pack.position for pack in packs]),
        normal=_joined([pack.normal for pack in packs], packs, (0.0, 1.0, 0.0, 1.0), np.float32),
        tangent=_joined([pack.tangent for pack in packs], packs, (1.0, 0.0, 0.0, 1.0), np.float32),
        colour=_joined([pack.colour for pack in packs], packs, (255, 255, 255, 255), np.uint8),
        uv=_joined([pack.uv for pack in packs], packs, (0.0, 0.0), np.float32),
        feature=_joined([pack.feature for pack in packs], packs, (), np.int32),
        faces=np.concatenate(faces),
    )


def _joined(
    rows: Sequence[NDArray[Any] | None], packs: Sequence[Packed], missing: tuple[float, ...], kind: type
) -> NDArray[Any] | None:
    if all(part is None for part in rows):
        return None
    full = [
        np.broadcast_to(np.array(missing if missing else 0, kind), (len(pack.position), *np.shape(missing)))
        if part is None
        else part
        for part, pack in zip(rows, packs, strict=True)
    ]
    return np.concatenate(full)
