"""`sql`: what has no builder yet, with bound values and a typed result."""

from __future__ import annotations

from string import Formatter
from typing import Any, ClassVar, Literal, LiteralString, Never, TypeVar, overload

from typing_extensions import TypeForm

from qb.errors import QueryError
from qb.frozen import FrozenStruct
from qb.query.entity import entity_of
from qb.query.expr.expr import Expr
from qb.query.expr.lift import lift_plain
from qb.query.expr.selectable import Query
from qb.query.raw_row import row_of, type_read_as
from qb.query.statement import Command, Rows
from qb.tree.expressions import Expression, NameNode, RawSql
from qb.tree.raw import RawStatement
from qb.tree.semicolons import blank
from qb.tree.statements import StatementNode
from qb.types import SqlType
from qb.types.annotation import split_optional
from qb.types.identifier import writable

T = TypeVar("T")


class RawRows(Rows[T], Query[T]):
    """A statement in SQL of one's own that returns rows."""

    __slots__ = ()


class Sql(FrozenStruct):
    """A piece of SQL. `as_` makes it an expression, `rows` a statement with rows, `command` one without.

    >>> shout = sql("{x} || {mark}", x=User.name, mark="!").as_(str, not_null=True)
    >>> db.all(select(shout).order_by(User.id))
    <Success: ['Ada!', 'Grace!']>
    >>> db.execute(sql("UPDATE {t} SET done = true", t=Task).command())
    <Success: 3>
    """

    _said: ClassVar[str] = "a piece of SQL is a frozen value"
    node: RawSql

    @overload
    def as_(self, python: TypeForm[T], *, type: SqlType[Never] | None = None) -> Expr[T | None]: ...
    @overload
    def as_(self, python: TypeForm[T], *, type: SqlType[Never] | None = None, not_null: Literal[True]) -> Expr[T]: ...
    def as_(self, python: TypeForm[T], *, type: SqlType[Any] | None = None, not_null: bool = False) -> Expr[Any]:
        """An expression whose values are `python`, or None unless you know better and say `not_null=True`.

        `type` is its type in SQL where that does not follow from Python's: a timestamp, an enum. It is not cast.

        >>> from datetime import datetime
        >>> sql("localtimestamp(0)").as_(datetime, type=pg.timestamp, not_null=True).type
        <type timestamp>
        """
        plain, optional = split_optional(python)
        node = RawSql(self.node.parts, not_null=not_null)
        if type is not None and (reason := type.refuses(plain)) is not None:
            raise QueryError(f"as_: {reason}: change the one or the other")
        type_ = type_read_as("as_", plain) if type is None else type
        return Expr(node, type_, plain, optional or not not_null)

    def rows(self, shape: TypeForm[T]) -> RawRows[T]:
        """A statement with rows. A table, a Shape, a Struct, a dataclass or a NamedTuple takes the columns by their
        names, each once and no others; a `tuple[int, str]` by position; any other type is the value of the one column.

        A Struct or a dataclass is also what a single jsonb column holds, unless the column is called as a field of it.

        >>> class Load(Shape):
        ...     name: Col[str]
        ...     tasks: Col[int]
        >>> load = "SELECT count(t.id) AS tasks, u.name FROM users u JOIN tasks t ON t.user_id = u.id GROUP BY u.name"
        >>> db.all(sql(load + " ORDER BY u.name").rows(Load))
        <Success: [Load(name='Ada', tasks=2), Load(name='Grace', tasks=1)]>
        >>> db.all(sql("SELECT id, name FROM users ORDER BY id").rows(tuple[int, str]))
        <Success: [(1, 'Ada'), (2, 'Grace')]>
        """
        statement = RawSql(self.node.parts, statement=True)
        if all(isinstance(part, str) for part in statement.parts) and blank("".join(map(str, statement.parts))):
            raise QueryError("sql: the text is empty, so there are no rows to read: write a query")
        return RawRows(RawStatement(statement, row_of(shape, statement)))

    def command(self) -> Command:
        """A statement whose result is the number of rows it touched."""
        return Command(RawStatement(RawSql(self.node.parts, statement=True)))


def lasting(query: RawRows[T]) -> RawRows[T]:
    """The same where it asks PostgreSQL's own catalogs alone, by an empty search path: a session keeps it prepared
    whatever is defined meanwhile."""
    node = query.node
    assert isinstance(node, RawStatement)
    return RawRows(RawStatement(node.sql, node.shape, lasting=True))


def sql(template: LiteralString, /, **_values: object) -> Sql:
    """SQL text with `{name}` for values: columns and expressions stand as they are, tables by their quoted name, and
    every other Python value becomes a bound parameter. `{{` and `}}` are braces.

    The template itself is trusted, and so a literal, or what literals are put together to; `trusted(text)` for another
    that you vouch for. Errors: QueryError for a name without a value, or a value without a name.
    https://www.postgresql.org/docs/current/sql-commands.html

    >>> db.scalar(sql("SELECT count(*) FROM {t} WHERE title LIKE {p}", t=Task, p="%i%").rows(int))
    <Success: 2>
    >>> db.all(sql("SELECT * FROM {u} WHERE {n} = {x}", u=User, n=User.name, x="Ada").rows(User)).unwrap()[0].id
    1
    """
    parts: list[str | Expression | StatementNode] = []
    used: set[str] = set()
    for text, name, spec, conversion in _parsed(template):
        if text:
            parts.append(text)
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise QueryError(f"sql: {{{name}}} is no plain name: write {{x}} and pass x=...")
        if name not in _values:
            raise QueryError(f"sql: {{{name}}} has no value: pass {name}=...")
        used.add(name)
        parts.append(_part(_values[name]))
    if unused := sorted(set(_values) - used):
        raise QueryError(f"sql: {', '.join(unused)} is given and never used in the template")
    return Sql(RawSql(tuple(parts)))


def _parsed(template: object) -> list[tuple[str, str | None, str | None, str | None]]:
    if not isinstance(template, str):
        raise QueryError(f'sql takes SQL as text, sql("now()"), and this is {type(template).__name__}: write its text')
    if not writable(template):
        raise QueryError("sql: the template holds half of a surrogate pair, which no encoding can write: correct it")
    try:
        return list(Formatter().parse(template))
    except ValueError as error:
        raise QueryError(f"sql: {error}: a brace of its own is written twice") from None


def _part(value: object) -> Expression | StatementNode:
    if isinstance(value, Sql):
        return value.node
    if isinstance(value, Query):
        return value.node
    if (entity := entity_of(value)) is not None and entity.relation is not None:
        return NameNode(entity.relation, None)
    return lift_plain(value).node
