"""In which form a result travels: binary where psycopg reads every column of it faster, text elsewhere.

Binary jsonb has no loader in C and text has, so documents are cast to text in a binary result: text is put around an
output of the SQL as it was rendered, so there is the query as written, and what is sent, and a place in the one can be
found in the other. https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never, cast

from qb.model.target import Target
from qb.query.not_a_query import not_a_query
from qb.query.statement import Statement
from qb.render.compiled import Compiled, compile_node
from qb.tree.delete import DeleteNode
from qb.tree.expressions import ColumnNode, RawSql
from qb.tree.insert import InsertNode
from qb.tree.raw import RawStatement
from qb.tree.select import SelectNode
from qb.tree.shapes import EntityShape, NestedShape, Output, RowShape, ScalarShape
from qb.tree.slots import leaves
from qb.tree.statements import shape_of
from qb.tree.union import SetNode
from qb.tree.update import UpdateNode
from qb.tree.visit import within


def compile(query: Statement, *, target: Target = Target()) -> Compiled:
    """A query as SQL and parameters, checked. Errors: QueryError where it can never work, or the `target` is too old.

    https://www.postgresql.org/docs/current/sql.html

    >>> print(compile(select(User.name).where(User.settings.path(lambda s: s.theme) == "dark")))
    SELECT "users"."name"
    FROM "users"
    WHERE (('{"theme": "light"}'::jsonb || "users"."settings") ->> 'theme') = $1::text
    >>> compile(select(User.id, User.settings)).sent
    b'SELECT "users"."id", CAST("users"."settings" AS text) FROM "users"'
    >>> compile(delete(User))
    Traceback (most recent call last):
    ...
    qb.errors.QueryError: delete(users) has no where and would touch every row: ...
    """
    if not isinstance(cast("object", query), Statement):
        raise not_a_query(query)
    return travelling(compile_node(query.node, target))


def travelling(compiled: Compiled) -> Compiled:
    """A compiled statement with the form that its result travels in."""
    node = compiled.node
    shape = None if node is None else shape_of(node)
    if shape is None:
        return compiled
    match node:
        case SelectNode(distinct=False, distinct_on=()) | InsertNode() | UpdateNode() | DeleteNode():
            if not _fits(shape, documents=True):
                return compiled
        case SelectNode() | SetNode():
            # DISTINCT and set operations compare columns: those stay as they are.
            return compiled._replace(binary=True) if _fits(shape, documents=False) else compiled
        case RawStatement() | None:
            return compiled
        case _:
            assert_never(node)
    added: list[tuple[int, str]] = []
    for (start, end), document in zip(compiled.outputs, _documents(shape), strict=True):
        if document:
            added += ((start, "CAST("), (end, " AS text)"))
    return compiled._replace(binary=True, added=tuple(added))


def _fits(shape: RowShape, *, documents: bool) -> bool:
    for leaf in leaves(shape):
        match leaf:
            case ScalarShape(output=output):
                fits = _fits_output(output, documents)
            case EntityShape(outputs=outputs):
                fits = all(_fits_output(output, documents) for output in outputs)
            case NestedShape():
                fits = documents
            case _:
                assert_never(leaf)
        if not fits:
            return False
    return True


def _fits_output(output: Output, documents: bool) -> bool:
    if output.type.verbatim:
        return False
    if output.type.wire.is_document:
        return documents
    # The type of raw SQL is only what the user said of it: text is read whatever it is.
    if not output.type.wire.binary:
        return False
    node = output.node
    return isinstance(node, ColumnNode) or not any(isinstance(each, RawSql) for each in within(node))


def _documents(shape: RowShape) -> Iterator[bool]:
    """For each output, as `slots` gives them, whether it is a document."""
    for leaf in leaves(shape):
        match leaf:
            case ScalarShape(output=output):
                yield output.type.wire.is_document
            case EntityShape(outputs=outputs, present=present):
                if present is not None:
                    yield False
                for output in outputs:
                    yield output.type.wire.is_document
            case NestedShape():
                yield True
            case _:
                assert_never(leaf)


def place_in(added: tuple[tuple[int, str], ...], position: int) -> int:
    """Where a place in what was sent, counted from 1 as PostgreSQL does, is in the query as written."""
    shift = 0
    for at, text in added:
        start = at + shift + 1
        if position < start:
            break
        if position < start + len(text):  # within what was put there
            return at + 1
        shift += len(text)
    return position - shift
