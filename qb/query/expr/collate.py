"""COLLATE: a text that is compared and ordered by another collation than its column's.

https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-COLLATE-EXPRS
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qb.errors import DefinitionError, QueryError
from qb.query.expr.typed import Typed, label_of
from qb.tree.expressions import Collate
from qb.types.collation import collation_of

if TYPE_CHECKING:
    from qb.types.collation import OwnCollation


def collated(text: Typed[Any], name: str | OwnCollation, schema: str | None) -> Typed[Any]:
    """The text with a collation. QueryError for what has none."""
    what = label_of(text) or "an expression"
    wire = text.type.wire
    if not (wire.is_text or wire.is_opaque):
        raise QueryError(f"{what} is {text.type.name}, which has no collation: cast it to pg.text, or drop collate")
    try:
        collation = collation_of(name, schema, what)
    except DefinitionError as error:
        raise QueryError(str(error)) from None
    return Typed(Collate(text.node, collation), text.type, text.python, text.optional)
