"""Indexes. https://www.postgresql.org/docs/current/sql-createindex.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.index import Index, OperatorClass
from qb.model.target import Feature, Requirements
from qb.render.ddl.expression import expression, key
from qb.render.ddl.parts import INCLUDE, dropped, names, parameters, table_name
from qb.render.ddl.unique import NULLS_NOT_DISTINCT
from qb.tree.expressions import Expression, Order
from qb.types.identifier import qualified, quoted

CLASS_PARAMETERS = Feature("parameters of an operator class", 13)


def create(index: Index, operation: Create, needs: Requirements) -> str:
    """CREATE INDEX."""
    where = index.identity.title
    classes = index.operator_classes or (None,) * len(index.on)
    keys = ", ".join(
        index_key(node, operator_class, needs, where) for node, operator_class in zip(index.on, classes, strict=True)
    )
    kind, guard = "UNIQUE INDEX" if index.unique else "INDEX", "IF NOT EXISTS " if operation.if_not_exists else ""
    concurrently = "CONCURRENTLY " if operation.concurrently else ""
    parts = [
        f"CREATE {kind} {concurrently}{guard}{quoted(index.name)}",
        f"ON {table_name(index.table)}{_method(index.method)} ({keys})",
    ]
    if index.include:
        needs.add(INCLUDE, where)
        parts.append(f"INCLUDE {names(index.include)}")
    if index.nulls_not_distinct:
        needs.add(NULLS_NOT_DISTINCT, where)
        parts.append("NULLS NOT DISTINCT")
    if index.with_:
        parts.append(f"WITH {parameters(index.with_)}")
    if index.tablespace:
        parts.append(f"TABLESPACE {quoted(index.tablespace)}")
    if index.where is not None:
        parts.append(f"WHERE {expression(index.where, needs, where)}")
    return " ".join(parts)


def drop(index: Index, operation: Drop) -> str:
    """DROP INDEX."""
    return dropped(operation, "INDEX", _name(index))


def subject(index: Index) -> str:
    """What COMMENT ON calls it."""
    return f"INDEX {_name(index)}"


def _name(index: Index) -> str:
    return qualified(index.table.schema, index.name)  # an index lives where its table does


def _method(method: str) -> str:
    return "" if method == "btree" else f" USING {quoted(method)}"


def index_key(node: Expression, operator_class: OperatorClass | None, needs: Requirements, where: str) -> str:
    """A key with its operator class and its order."""
    order = ""
    if isinstance(node, Order):
        order = " DESC" if node.descending else ""
        if node.nulls_first is not None:
            order += " NULLS FIRST" if node.nulls_first else " NULLS LAST"
        node = node.operand
    return (
        key(node, needs, where) + ("" if operator_class is None else f" {_class(operator_class, needs, where)}") + order
    )


def _class(operator_class: OperatorClass, needs: Requirements, where: str) -> str:
    name = ".".join(map(quoted, operator_class.name.split(".")))
    if not operator_class.parameters:
        return name
    needs.add(CLASS_PARAMETERS, where)
    return f"{name} {parameters(operator_class.parameters)}"
