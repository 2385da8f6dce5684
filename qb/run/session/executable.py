"""Compiled statements and their cache: a query's shape is compiled once, whatever its values.

A prepared query keeps its own compiled form, in its variants; the cache is for queries that are built on the fly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, Final, Generic, NamedTuple, TypeVar, assert_never, cast, overload

from qb.errors import QueryError
from qb.model.target import Feature
from qb.query.not_a_query import not_a_query
from qb.query.prepared.prepare import BoundCommand, BoundRows, Variant
from qb.query.select import Select
from qb.query.statement import Command, Rows
from qb.render.compiled import Compiled, compile_node, compile_probe
from qb.rows.decode import decoder
from qb.run.session.no_ddl import perhaps_ddl
from qb.run.session.result_form import place_in, travelling
from qb.tree.expressions import ColumnNode, RawSql
from qb.tree.limit import limited
from qb.tree.probe import Probed, probes
from qb.tree.raw import RawStatement
from qb.tree.shapes import EntityShape, NestedShape, Output, RowShape, ScalarShape
from qb.tree.slots import leaves
from qb.tree.statements import StatementNode
from qb.tree.transaction_control import controls
from qb.tree.visit import within
from qb.tree.walk import shape_key, walk
from qb.types import SqlType

K = TypeVar("K")
R = TypeVar("R")
V = TypeVar("V")
NOTHING: Final[frozenset[str]] = frozenset()
Values = Callable[[tuple[Any, ...]], Sequence[Any]]


class Parameter(NamedTuple):
    """A parameter: the column it goes with, for errors, and its type."""

    name: str
    type: SqlType[Any]


class ResultColumn(NamedTuple):
    """A column of the result: as errors name it, and as it was declared, where it is no list of nested rows."""

    table: str | None
    name: str | None
    type: SqlType[Any] | None = None
    python: object = object
    raw: bool = False
    """Whether its type is only what the user said of SQL of his own."""


class Executable(Generic[R]):
    """A compiled statement: its SQL, the types of its parameters, how its rows are decoded. Shared by threads.

    How parameters are encoded is each link's business, which knows the types of the server: `Prepared.encoders`.
    """

    __slots__ = (
        *("binary", "calls", "columns", "controls", "decode", "few", "lingers", "newest", "order", "parameters", "raw"),
        *("returns_rows", "sent", "sql", "title", "writes", "_added", "_node", "_probes"),
    )
    sql: bytes
    """The query as it was written, which errors and the log show."""
    title: str | None
    """The name of the prepared query that it is, if it is one."""
    sent: bytes
    """The same as it travels: see `result_form`."""
    parameters: tuple[Parameter, ...]
    columns: tuple[ResultColumn, ...]
    decode: Callable[[list[tuple[Any, ...]], int], list[R]]
    returns_rows: bool
    binary: bool
    order: tuple[int, ...]
    raw: RowShape | None
    """What the rows are to be where all of it is SQL of the user's own, whose columns come as they come."""
    writes: bool
    lingers: bool
    calls: frozenset[str]
    """The names in raw SQL which are PostgreSQL's own, where nobody has defined them once more."""
    controls: frozenset[str]
    """The commands in SQL of the user's own which begin or end a transaction, or a savepoint."""
    newest: Feature | None
    """What it needs of the server that came last."""
    few: bool
    """Whether its SQL gives no more rows than are wanted."""

    def __init__(self, compiled: Compiled, few: bool = False, title: str | None = None) -> None:
        compiled = travelling(compiled)
        self.title = title
        self.few = few
        self.sql = compiled.sql
        self.sent = compiled.sent if title is None else compiled.sent + title_comment(title)
        self._added = compiled.added
        self.newest = compiled.newest
        self.parameters = tuple(Parameter(place.column, place.type) for place in compiled.placeholders)
        self.order = compiled.order
        self.binary = compiled.binary
        self.writes, self.lingers, self.calls = compiled.effects
        self.returns_rows = compiled.shape is not None
        self.raw = compiled.shape if compiled.raw else None
        self.columns = () if compiled.shape is None else columns_of_shape(compiled.shape)
        self.decode = _no_rows if compiled.shape is None else decoder(compiled.shape)
        self._node = compiled.node
        self.controls = controls(self.sql.decode()) if isinstance(compiled.node, RawStatement) else NOTHING
        self._probes: tuple[tuple[bytes, tuple[Probed, ...]], ...] | None = None

    def written(self, position: int) -> int:
        """Where a place in what was sent is in the query as written."""
        return place_in(self._added, position)

    @property
    def probes(self) -> tuple[tuple[bytes, tuple[Probed, ...]], ...]:
        """What is described beside it where it is prepared: SQL that is never run, and the columns it has."""
        if self._probes is None:
            made = () if self._node is None else probes(self._node)
            self._probes = tuple((compile_probe(probe.query), probe.columns) for probe in made)
        return self._probes

    @property
    def lasting(self) -> bool:
        """Whether nothing that is defined makes another statement of it."""
        return isinstance(self._node, RawStatement) and self._node.lasting

    @property
    def perhaps_ddl(self) -> bool:
        """Whether it is SQL of the user's own that may define something."""
        return isinstance(self._node, RawStatement) and perhaps_ddl(self.sql)

    def __repr__(self) -> str:
        return f"<statement {self.sql.decode()}>"


class _Prepared(NamedTuple):
    """What a variant of a prepared query keeps: the statement, and how the arguments of a call become its values."""

    statement: Executable[Any]
    values: Values | None
    """None where they are the arguments as they are."""


WAYS = 100
"""Ways to write rows of one class that are kept: sets of columns, and keys."""


def retained(cache: dict[K, V], size: int, key: K, made: V) -> V:
    """What a cache has under a key from now on; the oldest leaves when it is full."""
    # Without a lock, which an exception from a signal handler could leave locked for ever.
    while len(cache) >= size:
        for oldest in islice(cache, 1):
            cache.pop(oldest, None)
    return cache.setdefault(key, made)


class Memo:
    """What writes of many rows of one class have worked out."""

    __slots__ = ("_ways", "blind", "target", "unstaged")

    def __init__(self) -> None:
        self.target: Any = None
        """What rows of an insert go into."""
        self.blind: bool = False
        """Whether the role of this database may insert and not read."""
        self.unstaged: bool = False
        """Whether it may not make temporary tables."""
        self._ways: dict[Hashable, Any] = {}

    def way(self, key: Hashable, make: Callable[[], V]) -> V:
        """How rows are written of which the key says what they give; worked out once, as long as it is in use."""
        found: V | None = self._ways.get(key)
        return found if found is not None else retained(self._ways, WAYS, key, make())


class Executables:
    """A bounded cache of compiled statements by shape, and of memos by class; the oldest leaves when it is full."""

    __slots__ = ("_by_class", "_by_shape", "_size")

    def __init__(self, size: int = 1000) -> None:
        self._by_shape: dict[tuple[object, ...], Executable[Any]] = {}
        self._by_class: dict[type[Any], Memo] = {}
        self._size = size

    def __len__(self) -> int:
        return len(self._by_shape)

    @overload
    def resolve(self, query: Rows[R]) -> tuple[Executable[R], Sequence[Any]]: ...
    @overload
    def resolve(self, query: Command) -> tuple[Executable[Any], Sequence[Any]]: ...
    def resolve(self, query: object) -> tuple[Executable[Any], Sequence[Any]]:
        """The compiled statement of a query and its parameters' values. QueryError where it can never work."""
        if isinstance(query, (BoundRows, BoundCommand)):
            kept: Any = query.variant.compiled
            prepared: _Prepared = kept if kept is not None else _prepared(query.variant)
            return prepared.statement, prepared.values(query.arguments) if prepared.values else query.arguments
        if not isinstance(query, (Rows, Command)):
            raise not_a_query(query)
        key, binds = walk(query.node)
        statement = self._by_shape.get(key)
        if statement is None:
            statement = self._compiled(key, query.node)
        return statement, [binds[position].value for position in statement.order]

    def resolve_few(self, query: Rows[R], count: int) -> tuple[Executable[R], Sequence[Any]]:
        """The same where only `count` rows are wanted: a SELECT of qb's own says so, in a statement of its own."""
        if isinstance(query, BoundRows):
            kept: Any = query.variant.few.get(count)
            prepared: _Prepared = kept if kept is not None else _prepared_few(query.variant, count)
            return prepared.statement, prepared.values(query.arguments) if prepared.values else query.arguments
        if not isinstance(query, Select):
            return self.resolve(query)
        key, binds = walk(query.node)
        few = (count, key)
        statement = self._by_shape.get(few)
        if statement is None:
            node = limited(query.node, count, key)
            if node is None:  # found under this key, too, so that nobody asks again
                whole = self._by_shape.get(key) or self._compiled(key, query.node)
                statement = self._kept(few, whole)
            else:
                statement = self._kept(few, Executable(compile_node(node), True))
        return statement, [binds[position].value for position in statement.order]

    def memo(self, kind: type[Any]) -> Memo:
        """What writes of many rows of one class have worked out."""
        found = self._by_class.get(kind)
        return found if found is not None else retained(self._by_class, self._size, kind, Memo())

    def _compiled(self, key: tuple[object, ...], node: StatementNode) -> Executable[Any]:
        return self._kept(key, Executable(compile_node(node)))

    def _kept(self, key: tuple[object, ...], made: Executable[Any]) -> Executable[Any]:
        return retained(self._by_shape, self._size, key, made)


class RebuiltStatements(Executables):
    """Statements for tests: each call of a prepared query builds it once more, and raises where it is another one."""

    __slots__ = ()

    def resolve(self, query: Any) -> tuple[Executable[Any], Sequence[Any]]:
        """As always, for a call of a prepared query whose body still gives what it gave at first."""
        if isinstance(query, BoundRows | BoundCommand):
            query.check_again()
        return super().resolve(query)

    def resolve_few(self, query: Rows[R], count: int) -> tuple[Executable[R], Sequence[Any]]:
        """The same."""
        if isinstance(query, BoundRows):
            query.check_again()
        return super().resolve_few(query, count)


def title_comment(title: str) -> bytes:
    """A comment that says whose SQL it is: the server's own statistics and its log show it, and it stands at the end,
    so that no place in the SQL is another one. In ASCII, which a database of any encoding takes.

    >>> title_comment("Shop.<locals>.visits")
    b' /* qb: Shop.<locals>.visits */'
    """
    return f" /* qb: {_UNSAFE.sub('_', title)[:100]} */".encode()


_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.<>]")


def _prepared(variant: Variant) -> _Prepared:
    kept = variant.compiled = _of_variant(variant, variant.query.node, False)
    return kept  # two threads may both come here: either result is as good


def _prepared_few(variant: Variant, count: int) -> _Prepared:
    node = limited(variant.query.node, count, shape_key(variant.query.node))
    if node is None:
        whole = variant.compiled
        kept = cast("_Prepared", whole) if whole is not None else _prepared(variant)
    else:
        kept = _of_variant(variant, node, True)
    variant.few[count] = kept
    return kept


def _of_variant(variant: Variant, node: StatementNode, few: bool) -> _Prepared:
    compiled = compile_node(node)
    sources = [
        (-1, place.value) if place.parameter is None else (variant.names.index(place.parameter), None)
        for place in compiled.placeholders
    ]
    return _Prepared(Executable(compiled, few, variant.title), _values(sources, len(variant.names)))


def _values(sources: Sequence[tuple[int, object]], arguments: int) -> Values | None:
    positions = [position for position, _ in sources]
    if positions == [*range(arguments)]:
        return None
    if not positions:
        return lambda _: ()
    if -1 in positions:
        return lambda arguments: [value if at < 0 else arguments[at] for at, value in sources]
    if len(positions) == 1:
        (only,) = positions
        return lambda arguments: (arguments[only],)
    return itemgetter(*positions)


def columns_of_shape(shape: RowShape) -> tuple[ResultColumn, ...]:
    """The columns that a shape is read from, in its order."""
    found: list[ResultColumn] = []
    for leaf in leaves(shape):
        match leaf:
            case ScalarShape(output=output):
                found.append(_column(output))
            case EntityShape(outputs=outputs, present=present):
                if present is not None:
                    found.append(ResultColumn(None, None))
                found += map(_column, outputs)
            case NestedShape():
                found.append(ResultColumn(None, "nested rows"))
            case _:
                assert_never(leaf)
    return tuple(found)


def _column(output: Output) -> ResultColumn:
    raw = not isinstance(output.node, ColumnNode) and any(isinstance(node, RawSql) for node in within(output.node))
    return ResultColumn(output.table or None, output.name or None, output.type, output.python, raw)


def _no_rows(rows: list[tuple[Any, ...]], position: int) -> list[Any]:
    raise QueryError("the statement returns a count, not rows")
