"""What a SELECT selects and a RETURNING returns."""

from __future__ import annotations

from qb.render.terms import OUTPUT, Piece, joined
from qb.tree.shapes import RowShape
from qb.tree.slots import slots


def output_list(shape: RowShape) -> list[Piece]:
    """The outputs of a row, each between two marks."""
    return joined(", ", ([OUTPUT, slot, OUTPUT] for slot in slots(shape)))
