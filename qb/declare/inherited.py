"""Tables that inherit others: their columns are there by themselves, and have to be declared, as rows have them.

https://www.postgresql.org/docs/current/ddl-inherit.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from qb.declare.doubt import doubt
from qb.declare.mistakes import Mistakes
from qb.model.object import of_table
from qb.model.policy import is_secured
from qb.model.table import ColumnDefinition, TableDefinition
from qb.tree.expressions import Call, ColumnNode, Expression, RawSql
from qb.tree.node import Node
from qb.tree.relations import TableSource
from qb.tree.visit import rewrite
from qb.types.identifier import PUBLIC


def inheriting(tables: Mapping[TableSource, TableDefinition], mistakes: Mistakes) -> dict[TableSource, TableDefinition]:
    """The tables, each with the columns that it has from others. A mistake is one that it does not declare, or not as
    they do."""
    found = dict(tables)
    for source, table in tables.items():
        if not table.inherits:
            continue
        theirs: set[str] = set()
        for each in table.inherits:
            if (parent := tables.get(each)) is None:
                of = of_table(each).title
                mistakes.tell(
                    (f"{table.title} inherits {of}, which is not in the schema: add the table, or its module",)
                )
                continue
            mistakes.tell(_wrong(table, parent))
            if not table.external and is_secured(parent.attached) and not is_secured(table.attached):
                doubt(
                    f"{table.title} inherits {parent.title}, which has row security, and has none: whoever reads it by "
                    "its own name is held to no policy: write rls=True in its class statement"
                )
            theirs |= {column.name for column in table.columns if _from(column, parent)}
        known = tuple(each for each in table.inherits if each in tables)
        found[source] = replace(table, inherits=known, inherited=frozenset(theirs))
    return found


def _wrong(table: TableDefinition, parent: TableDefinition) -> Iterator[str]:
    mine = {column.name: column for column in table.columns}
    for theirs in parent.columns:
        said = f"{table.title} inherits {parent.title}, whose column {theirs.name} is"
        if (own := mine.get(theirs.name)) is None:
            yield f"{said} not declared, and its rows have it: move the columns of both into a mixin"
        elif own.type != theirs.type:
            yield f"{said} {theirs.type.name}, and its own is {own.type.name}: declare it once, in a mixin of both"
        elif own.optional and not theirs.optional:
            yield f"{said} never NULL, and its own may be: declare it once, in a mixin of both"
        elif (own.generated is None) != (theirs.generated is None):
            which = "not generated, and its own is" if theirs.generated is None else "generated, and its own is not"
            yield f"{said} {which}: declare it once, in a mixin of both"
    if parent.partition_by is not None or parent.partition_of is not None:
        yield f"{table.title} inherits {parent.title}, which is divided: a table without partitions is inherited"
    if table.partition_by is not None:
        yield f"{table.title} inherits {parent.title} and is divided into partitions: drop one of them"


def _from(column: ColumnDefinition, parent: TableDefinition) -> bool:
    """Whether a column need not be said again. An identity is not inherited, a comment neither."""
    if column.comment is not None or column.as_identity or column.statistics is not None:
        return False
    return any(
        replace(each, table=column.table, generated=_moved(each, column.table), default=_default(each, column))
        == column
        for each in parent.columns
    )


_COUNTED: Final = re.compile(r"nextval\('((?:[^']|'')+)'::regclass\)")
_NAMES: Final = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')


def _default(theirs: ColumnDefinition, mine: ColumnDefinition) -> Expression | None:
    """The parent's default as the column says it: what is counted by the parent's sequence can only be said as SQL."""
    counter = _counter(theirs.default)
    return mine.default if counter and counter == _counter(mine.default) else theirs.default


def _counter(default: Expression | None) -> list[str]:
    """The name of the sequence whose next number is a default, in its parts; nothing of another one."""
    if isinstance(default, Call) and default.function.uses is not None and default.function.uses[0] == "sequence":
        _, schema, name = default.function.uses
        return [name] if schema in ("", PUBLIC) else [schema, name]
    if not (isinstance(default, RawSql) and len(default.parts) == 1 and isinstance(said := default.parts[0], str)):
        return []
    if (found := _COUNTED.fullmatch(said)) is None:
        return []
    name = found[1].replace("''", "'")
    names = [each[0].replace('""', '"') or each[1] for each in _NAMES.findall(name)]
    return names[1:] if names[0] == PUBLIC and len(names) > 1 else names


def _moved(column: ColumnDefinition, table: TableSource) -> Expression | None:
    """Its expression with the columns of another table."""

    def one(node: Node) -> Any:
        return replace(node, relation=table) if isinstance(node, ColumnNode) else node

    return None if column.generated is None else rewrite(column.generated, one)
