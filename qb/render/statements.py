"""Statements to SQL, a module for each; PyPika puts the clauses together."""

from __future__ import annotations

from typing import assert_never

from qb.render.delete import delete
from qb.render.expressions import Expressions
from qb.render.insert import insert
from qb.render.nested import nested_rows
from qb.render.select import select
from qb.render.terms import Piece, Placeholders
from qb.render.union import union
from qb.render.update import update
from qb.tree.delete import DeleteNode
from qb.tree.insert import InsertNode
from qb.tree.raw import RawStatement
from qb.tree.select import SelectNode
from qb.tree.statements import StatementNode
from qb.tree.union import SetNode
from qb.tree.update import UpdateNode


def statement(node: StatementNode, *, marked: bool = False) -> list[Piece]:
    """A statement taken apart, WITH left out (it belongs to the outermost one). `marked`: a mark is put before and
    behind each of its outputs, for which a set operation has no place of its own."""
    match node:
        case SelectNode():
            return select(node, marked)
        case SetNode():
            return union(node)
        case InsertNode():
            return insert(node, marked)
        case UpdateNode():
            return update(node, marked)
        case DeleteNode():
            return delete(node, marked)
        case RawStatement(sql=sql):
            return [sql]
        case _:
            assert_never(node)


_EXPRESSIONS = Expressions(statement, nested_rows)


def text_of(pieces: list[Piece], placeholders: Placeholders) -> str:
    """The pieces of a statement as SQL."""
    return _EXPRESSIONS.sql(pieces, placeholders)
