"""The pieces of DDL: expressions without parameters, columns, constraints, indexes, as SQL text."""

from __future__ import annotations

from collections.abc import Iterable

from pypika.terms import Term

from qb.declare.constraints import Check, Unique
from qb.declare.definition import ForeignKeyInfo, PrimaryKeyInfo
from qb.declare.description import ColumnInfo
from qb.declare.index import Index
from qb.errors import DefinitionError
from qb.render.expressions import Expressions
from qb.render.literals import Literals, string_literal, value_literal
from qb.tree.nodes import Bind, Call, ColumnNode, Node, Order
from qb.types.identifier import qualified, quoted


def _no_query(node: Node) -> Term:
    raise DefinitionError("a definition cannot hold a query: only the row's own columns are known there")


_EXPRESSIONS = Expressions(_no_query, _no_query, bare=True)
_LITERALS = Literals()


def expression(node: Node) -> str:
    """An expression that stands alone, columns by their bare names and values as literals."""
    return _EXPRESSIONS.term(node).get_sql(parameter=_LITERALS)


def operand(node: Node) -> str:
    """The same in parentheses, unless it is a simple one."""
    return _EXPRESSIONS.operand(node).get_sql(parameter=_LITERALS)


def names(columns: Iterable[str]) -> str:
    """`("a", "b")`."""
    return f"({', '.join(map(quoted, columns))})"


def column(info: ColumnInfo) -> str:
    """A column's line in CREATE TABLE. https://www.postgresql.org/docs/current/sql-createtable.html"""
    parts = [quoted(info.name), info.type.name]
    if info.generated is not None:
        parts.append(f"GENERATED ALWAYS AS ({expression(info.generated)}) {'STORED' if info.stored else 'VIRTUAL'}")
    elif info.identity:
        parts.append(f"GENERATED {info.identity.upper()} AS IDENTITY")
    elif isinstance(info.default, Bind):
        if info.default.value is not None:
            parts.append(f"DEFAULT {value_literal(info.default)}")
    elif info.default is not None:
        parts.append(f"DEFAULT {operand(info.default)}")
    if not info.optional:
        parts.append("NOT NULL")
    return " ".join(parts)


def primary_key(key: PrimaryKeyInfo) -> str:
    """CONSTRAINT ... PRIMARY KEY."""
    return f"CONSTRAINT {quoted(key.name)} PRIMARY KEY {names(key.columns)}"


def unique(constraint: Unique) -> str:
    """CONSTRAINT ... UNIQUE."""
    nulls = " NULLS NOT DISTINCT" if constraint.nulls_not_distinct else ""
    return f"CONSTRAINT {quoted(constraint.name or '')} UNIQUE{nulls} {names(constraint.columns)}"


def check(constraint: Check) -> str:
    """CONSTRAINT ... CHECK."""
    return f"CONSTRAINT {quoted(constraint.name)} CHECK ({expression(constraint.condition)})"


def foreign_key(key: ForeignKeyInfo) -> str:
    """CONSTRAINT ... FOREIGN KEY."""
    target = f"{qualified(key.target.schema, key.target.name)} {names(key.target_columns)}"
    parts = [f"CONSTRAINT {quoted(key.name)} FOREIGN KEY {names(key.columns)} REFERENCES {target}"]
    if key.on_delete is not None:
        parts.append(f"ON DELETE {key.on_delete.upper()}")
    if key.on_update is not None:
        parts.append(f"ON UPDATE {key.on_update.upper()}")
    if key.deferrable:
        parts.append("DEFERRABLE INITIALLY DEFERRED")
    return " ".join(parts)


def index(info: Index, *, if_not_exists: bool) -> str:
    """CREATE INDEX. https://www.postgresql.org/docs/current/sql-createindex.html"""
    classes = info.operator_classes or (None,) * len(info.on)
    keys = ", ".join(_key(node, operator_class) for node, operator_class in zip(info.on, classes, strict=True))
    kind, guard = "UNIQUE INDEX" if info.unique else "INDEX", "IF NOT EXISTS " if if_not_exists else ""
    parts = [
        f"CREATE {kind} {guard}{quoted(info.name)}",
        f"ON {qualified(info.table.schema, info.table.name)}{_method(info.method)} ({keys})",
    ]
    if info.include:
        parts.append(f"INCLUDE {names(info.include)}")
    if info.nulls_not_distinct:
        parts.append("NULLS NOT DISTINCT")
    if info.with_:
        parts.append(f"WITH ({', '.join(f'{quoted(name)} = {string_literal(value)}' for name, value in info.with_)})")
    if info.where is not None:
        parts.append(f"WHERE {expression(info.where)}")
    return " ".join(parts)


def _method(method: str) -> str:
    return "" if method == "btree" else f" USING {quoted(method)}"


def _key(node: Node, operator_class: str | None) -> str:
    order = ""
    if isinstance(node, Order):
        order = " DESC" if node.descending else ""
        if node.nulls_first is not None:
            order += " NULLS FIRST" if node.nulls_first else " NULLS LAST"
        node = node.operand
    simple = isinstance(node, ColumnNode) or (isinstance(node, Call) and not node.keyword)
    key = expression(node) if simple else f"({expression(node)})"
    return key + (f" {'.'.join(map(quoted, operator_class.split('.')))}" if operator_class else "") + order
