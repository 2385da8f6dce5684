"""LIKE and ILIKE.

https://www.postgresql.org/docs/current/functions-matching.html#FUNCTIONS-LIKE
"""

from __future__ import annotations

from typing import Any

from qb.query.beside import check_text
from qb.query.expr.lift import lift, lift_beside
from qb.query.expr.typed import Typed, is_typed
from qb.tree.expressions import Expression, Infix
from qb.types import pg
from qb.types.text import LabelledText


def matched(operator: str, left: Typed[Any], pattern: object) -> Expression:
    """`left operator pattern`; QueryError for what is no text."""
    check_text(operator, left.type)
    if is_typed(pattern):
        check_text(operator, pattern.type)
    # A pattern is text, whatever the column is: as char(n) it would lose its spaces.
    if isinstance(left.type, LabelledText) or left.type.wire.padded:
        return Infix(operator, left.node, lift(pattern, pg.text))
    return Infix(operator, left.node, lift_beside(pattern, left))
