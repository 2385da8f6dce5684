"""What errors call a column of a result, and how it is made one that is never NULL."""

from __future__ import annotations

from qb.tree.expressions import Cast, ColumnNode, Expression
from qb.tree.relations import label
from qb.tree.shapes import Output
from qb.types import pg
from qb.types.facts import Wire


def output_title(out: Output) -> str:
    """`users.name`, `max`, `the cast of users.id to text`."""
    if isinstance(out.node, Cast) and not out.name:
        return f"the cast of {_named(out.node.operand) or 'an expression'} to {out.node.type.name}"
    return ".".join(name for name in (out.table, out.name) if name) or "an expression"


def never_null(out: Output) -> str:
    """What to select in its place. The type of a cast says of no operand that it is never NULL."""
    if not isinstance(out.node, Cast) or out.name:
        return "fn.coalesce(...)"
    word = out.node.type.name.replace(" ", "_")
    due = f"pg.{word}" if getattr(pg, word, None) == out.node.type else "..."
    cast = f"{_named(out.node.operand) or 'x'}.cast({due})"
    return f"fn.coalesce({cast}, {_nothing(out.node.type.wire)}), as every cast is typed as what may be NULL"


def _named(node: Expression) -> str:
    return f"{label(node.relation)}.{node.name}" if isinstance(node, ColumnNode) else ""


def _nothing(wire: Wire) -> str:
    if wire.is_text:
        return '""'
    return "0" if wire.is_number else "False" if wire.is_boolean else "..."
