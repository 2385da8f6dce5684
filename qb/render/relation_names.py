"""What each relation of a statement is called in its SQL: two that can be seen from one place never alike.

A column is that of the relation it was taken from. PostgreSQL goes by names and takes the nearest one, so an inner
relation that is called like another one around it gets a name of its own. Names that nobody gave are numbered.
https://www.postgresql.org/docs/current/sql-expressions.html#SQL-EXPRESSIONS-COLUMN-REFS
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from typing import NamedTuple

from qb.errors import QueryError
from qb.tree.expressions import NameNode, RawSql
from qb.tree.insert import InsertNode
from qb.tree.node import Node, children
from qb.tree.relations import (
    AliasSource,
    QuerySource,
    RecursiveSource,
    Relation,
    TableSource,
    excluded_from,
    label,
    name_of,
)
from qb.tree.select import SelectNode
from qb.tree.shadow import sources
from qb.tree.shapes import NestedShape
from qb.tree.statements import StatementNode, is_query
from qb.tree.walk import of_one_helper
from qb.types.identifier import LIMIT


class Names:
    """The names of one statement's relations, and its CTEs, those first that others read from."""

    __slots__ = ("_ctes", "_names", "_recursive", "tables")
    tables: tuple[QuerySource, ...]

    def __init__(self, statement: StatementNode) -> None:
        found = _Relations(statement)
        self.tables = tuple(found.tables.values())
        self._ctes: dict[Relation, str] = _named_ctes(self.tables, found)
        self._recursive: dict[RecursiveSource, QuerySource] = found.recursive
        for itself, count in found.within.items():
            if itself not in found.recursive or count > 1:
                raise QueryError(
                    f"{label(itself)} stands for a recursive CTE inside of its own query, and is read from elsewhere, "
                    "too: use what recursive(...) gave there"
                )
        self._names: dict[Relation, str] = {each: name_of(each) for each in found.targets}
        for relation, others in found.beside.items():
            if relation not in self._names:
                taken = {self._names[other] for other in others if other in self._names}
                self._names[relation] = _free(self._wanted(relation), taken)

    def of(self, relation: Relation) -> str:
        """What columns call a relation."""
        return self._names.get(relation) or self._wanted(relation)

    def of_cte(self, table: QuerySource | RecursiveSource) -> str:
        """What WITH and FROM call a CTE."""
        if isinstance(table, RecursiveSource):
            return self._ctes[self._recursive[table]]
        return self._ctes[table.origin or table]

    def _wanted(self, relation: Relation) -> str:
        if isinstance(relation, RecursiveSource):
            return self.of_cte(relation)
        if isinstance(relation, QuerySource) and relation.alias is None:
            return self.of_cte(relation) if relation.cte else relation.name or "subquery_1"
        return name_of(relation)


class _Read(NamedTuple):
    """Stands for a CTE whose query has been gone through: it comes after those that it reads from."""

    table: QuerySource


class _Relations:
    """Which relations a statement has, and which of them can be seen from one place."""

    __slots__ = ("beside", "raw", "recursive", "seen", "tables", "targets", "unqualified", "within")

    def __init__(self, statement: StatementNode) -> None:
        self.beside: dict[Relation, set[Relation]] = {}
        self.targets: list[Relation] = []
        """What is written to: it is called by its own name."""
        self.tables: dict[int, QuerySource] = {}
        self.recursive: dict[RecursiveSource, QuerySource] = {}
        """Recursive CTEs, by what stands for them inside."""
        self.within: Counter[RecursiveSource] = Counter()
        """How often that is read from: once, in its own query."""
        self.unqualified: set[str] = set()
        self.raw: list[str] = []
        self.seen: set[int] = set()
        self._walk(statement)

    def _walk(self, statement: StatementNode) -> None:
        stack: list[tuple[Node | _Read, tuple[Relation, ...]]] = [(statement, ())]
        while stack:
            node, visible = stack.pop()
            if isinstance(node, _Read):
                self.tables.setdefault(id(node.table), node.table)
            elif isinstance(node, TableSource | AliasSource):  # an alias writes its table's name, too
                if node.schema is None:
                    self.unqualified.add(node.name)
            elif isinstance(node, QuerySource):
                if node.cte:
                    stack.append((_Read(node.origin or node), ()))
                if node.itself is not None:
                    self.recursive[node.itself] = node.origin or node
                if id(node.query) not in self.seen:
                    self.seen.add(id(node.query))
                    stack.append((node.query, ()))
            else:
                if isinstance(node, NestedShape):
                    node = node.query
                if is_query(node):
                    visible = self._query(node, visible)
                elif isinstance(node, RawSql):
                    self.raw += (part for part in node.parts if isinstance(part, str))
                elif isinstance(node, NameNode) and node.relation is not None:
                    self.beside.setdefault(node.relation, set())
                stack += ((each, visible) for each in reversed(children(node)))

    def _query(self, query: StatementNode, around: tuple[Relation, ...]) -> tuple[Relation, ...]:
        """What can be seen inside of a query."""
        inside = sources(query)
        if not isinstance(query, SelectNode):
            self.targets += inside[:1]
        self.within.update(each for each in inside if isinstance(each, RecursiveSource))
        visible = (*around, *inside)
        if isinstance(query, InsertNode) and query.conflict is not None:
            row = excluded_from(query.table)
            if row is not None:
                self.targets.append(row)
                visible = (*visible, row)
        for relation in inside:
            self.beside.setdefault(relation, set()).update(each for each in visible if each != relation)
        for relation in around:
            self.beside.setdefault(relation, set()).update(each for each in inside if each != relation)
        return visible


def _named_ctes(tables: tuple[QuerySource, ...], found: _Relations) -> dict[Relation, str]:
    names: dict[Relation, str] = {}
    given: dict[str, QuerySource] = {}
    for table in tables:
        if not table.name:
            continue
        if table.name in found.unqualified:  # PostgreSQL would read the CTE wherever the table is meant
            raise QueryError(f'a CTE and a table are both called "{table.name}": give the CTE another name')
        if not of_one_helper(given.setdefault(table.name, table), table):
            raise QueryError(f'two different CTEs are called "{table.name}": name them with cte(query, name=...)')
    taken = found.unqualified | set(given)
    for table in tables:
        if table.name and given[table.name] is table:
            names[table] = table.name
            continue
        name = _free(table.name or "cte_1", taken, found.raw)
        taken.add(name)
        names[table] = name
    return names


def _free(wanted: str, taken: Container[str], texts: Iterable[str] = ()) -> str:
    """The name, or the next one that is not taken: `task`, `task_2`, `task_3`; `cte_1`, `cte_2`."""
    base, number = (wanted[:-2], 1) if wanted in ("cte_1", "subquery_1") else (wanted, 1)
    name = wanted
    while name in taken or (texts and any(name in text for text in texts)):
        number += 1
        suffix = f"_{number}"
        name = base.encode()[: LIMIT - len(suffix)].decode(errors="ignore") + suffix
    return name


__all__ = ["Names"]
