"""All statements that there are: whoever tells them apart ends in `assert_never`."""

from __future__ import annotations

from typing import Final, TypeAlias, get_args

from typing_extensions import TypeIs

from qb.tree.delete import DeleteNode
from qb.tree.insert import InsertNode
from qb.tree.raw import RawStatement
from qb.tree.select import SelectNode
from qb.tree.shapes import RowShape
from qb.tree.union import SetNode
from qb.tree.update import UpdateNode

StatementNode: TypeAlias = SelectNode | SetNode | InsertNode | UpdateNode | DeleteNode | RawStatement
STATEMENTS: Final[frozenset[object]] = frozenset(get_args(StatementNode))
"""Their classes, which have no subclasses."""


def is_query(node: object) -> TypeIs[StatementNode]:
    """Whether a node is a statement of its own, with relations of its own."""
    return type(node) in STATEMENTS


def shape_of(statement: StatementNode) -> RowShape | None:
    """What rows a statement returns; None when it returns a count."""
    return statement.shape
