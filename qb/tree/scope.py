"""Checks of a whole statement before it is compiled: every column's relation is there, and no forgotten WHERE."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any, Final, NamedTuple, assert_never

from qb.errors import QueryError
from qb.tree.delete import DeleteNode
from qb.tree.distinct_rows import check_distinct
from qb.tree.expressions import (
    Bind,
    Call,
    ColumnNode,
    Exists,
    Expression,
    InQuery,
    Over,
    ParamNode,
    Present,
    ScalarQuery,
)
from qb.tree.from_clause import absent_by, from_clause, outer_relations
from qb.tree.groups import check_grouped
from qb.tree.insert import InsertNode
from qb.tree.limit import check_limit
from qb.tree.locks import check_locks, refuse_locks
from qb.tree.node import Node, children
from qb.tree.nullability import check_shape
from qb.tree.raw import RawStatement
from qb.tree.relations import (
    AliasSource,
    ExcludedSource,
    OwnSource,
    QuerySource,
    Relation,
    ShapeSource,
    TableSource,
    excluded_from,
    label,
    name_of,
)
from qb.tree.select import SelectNode
from qb.tree.shadow import Holder, Reach, in_from, refuse_shadowed, refuse_unlinked
from qb.tree.shapes import NestedShape
from qb.tree.single_rows import of_single_rows
from qb.tree.statements import STATEMENTS, StatementNode
from qb.tree.union import SetNode
from qb.tree.update import UpdateNode
from qb.tree.visit import RELATION_KINDS, within
from qb.tree.walk import of_one_helper
from qb.tree.windows import aggregates, check_windows

_NONE: frozenset[Relation] = frozenset()


def check_statement(statement: StatementNode, *others: StatementNode) -> None:
    """QueryError for statements that can never work: the outermost one, and the CTEs it uses."""
    scopes = _Scopes()
    for each in (*others, statement):
        scopes.once(each)


class _Seen(NamedTuple):
    """A query, and what can be seen from where it stands: `around` is what the enclosing queries read from, `absent`
    what their outer joins may leave empty, `place` what it stands in."""

    query: StatementNode
    around: Set[Relation] = _NONE
    absent: Set[Relation] = _NONE
    place: Holder | None = None


class _Scopes:
    """One check of a statement, which remembers the CTEs and subqueries that it has been through.

    A query inside another one waits until that is checked, so that any depth is one loop.
    """

    __slots__ = ("checked", "reach", "waiting")

    def __init__(self) -> None:
        self.checked: set[int] = set()
        self.reach: Reach = Reach()
        self.waiting: list[_Seen] = []

    def once(self, query: StatementNode) -> None:
        """A query that sees nothing around it, however often it is read from."""
        self._later(query)
        while self.waiting:
            self._statement(self.waiting.pop())

    def _later(self, query: StatementNode) -> None:
        if id(query) not in self.checked:
            self.checked.add(id(query))
            self.waiting.append(_Seen(query))

    def _statement(self, seen: _Seen) -> None:
        statement, around, absent, place = seen
        match statement:
            case SelectNode():
                self._select(statement, around, absent, place)
            case SetNode(left=left, right=right, operator=operator):
                _ties(statement)
                refuse_locks(left, operator)
                refuse_locks(right, operator)
                if check_limit(statement, _NONE):
                    self._expressions((statement.limit, statement.offset), around, "limit or offset", absent)
                self.waiting.append(_Seen(right, around, absent, place))
                self.waiting.append(_Seen(left, around, absent, place))
            case InsertNode():
                self._insert(statement, around)
            case UpdateNode():
                self._update(statement, around)
            case DeleteNode():
                self._delete(statement, around)
            case RawStatement():
                pass
            case _:
                assert_never(statement)

    def _select(
        self, statement: SelectNode, around: Set[Relation], absent: Set[Relation], place: Holder | None
    ) -> None:
        _reads(statement)
        sources = _unique((*from_clause(statement), *(join.relation for join in statement.joins)))
        for relation in sources:
            readable(relation, "the select list")
        scope = around | sources
        empty = outer_relations(statement)
        around_it = absent - sources  # a relation of the same query hides the outer one
        if around_it and not isinstance(place, Exists):
            # By what its own joins leave absent it was judged when it was built.
            check_shape(statement.shape, empty | around_it, empty, elements=isinstance(place, ScalarQuery))
        empty |= around_it
        if statement.joins:
            seen, met = {*around, *from_clause(statement)}, {*around_it}
            for join, more in absent_by(statement):
                seen.add(join.relation)
                if join.on is not None:
                    self._expressions((join.on,), seen, "a join's on (a join sees only what stands before it)", met)
                met.update(more)
        found = self._expressions((statement.shape,), scope, "the select list", empty)
        if statement.where and self._expressions(statement.where, scope, "where", empty):
            of_single_rows(statement.where, "where", grouped=True)
        groups = statement.group_by + statement.having
        grouped = self._expressions(groups, scope, "group_by or having", empty) if groups else []
        keys = statement.order_by + statement.distinct_on
        ordered = self._expressions(keys, scope, "order_by", empty) if keys else []
        if check_limit(statement, sources):
            self._expressions((statement.limit, statement.offset), scope, "limit or offset", empty)
        _ties(statement)
        if found or grouped or ordered or groups:
            self._groups(statement, sources, [*found, *grouped, *ordered])
        if statement.distinct or statement.distinct_on:
            check_distinct(statement)
        if statement.locking:
            check_locks(statement, [*found, *ordered])
        self._queries(statement, sources, around)

    def _groups(self, statement: SelectNode, sources: Set[Relation], found: list[Call | Over]) -> None:
        of_single_rows(statement.group_by, "group_by")
        check_windows(found)
        of_groups = [each for each in aggregates(found) if self._of(each, sources)]
        if of_groups or statement.group_by or statement.having:
            check_grouped(statement, sources, of_groups[0] if of_groups else None, self.reach)

    def _of(self, aggregate: Call, sources: Set[Relation]) -> bool:
        """Whether an aggregate is of the query that it stands in; one of outer columns alone is of the outer query."""
        free = self.reach.within((aggregate.arguments, aggregate.order_by, aggregate.filter)).free
        return not free or not free.isdisjoint(sources)

    def _insert(self, statement: InsertNode, around: Set[Relation]) -> None:
        scope = around | {statement.table}
        if statement.query is not None:
            self.waiting.append(_Seen(statement.query, around))
        if isinstance(statement.rows, tuple):
            for row in statement.rows:
                self._expressions(row, around, "values")
                of_single_rows(row, "values")
        if statement.conflict is not None:
            inserted = excluded_from(statement.table)
            both = scope if inserted is None else scope | {inserted}
            conflict = statement.conflict
            self._expressions((conflict.columns, conflict.where, conflict.update_where), both, "on_conflict")
            self._expressions(tuple(value for _, value in conflict.updates), both, "on_conflict(update=...)")
            of_single_rows((conflict.columns, conflict.where, conflict.updates, conflict.update_where), "on_conflict")
        self._expressions((statement.shape,), scope, "returning")
        of_single_rows((statement.shape,), "returning")

    def _update(self, statement: UpdateNode, around: Set[Relation]) -> None:
        if not statement.assignments:
            raise QueryError(f"update({label(statement.table)}) changes nothing: add .set(...)")
        _needs_where(statement.where, statement.every_row, "update", statement.table)
        sources = _unique((statement.table, *statement.from_, *(join.relation for join in statement.joins)))
        scope = around | sources
        values = tuple(value for _, value in statement.assignments)
        self._expressions(values, scope, "set")
        of_single_rows(values, "set")
        before = around | {*statement.from_}  # not the updated table itself: PostgreSQL joins it last
        for join in statement.joins:
            before |= {join.relation}
            self._expressions((join.on,), before, "a join's on (it sees what from_ and the joins before it name)")
            of_single_rows((join.on,), "on")
        self._expressions(statement.where, scope, "where")
        _names_target(statement.where, statement.every_row, "update", statement.table)
        self._expressions((statement.shape,), scope, "returning")
        of_single_rows((statement.where, statement.shape), "where or returning")
        self._queries(statement, sources, around)

    def _delete(self, statement: DeleteNode, around: Set[Relation]) -> None:
        _needs_where(statement.where, statement.every_row, "delete", statement.table)
        sources = _unique((statement.table, *statement.using))
        scope = around | sources
        self._expressions(statement.where, scope, "where")
        _names_target(statement.where, statement.every_row, "delete", statement.table)
        self._expressions((statement.shape,), scope, "returning")
        of_single_rows((statement.where, statement.shape), "where or returning")
        self._queries(statement, sources, around)

    def _queries(self, statement: StatementNode, sources: Iterable[Relation], around: Set[Relation]) -> None:
        for relation in sources:
            if isinstance(relation, QuerySource):
                if relation.lateral:
                    self._lateral(statement, relation, around)
                if not relation.cte:
                    _reads_only(relation.query)
                self._later(relation.query)

    def _lateral(self, statement: StatementNode, relation: QuerySource, around: Set[Relation]) -> None:
        """A query in FROM sees what stands before it; a table that is written to is joined last."""
        read = in_from(statement)
        used = tuple(children(relation.query))
        before = {*around, *read[: read.index(relation)]}
        self._expressions(used, before, "a function that is read from (it sees only what stands before it)")
        of_single_rows(used, "a function that is read from")
        joins = statement.joins if isinstance(statement, SelectNode | UpdateNode) else ()
        kind = next((join.kind for join in joins if join.relation is relation), "")
        if kind in ("RIGHT", "FULL") and not self.reach.within(used).free.isdisjoint(read):
            raise QueryError(
                f"{kind.lower()}_join cannot call a function for each row of what stands before it: PostgreSQL takes "
                "join, left_join and cross_join alone"
            )

    def _expressions(
        self, roots: tuple[object, ...], scope: Set[Relation], clause: str, absent: Set[Relation] = _NONE
    ) -> list[Call | Over]:
        """Check what a clause uses. The calls of aggregates and window functions in it, and their windows."""
        found: list[Call | Over] = []
        stack: list[Any] = [roots]
        while stack:
            node = stack.pop()
            kind = node.__class__
            if kind is ColumnNode or kind is Present:
                if node.relation not in scope:
                    _missing(node, scope, clause)
            elif kind is tuple:
                stack += node
            elif kind in _ENDS:
                continue
            elif kind in _HOLDERS:
                _reads_only(node.query)
                refuse_shadowed(node, node.query, scope, self.reach)
                refuse_unlinked(node, scope, self.reach)
                # As it is by now: a later join adds to both.
                self.waiting.append(_Seen(node.query, frozenset(scope), frozenset(absent), node))
                if kind is InQuery:
                    stack.append(node.operand)
            elif kind in STATEMENTS:
                _reads_only(node)
                self.waiting.append(_Seen(node, frozenset(scope)))
            elif issubclass(kind, Node):
                if kind is Over or (kind is Call and (node.function.aggregate or node.function.window)):
                    found.append(node)
                stack.append(kind.below(node))
        return found


_ENDS: Final = RELATION_KINDS | {Bind, ParamNode, type(None), str, int}
"""What uses no relation."""
_HOLDERS: Final = frozenset((Exists, ScalarQuery, InQuery, NestedShape))


def _reads(statement: SelectNode) -> None:
    if from_clause(statement):
        return
    if statement.joins:
        name = label(statement.joins[0].relation)
        raise QueryError(
            f"the query joins {name} to nothing: say what it reads from with .from_(...), and for a self join give one "
            f'of the two another name with alias({name}, "name")'
        )
    for found in within(statement.shape, queries=False):
        if isinstance(found, Call) and found.star:
            raise QueryError(f"{found.function.name}() has no rows to count: say which with .from_(...)")


def _needs_where(where: tuple[Expression, ...], every_row: bool, verb: str, table: Relation) -> None:
    if not where and not every_row:
        raise QueryError(
            f"{verb}({label(table)}) has no where and would touch every row: add .where(...), or .all_rows() to mean it"
        )
    if where and every_row and _says_which(where, table):
        raise QueryError(f"{verb}({label(table)}) has both where and all_rows(): drop one of them")


def _names_target(where: tuple[Expression, ...], every_row: bool, verb: str, table: Relation) -> None:
    if where and not every_row and not _says_which(where, table):
        name = label(table)
        raise QueryError(
            f"no condition of {verb}({name}) names a column of {name}, so that it would touch every row or none: say "
            "which rows are meant, or add .all_rows() to mean it"
        )


def _says_which(where: tuple[Expression, ...], table: Relation) -> bool:
    # SQL of the user's own may name it in its text.
    found = Reach().within(where)
    return table in found.free or found.raw


def _unique(sources: Iterable[Relation]) -> Set[Relation]:
    named: dict[str, Relation] = {}
    found: set[Relation] = set()
    for relation in sources:
        name = name_of(relation)
        if relation in found or (name in named and not of_one_helper(named[name], relation)):
            raise QueryError(
                f'two relations of the query are called "{label(relation)}": '
                'give one another name with alias(table, "name")'
            )
        found.add(relation)
        if name:
            named[name] = relation
    return found


def _reads_only(query: StatementNode) -> None:
    if isinstance(query, InsertNode | UpdateNode | DeleteNode):
        raise QueryError(
            "an insert, update or delete inside another query is read through cte(...), as PostgreSQL runs it once "
            "and before the rest: cte(insert(...).returning(...))"
        )


def _ties(statement: SelectNode | SetNode) -> None:
    if not statement.ties:
        return
    if not statement.order_by:
        raise QueryError("limit(with_ties=True) says nothing without an order: add .order_by(...)")
    if isinstance(statement, SelectNode) and any(locking.wait == "SKIP LOCKED" for locking in statement.locking):
        raise QueryError("limit(with_ties=True) and skip_locked cannot be used together: PostgreSQL has no such query")


def readable(relation: Relation, clause: str) -> None:
    """QueryError for a column of what can never be read from."""
    if type(relation) is TableSource or type(relation) is AliasSource:  # nearly always
        return
    if isinstance(relation, ShapeSource):
        raise QueryError(
            f"{clause} uses {relation.name}, a shape or a mixin, whose columns name fields and belong to no relation: "
            "use those of a table, an alias, a cte or a subquery"
        )
    if isinstance(relation, OwnSource):
        raise QueryError(
            f"{clause} uses a column(...) whose class is no Table: class Name(Table, name=...) makes it a table's"
        )


def _missing(node: ColumnNode | Present, scope: Set[Relation], clause: str) -> None:
    readable(node.relation, clause)
    name = label(node.relation)
    what = f"{name}.{node.name}" if isinstance(node, ColumnNode) else name
    there = ", ".join(sorted(label(relation) for relation in scope)) or "nothing"
    if isinstance(node.relation, ExcludedSource):
        raise QueryError(
            f"{clause} uses excluded({what}): only on_conflict(update=...) sees the row that was not inserted"
        )
    if clause == "values":
        raise QueryError(
            f"values uses {what}, and a new row reads from nothing: give what it holds, or read it, from "
            "select(...).as_scalar(), or for all of the rows with insert_from"
        )
    if any(label(relation) == name for relation in scope):
        raise QueryError(
            f"{clause} uses {what}, and the {name} that the query reads from is another one: each call of alias(...), "
            "cte(...) or subquery(...) makes a relation of its own, so keep one in a variable and use that"
        )
    raise QueryError(
        f"{clause} uses {what}, and {name} is not in the query, which reads from {there}: "
        f"add .join({name}, on=...) or .from_({name})"
    )
