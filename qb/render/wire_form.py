"""In which form a result travels: binary where psycopg reads every column of it faster, text elsewhere.

Binary jsonb has no loader in C and text has, so documents are cast to text in a binary result.
https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES
"""

from __future__ import annotations

from msgspec.structs import replace

from qb.tree.nodes import Cast, Node, RawSql
from qb.tree.statements import (
    DeleteNode,
    EntityShape,
    InsertNode,
    MappedShape,
    NestedShape,
    Output,
    RowShape,
    ScalarShape,
    SelectNode,
    SetNode,
    TupleShape,
    UpdateNode,
)
from qb.tree.walk import within
from qb.types import pg


def wire_form(statement: Node) -> tuple[Node, bool]:
    """The statement to render, and whether its result is asked for in binary."""
    match statement:
        case SelectNode(distinct=False, distinct_on=()) if _fits(statement.shape, documents=True):
            return replace(statement, shape=_documents_as_text(statement.shape)), True
        case InsertNode(shape=shape) | UpdateNode(shape=shape) | DeleteNode(shape=shape) if shape is not None and _fits(
            shape, documents=True
        ):
            return replace(statement, shape=_documents_as_text(shape)), True
        case SelectNode(shape=shape) | SetNode(shape=shape):
            # DISTINCT and set operations compare columns: those stay as they are.
            return statement, _fits(shape, documents=False)
        case _:
            return statement, False


def _fits(shape: RowShape, *, documents: bool) -> bool:
    match shape:
        case ScalarShape(output=output):
            return _fits_output(output, documents)
        case EntityShape(outputs=outputs):
            return all(_fits_output(output, documents) for output in outputs)
        case TupleShape(items=items) | MappedShape(items=items):
            return all(_fits(item, documents=documents) for item in items)
        case _:
            return documents


def _fits_output(output: Output, documents: bool) -> bool:
    if output.type.wire.is_document:
        return documents
    # The type of raw SQL is only what the user said of it: text is read whatever it is.
    return output.type.wire.binary and not any(isinstance(node, RawSql) for node in within(output.node))


def _documents_as_text(shape: RowShape) -> RowShape:
    match shape:
        case ScalarShape(output=output):
            return ScalarShape(_as_text(output))
        case EntityShape(outputs=outputs):
            return replace(shape, outputs=tuple(map(_as_text, outputs)))
        case TupleShape(items=items) | MappedShape(items=items):
            return replace(shape, items=tuple(map(_documents_as_text, items)))
        case NestedShape():
            return ScalarShape(Output(Cast(shape, pg.text), pg.text, str, False, "", ""))
        case _:
            return shape


def _as_text(output: Output) -> Output:
    return replace(output, node=Cast(output.node, pg.text)) if output.type.wire.is_document else output
