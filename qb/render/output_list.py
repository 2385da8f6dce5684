"""What a SELECT selects and a RETURNING returns."""

from __future__ import annotations

from qb.render.terms import Piece, joined
from qb.tree.shapes import RowShape
from qb.tree.slots import slots

MARK = "\0"
"""What no SQL holds."""


def output_list(shape: RowShape, marked: bool) -> list[Piece]:
    """The outputs of a row; `marked`: each between two marks."""
    if marked:
        return joined(", ", ([MARK, slot, MARK] for slot in slots(shape)))
    return joined(", ", slots(shape))
