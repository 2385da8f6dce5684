"""`compile_node`: a query as SQL bytes with `$1..$n`, and what belongs in those places."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from qb.errors import QueryError
from qb.model.target import Feature, Requirements, Target
from qb.render.effects import Effects, effects
from qb.render.relation_names import Names
from qb.render.terms import CLAUSE, NUL, OUTPUT, Boundary, Piece
from qb.tree.expressions import Bind, ParamNode
from qb.tree.insert import InsertNode
from qb.tree.raw import RawStatement
from qb.tree.relations import QuerySource, RecursiveSource, Relation
from qb.tree.scope import check_statement
from qb.tree.select import SelectNode
from qb.tree.shapes import RowShape
from qb.tree.statements import StatementNode, shape_of
from qb.tree.values import ValuesBlock
from qb.tree.walk import walked
from qb.types import SqlType
from qb.types.identifier import writable


class Placeholder(NamedTuple):
    """A parameter: its type, the column it goes with (for errors), and its name where a prepared query has one."""

    type: SqlType[object]
    column: str
    parameter: str | None
    value: object = None

    def __repr__(self) -> str:
        return f"<placeholder of {self.type.name}>"


class Compiled(NamedTuple):
    """SQL and its parameters. Printed it is readable SQL, without the values.

    >>> found = compile(select(User.id).where(User.name == "Ada").limit(1))
    >>> found.sql
    b'SELECT "users"."id" FROM "users" WHERE "users"."name" = $1::varchar LIMIT $2::bigint'
    >>> found.parameters
    ('Ada', 1)
    """

    sql: bytes
    placeholders: tuple[Placeholder, ...]
    shape: RowShape | None
    order: tuple[int, ...]
    """For each parameter, which of the tree's values (as `walk` gives them) it is; -1 for a named one. The cells of a
    block of rows come before these."""
    effects: Effects = Effects()
    """What running it may leave behind."""
    raw: bool = False
    """Whether all of it is the user's own SQL."""
    node: StatementNode | None = None
    """What it was made of."""
    outputs: tuple[tuple[int, int], ...] = ()
    """Where in the SQL the outputs stand, one after the other."""
    clauses: tuple[int, ...] = ()
    """Where its outermost clauses begin: each has a line of its own where the SQL is printed."""
    binary: bool = False
    """Whether the result is asked for in PostgreSQL's binary form: see `qb.run.session.result_form`."""
    added: tuple[tuple[int, str], ...] = ()
    """What is put into the SQL on its way, and where, so that the result can travel so."""
    newest: Feature | None = None
    """What it needs of the server that came last."""

    @property
    def sent(self) -> bytes:
        """What is sent to the server: the SQL, with documents cast to text where the result travels in binary."""
        if not self.added:
            return self.sql
        text, parts, before = self.sql.decode(), list[str](), 0
        for at, put in self.added:
            parts += (text[before:at], put)
            before = at
        return "".join((*parts, text[before:])).encode()

    @property
    def parameters(self) -> tuple[object, ...]:
        """The values, in order."""
        return tuple(placeholder.value for placeholder in self.placeholders)

    def __str__(self) -> str:
        text, lines, before = self.sql.decode(), list[str](), 0
        for at in self.clauses:
            lines.append(text[before : at - 1])
            before = at
        return "\n".join((*lines, text[before:]))

    def __repr__(self) -> str:
        return f"<compiled {self.sql.decode()}>"


class Dollars:
    """Collects parameters while the SQL is put together: `$1::bigint`, the same value twice being one parameter.

    `twins` are the values, by their id, that share the parameter of another one.
    """

    __slots__ = ("before", "found", "names", "needs", "numbers", "twins")

    def __init__(self, before: int, names: Names, twins: Mapping[int, Bind], target: Target = Target()) -> None:
        self.needs: Requirements = Requirements(target)
        self.before: int = before
        self.names: Names = names
        self.twins: Mapping[int, Bind] = twins
        self.found: list[Bind | ParamNode] = []
        self.numbers: dict[object, int] = {}

    def place(self, value: Bind | ParamNode) -> str:
        """The placeholder of a value."""
        value = self.twins.get(id(value), value)
        key: object = id(value) if isinstance(value, Bind) else value
        number = self.numbers.get(key)
        if number is None:
            self.found.append(value)
            number = self.numbers[key] = self.before + len(self.found)
        return f"${number}::{value.type.base}"

    def require(self, feature: Feature) -> None:
        """Note what the statement needs of its server."""
        self.needs.add(feature)

    def name(self, relation: Relation) -> str:
        """What the statement calls a relation."""
        return self.names.of(relation)

    def cte(self, table: QuerySource | RecursiveSource) -> str:
        """What WITH calls a CTE."""
        return self.names.of_cte(table)


def load() -> None:
    """Load what compiling needs, PyPika included, before it is needed.

    An interrupt in the midst of an import can leave Python's own import locks locked, for all threads and for ever: no
    statement is to be the first one that imports something.
    """
    for name in ("statements", "select", "union", "insert", "update", "delete", "with_clause"):
        import_module(f"qb.render.{name}")
    for module in iter_modules(import_module("qb.render.ddl").__path__):
        import_module(f"qb.render.ddl.{module.name}")


def compile_node(node: StatementNode, target: Target = Target()) -> Compiled:
    """The same for a syntax tree."""
    # PyPika is only imported by those who compile: `import qb` stays quick.
    from qb.render.statements import statement, text_of
    from qb.render.with_clause import with_clause

    names = Names(node)
    check_statement(node, *(table.query for table in names.tables))
    block = node.rows if isinstance(node, InsertNode) and isinstance(node.rows, ValuesBlock) else None
    _, values, twins = walked(node)
    dollars = Dollars(0 if block is None else block.count * len(block.types), names, twins, target)
    ctes = with_clause(names)
    pieces = [*ctes, *([CLAUSE] if ctes else ()), *statement(node)]
    text, outputs, clauses = _unmarked(text_of(pieces, dollars), pieces)
    positions = {id(bind): position for position, bind in enumerate(values)}
    order = tuple(positions[id(value)] if isinstance(value, Bind) else -1 for value in dollars.found)
    if len(dollars.found) > 65_535:
        raise QueryError(
            f"the query has {len(dollars.found):,} parameters and PostgreSQL takes 65,535: use insert_many"
        )
    placeholders = tuple(
        Placeholder(value.type, value.column, None, value.value)
        if isinstance(value, Bind)
        else Placeholder(value.type, value.column if value.column != "?" else value.name, value.name)
        for value in dollars.found
    )
    if block is not None:
        cells = tuple(
            Placeholder(type_, column, None) for type_, column in zip(block.types, block.columns, strict=True)
        )
        placeholders = cells * block.count + placeholders
    if not writable(text):
        raise QueryError("the query's own text holds half of a surrogate pair, which no encoding can write: correct it")
    return Compiled(
        text.encode(),
        placeholders,
        shape_of(node),
        order,
        effects(names.acts),
        isinstance(node, RawStatement),
        node,
        outputs,
        clauses,
        newest=dollars.needs.newest,
    )


def _unmarked(text: str, pieces: list[Piece]) -> tuple[str, tuple[tuple[int, int], ...], tuple[int, ...]]:
    """The text without the marks that were among its pieces; where its outputs stand, and where its clauses begin."""
    marks = [piece for piece in pieces if isinstance(piece, Boundary)]
    first, *parts = text.split(NUL)
    if len(parts) != len(marks):
        raise QueryError("the query's own text holds a NUL character, which PostgreSQL cannot: take it out")
    at, outputs, clauses = len(first), list[int](), list[int]()
    for mark, part in zip(marks, parts, strict=True):
        (outputs if mark is OUTPUT else clauses).append(at)
        at += len(part)
    return "".join((first, *parts)), tuple(zip(outputs[::2], outputs[1::2], strict=True)), tuple(clauses)


def compile_probe(query: SelectNode) -> bytes:
    """The SQL of a query that is described and never run; it is made of one that was checked."""
    from qb.render.statements import text_of
    from qb.render.with_clause import with_clause

    dollars = Dollars(0, Names(query), walked(query).twins)
    return text_of([*with_clause(dollars.names), query], dollars).encode()


__all__ = ["Compiled", "Placeholder", "compile_node"]
