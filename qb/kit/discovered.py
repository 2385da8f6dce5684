"""Tables that nobody has declared: values made of a catalog, whose columns and rows are typed by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar, cast

from typing_extensions import TypeForm

from qb.errors import QueryError
from qb.frozen import Frozen, FrozenStruct, fix
from qb.query.entity import Entity, NamedRow, RelationView
from qb.query.expr.column import column_of
from qb.query.expr.expr import Expr
from qb.query.select import Select, select
from qb.tree.expressions import ColumnNode
from qb.tree.relations import TableSource
from qb.types import SqlType
from qb.types.annotation import shown, split_optional
from qb.types.enum import Enum
from qb.types.verbatim import verbatim

T = TypeVar("T")


class DiscoveredRow(NamedRow, Frozen, Mapping[str, object]):
    """A row of a table that was discovered: a value for each column by its name, as the catalog's type says. Read-only,
    and equal to any mapping of the same names and values. What Python has no value for is a `ServerText`.

    >>> from qb.kit import discover
    >>> tasks = discover(db).unwrap()["tasks"]
    >>> row = db.first(tasks.select("id", "title").order_by(tasks["id"])).unwrap()
    >>> row
    DiscoveredRow({'id': 1, 'title': 'write'})
    """

    __slots__ = ("_values",)
    _said: ClassVar[str] = "a row is a frozen value"
    _values: Mapping[str, object]

    def __init__(self, names: tuple[str, ...], *values: object) -> None:
        fix(self, "_values", dict(zip(names, values, strict=True)))

    def __getitem__(self, name: str) -> object:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"DiscoveredRow({self._values!r})"

    def __hash__(self) -> int:
        return hash(tuple(self._values))


class _RowOf(FrozenStruct):
    """What makes rows of values. Equal where names and types are: a table may have others by now, or in another
    database, and what was compiled for the one is not for the other."""

    names: tuple[str, ...]
    types: tuple[SqlType[Any], ...]

    def __call__(self, *values: object) -> DiscoveredRow:
        return DiscoveredRow(self.names, *values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _RowOf) and (self.names, self.types) == (other.names, other.types)

    def __hash__(self) -> int:
        return hash((self.names, self.types))


class DiscoveredColumn(FrozenStruct):
    """A column as the catalog says it."""

    name: str
    type: SqlType[Any]
    """What its values are. One that qb does not know is read as its text."""
    written: str
    """Its type as PostgreSQL writes it, `numeric(12,2)`."""
    optional: bool
    """Whether it may be NULL."""
    comment: str | None

    def __repr__(self) -> str:
        return f"<column {self.name}: {self.written}{'' if self.optional else ' NOT NULL'}>"


class DiscoveredTable(Frozen):
    """A table, a view or the like that a database has: what `discover` gives.

    It stands in `sql("... {t}", t=table)` as a declared one does; its `relation` in FROM and in joins.

    >>> from qb.kit import discover
    >>> tasks = discover(db).unwrap()["tasks"]
    >>> tasks
    <table public.tasks: id, user_id, title, hours, done>
    >>> tasks.columns["hours"]
    <column hours: bigint>
    >>> db.all(tasks.select("title").where(tasks.column("hours", int | None) > 3))
    <Success: [DiscoveredRow({'title': 'write'})]>
    """

    __slots__ = ("__entity__", "columns", "key", "kind", "name", "schema")
    _said: ClassVar[str] = "a table that was discovered is a frozen value"
    __entity__: Entity
    schema: str
    name: str
    kind: str
    """table, foreign table, view or materialized view."""
    columns: Mapping[str, DiscoveredColumn]
    key: tuple[str, ...]
    """The columns of its primary key."""

    def __init__(
        self, schema: str, name: str, kind: str, columns: Mapping[str, DiscoveredColumn], key: tuple[str, ...]
    ) -> None:
        fix(self, "schema", schema)
        fix(self, "name", name)
        fix(self, "kind", kind)
        fix(self, "columns", MappingProxyType(dict(columns)))
        fix(self, "key", key)
        fix(self, "__entity__", self._entity(tuple(columns)))

    def __repr__(self) -> str:
        return f"<{self.kind} {self.schema}.{self.name}: {', '.join(self.columns)}>"

    @property
    def relation(self) -> type[DiscoveredRow]:
        """What stands in FROM for it: `select(table.relation)`, `.join(other.relation, ...)`."""
        return cast("type[DiscoveredRow]", RelationView(self.__entity__))

    def select(self, *names: str) -> Select[DiscoveredRow]:
        """A query of all rows; with names, of these columns alone. QueryError for a name that is none of it.

        >>> from qb.kit import discover
        >>> users = discover(db).unwrap()["users"]
        >>> db.all(users.select("name").order_by(users["name"].desc()).limit(1))
        <Success: [DiscoveredRow({'name': 'Grace'})]>
        """
        for name in names:
            self._named(name)
        entity = self._entity(names or tuple(self.columns))
        return select(cast("type[DiscoveredRow]", RelationView(entity)))

    def __getitem__(self, name: str) -> Expr[object]:
        """A column, of which nothing is known but that it is one. QueryError for a name that is none of it."""
        self._named(name)
        return self.__entity__.columns[name]

    def column(self, name: str, python: TypeForm[T]) -> Expr[T]:
        """A column whose values are `python`, as one says it of a declared one: `int`, `str | None`, `list[str]`.

        QueryError where the catalog has another type there, or where it may be NULL and `python` is not `... | None`.

        >>> from qb.kit import discover
        >>> users = discover(db).unwrap()["users"]
        >>> users.column("name", int)
        Traceback (most recent call last):
        ...
        qb.errors.QueryError: public.users.name: varchar holds str, the annotation says int
        """
        found = self._named(name)
        plain, optional = split_optional(python)
        where = f"{self.schema}.{self.name}.{name}"
        text = isinstance(found.type, Enum) and plain is str  # its labels are texts
        if (problem := None if text else found.type.refuses(plain)) is not None:
            raise QueryError(f"{where}: {problem}")
        if found.optional and not optional:
            raise QueryError(f"{where} may be NULL: say {shown(plain)} | None")
        known = self.__entity__.columns[name]
        type_ = known.type if plain is object else found.type
        return column_of(known.node, type_, object if text else plain, optional, name)

    def _named(self, name: str) -> DiscoveredColumn:
        found = self.columns.get(name)
        if found is None:
            raise QueryError(
                f"{self.schema}.{self.name} has no column {name!r}: it has {', '.join(self.columns) or 'none'}"
            )
        return found

    def _entity(self, names: tuple[str, ...]) -> Entity:
        source = TableSource(self.schema, self.name, "view" if self.kind == "view" else "table")
        read = {name: verbatim(each.type) for name, each in self.columns.items()}
        columns = {
            name: column_of(ColumnNode(source, name, each.optional, self.key), read[name], object, each.optional, name)
            for name, each in self.columns.items()
        }
        hidden = frozenset(self.columns) - set(names)
        ordered = {name: columns[name] for name in (*names, *hidden)}
        types = tuple(read[name] for name in names)
        return Entity(source, ordered, _RowOf(names, types), self.key, hidden=hidden)
