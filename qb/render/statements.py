"""Statements to SQL, a module for each; PyPika puts the clauses together."""

from __future__ import annotations

from typing import assert_never

from qb.render.expressions import Expressions
from qb.render.nested import nested_rows
from qb.render.terms import OUTPUT, Boundary, Piece, Placeholders
from qb.tree.delete import DeleteNode
from qb.tree.insert import InsertNode
from qb.tree.raw import RawStatement
from qb.tree.select import SelectNode
from qb.tree.statements import StatementNode
from qb.tree.union import SetNode
from qb.tree.update import UpdateNode


def statement(node: StatementNode) -> list[Piece]:
    """A statement taken apart, WITH left out (it belongs to the outermost one).

    There is a mark before each of its clauses, and before and behind each of its outputs, for which a set operation has
    no place of its own. PyPika is loaded by the modules of those that it puts together, and not for SQL of one's own;
    `load` has them all loaded before.
    """
    match node:
        case SelectNode():
            from qb.render.select import select

            return select(node)
        case SetNode():
            from qb.render.union import union

            return union(node)
        case InsertNode():
            from qb.render.insert import insert

            # Without parentheses around it, its clauses are the statement's; its outputs are not.
            inner = [] if node.query is None else statement(node.query)
            return insert(node, [piece for piece in inner if piece is not OUTPUT])
        case UpdateNode():
            from qb.render.update import update

            return update(node)
        case DeleteNode():
            from qb.render.delete import delete

            return delete(node)
        case RawStatement(sql=sql):
            return [sql]
        case _:
            assert_never(node)


def inner_statement(node: StatementNode) -> list[Piece]:
    """A statement inside of another one, whose clauses and outputs nobody looks for."""
    return [piece for piece in statement(node) if not isinstance(piece, Boundary)]


_EXPRESSIONS = Expressions(inner_statement, nested_rows)


def text_of(pieces: list[Piece], placeholders: Placeholders) -> str:
    """The pieces of a statement as SQL."""
    return _EXPRESSIONS.sql(pieces, placeholders)
