"""What each relation of a statement is called in its SQL: two that can be seen from one place never alike.

A column is that of the relation it was taken from. PostgreSQL goes by names and takes the nearest one, so an inner
relation that is called like another one around it gets a name of its own. Names that nobody gave are numbered.
https://www.postgresql.org/docs/current/sql-expressions.html#SQL-EXPRESSIONS-COLUMN-REFS
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from typing import Any, Final, NamedTuple

from qb.errors import QueryError
from qb.tree.expressions import Bind, Call, ColumnNode, NameNode, ParamNode, RawSql
from qb.tree.insert import InsertNode
from qb.tree.node import Node
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
from qb.tree.statements import STATEMENTS, StatementNode
from qb.tree.walk import of_one_helper
from qb.types.identifier import LIMIT


class Names:
    """The names of one statement's relations, and its CTEs, those first that others read from."""

    __slots__ = ("_ctes", "_names", "_recursive", "acts", "tables")
    tables: tuple[QuerySource, ...]
    acts: list[Node]
    """What of the statement writes, and what is SQL or a function of the user's own."""

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
        self.acts = found.acts
        names = {each: name_of(each) for each in found.targets}
        wanted = {each: self._wanted(each) for each in found.order if each not in names}
        if len({*names.values(), *wanted.values()}) < len(names) + len(wanted):
            wanted = _told_apart(names, wanted, found)
        self._names: dict[Relation, str] = {**names, **wanted}

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


class _Scope(NamedTuple):
    """What can be seen inside of a query: its own relations, and those of the queries around it."""

    own: tuple[Relation, ...]
    around: _Scope | None


class _Around(NamedTuple):
    """Stands where a query ends: what can be seen from there on."""

    visible: _Scope | None


_ENDS: Final = frozenset((Bind, ParamNode, type(None), str, int))
"""What has no relation."""


class _Relations:
    """Which relations a statement has, and which of them can be seen from one place."""

    __slots__ = ("acts", "order", "raw", "recursive", "scopes", "seen", "tables", "targets", "unqualified", "within")

    def __init__(self, statement: StatementNode) -> None:
        self.order: dict[Relation, None] = {}
        """The relations that are read from, as they are met."""
        self.scopes: list[_Scope] = []
        self.targets: list[Relation] = []
        """What is written to: it is called by its own name."""
        self.tables: dict[int, QuerySource] = {}
        self.recursive: dict[RecursiveSource, QuerySource] = {}
        """Recursive CTEs, by what stands for them inside."""
        self.within: Counter[RecursiveSource] = Counter()
        """How often that is read from: once, in its own query."""
        self.unqualified: set[str] = set()
        self.raw: list[str] = []
        self.acts: list[Node] = []
        """What writes, and SQL and functions of the user's own."""
        self.seen: set[int] = set()
        self._walk(statement)

    def _walk(self, statement: StatementNode) -> None:
        visible: _Scope | None = None
        stack: list[Any] = [statement]
        while stack:
            node = stack.pop()
            kind = node.__class__
            if kind is ColumnNode:  # what most leaves are
                node = node.relation
                kind = node.__class__
            if kind is TableSource or kind is AliasSource:  # an alias writes its table's name, too
                if node.schema is None:
                    self.unqualified.add(node.name)
            elif kind in _ENDS:
                continue
            elif kind is tuple:
                stack += node[::-1]
            elif kind is _Around:
                visible = node.visible
            elif kind is _Read:
                self.tables.setdefault(id(node.table), node.table)
            elif kind is QuerySource:
                if node.itself is not None:
                    self.recursive[node.itself] = node.origin or node
                if node.cte:
                    stack.append(_Read(node.origin or node))
                if id(node.query) not in self.seen:
                    self.seen.add(id(node.query))
                    stack += (_Around(visible), node.query)
                    visible = None
            elif issubclass(kind, Node):
                if kind is NestedShape:
                    node = node.query
                    kind = node.__class__
                if kind in STATEMENTS:
                    stack.append(_Around(visible))
                    visible = self._query(node, visible)
                elif kind is RawSql:
                    self.acts.append(node)
                    self.raw += (part for part in node.parts if isinstance(part, str))
                elif kind is Call and node.function.uses is not None:
                    self.acts.append(node)
                elif kind is NameNode and node.relation is not None:
                    self.order.setdefault(node.relation)
                below = kind.below(node)
                if below.__class__ is tuple:
                    stack += below[::-1]
                else:
                    stack.append(below)

    def _query(self, query: StatementNode, around: _Scope | None) -> _Scope:
        """What can be seen inside of a query."""
        inside = sources(query)
        if type(query) is not SelectNode:
            self.targets += inside[:1]
            self.acts.append(query)
        self.within.update([each for each in inside if type(each) is RecursiveSource])
        self.order.update(dict.fromkeys(inside))
        if isinstance(query, InsertNode) and query.conflict is not None:
            row = excluded_from(query.table)
            if row is not None:
                self.targets.append(row)
                inside = (*inside, row)
        scope = _Scope(inside, around)
        self.scopes.append(scope)
        return scope


def _told_apart(given: dict[Relation, str], wanted: dict[Relation, str], found: _Relations) -> dict[Relation, str]:
    """The names of relations of which some are called alike: two that can be seen from one place never are."""
    places: dict[Relation, list[set[str]]] = {}
    for scope in found.scopes:
        here = set[str]()
        around: _Scope | None = scope
        while around is not None:
            for relation in around.own:
                places.setdefault(relation, []).append(here)
            around = around.around
    names: dict[Relation, str] = {}
    for relation, name in (given | wanted).items():
        beside = places.get(relation, ())
        if relation in wanted and any(name in taken for taken in beside):
            name = _free(name, frozenset[str]().union(*beside))
        if relation in wanted:
            names[relation] = name
        for taken in beside:
            taken.add(name)
    return names


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
