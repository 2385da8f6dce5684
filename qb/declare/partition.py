"""How a table is divided, and its partitions, as values next to it.

https://www.postgresql.org/docs/current/ddl-partitioning.html
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from typing import Any, ClassVar, Final, Generic, TypeVar, cast, overload
from uuid import UUID

import msgspec
from typing_extensions import Unpack

from qb.declare.index import OperatorClasses, operator_classes
from qb.declare.owner import immutable_expression, no_column, table_of
from qb.declare.table_options import PartitionOptions, TableOptions, kept_options
from qb.errors import DefinitionError
from qb.frozen import FrozenStruct, fix
from qb.model.index import OperatorClass
from qb.model.object import of_table
from qb.model.partition import BoundValue, PartitionBounds, Partitioning, PartitionOf, order
from qb.model.written import written
from qb.query.entity import Entity, RelationView, TableRow, entity_of, moved
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.typed import Typed
from qb.query.ladder import A, B, C, D
from qb.tree.relations import TableSource
from qb.types import SqlType
from qb.types.admitted import check_admitted
from qb.types.enum import Enum as PgEnum
from qb.types.identifier import identifier
from qb.types.narrowed import narrowed

R = TypeVar("R", bound=TableRow)
K = TypeVar("K")


class Limit(FrozenStruct):
    """What is before all values of a column, or behind them: `MINVALUE` and `MAXVALUE` in the bounds of a range.

    >>> MINVALUE, MAXVALUE
    (MINVALUE, MAXVALUE)
    """

    _said: ClassVar[str] = "a limit is a frozen value"
    side: int

    def __repr__(self) -> str:
        return "MINVALUE" if self.side < 0 else "MAXVALUE"


MINVALUE: Final = Limit(-1)
MAXVALUE: Final = Limit(1)


class Partition(msgspec.Struct, frozen=True):
    """A partition as it was declared: its own name, what it is of, and which rows it takes."""

    source: TableSource
    partitioning: Partitioning
    bounds: PartitionBounds
    options: TableOptions
    external: bool | None = None
    """Whether somebody else makes it; None where nothing is said."""

    @property
    def of(self) -> PartitionOf:
        """What its table is a part of."""
        return PartitionOf(self.partitioning.table, self.bounds)


class PartitionRelation(RelationView):
    """A partition as a relation to read from: `schema(...)` takes the partition from it."""

    __slots__ = ("__partition__",)
    __partition__: Partition

    def __init__(self, entity: Entity, partition: Partition) -> None:
        super().__init__(entity)
        fix(self, "__partition__", partition)

    def __repr__(self) -> str:
        return f"<partition {of_table(self.__partition__.source).title}>"


class PartitionedBy(FrozenStruct, Generic[R]):
    """How a table is divided; its methods make the partitions."""

    _said: ClassVar[str] = "how a table is divided is a frozen value"
    entity: Entity
    partitioning: Partitioning
    keys: tuple[Typed[Any], ...]

    def __repr__(self) -> str:
        return f"<{of_table(self.partitioning.table).title} by {self.partitioning.strategy}>"

    def _called(self, name: str) -> str:
        of = of_table(self.partitioning.table).title
        return f"the partition {identifier(name, f'a partition of {of}')!r} of {of}"

    def _made(self, name: str, bounds: PartitionBounds, options: PartitionOptions) -> type[R]:
        what, table = self._called(name), self.partitioning.table
        if unknown := options.keys() - PartitionOptions.__annotations__.keys():
            raise DefinitionError(f"{what} has no option {', '.join(sorted(unknown))}: drop it")
        if (schema := options.get("schema")) is not None:
            identifier(schema, f"the schema of {what}")
        source = TableSource(schema or table.schema, name)
        partition = Partition(
            source, self.partitioning, bounds, kept_options(what, options, rls=None), options.get("external")
        )
        return cast("type[Any]", PartitionRelation(moved(self.entity, source), partition))


class WithDefault(PartitionedBy[R]):
    """A table that may have a partition for what no other one takes."""

    def default(self, name: str, **_options: Unpack[PartitionOptions]) -> type[R]:
        """The partition for the rows that no other one takes: `rest = by_day.default("events_rest")`.

        It is in the schema of its table, unless it is said otherwise. Errors: DefinitionError.
        https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-PARTITION-OF

        >>> by_hours = partition_by_range(Task, Task.hours)
        >>> by_hours.default("tasks_rest")
        <partition tasks_rest>
        """
        return self._made(name, PartitionBounds("default"), _options)


class RangePartitions(WithDefault[R], Generic[R, K]):
    """A table whose partitions take its rows from a bound to before another one."""

    def partition(self, name: str, from_: K, to: K, **_options: Unpack[PartitionOptions]) -> type[R]:
        """The partition of the rows from `from_` to before `to`: `may = by_day.partition("events_may", first, last)`.

        It is a relation with the rows of its table, and is in the schema of that unless it is said otherwise. Of
        several columns the bounds are tuples. Whoever reads it by its own name meets its own row security: that of its
        table, unless `rls` says otherwise. Errors: DefinitionError for bounds of another type, or without rows between
        them. https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-PARTITION-OF

        >>> few = partition_by_range(Task, Task.id).partition("few_tasks", MINVALUE, 100)
        >>> print(compile(select(few.title).where(few.id == 1)))
        SELECT "few_tasks"."title"
        FROM "few_tasks"
        WHERE "few_tasks"."id" = $1::bigint
        """
        what = self._called(name)
        lower, upper = self._bound(from_, f"{what}: from_"), self._bound(to, f"{what}: to")
        bounds = PartitionBounds("range", lower, upper)
        known = order(lower, upper)
        if lower == upper or (known is not None and known >= 0):
            raise DefinitionError(f"{what} takes no row, {bounds}: give a to that is behind its from_")
        return self._made(name, bounds, _options)

    def _bound(self, given: object, what: str) -> tuple[BoundValue, ...]:
        several: tuple[object, ...] = (given,)
        if isinstance(given, tuple) and len(self.keys) > 1:
            several = cast("tuple[object, ...]", given)
        if len(several) != len(self.keys):
            raise DefinitionError(f"{what} has {len(several)} values for {len(self.keys)} keys: give one for each")
        made = tuple(_value(each, key, what) for each, key in zip(several, self.keys, strict=True))
        for each, behind in pairwise(made):
            if each.side and behind.side != each.side:
                raise DefinitionError(f"{what}: what is behind {each} decides nothing: give {each} there, too")
        if any(each.text is None for each in made):
            raise DefinitionError(f"{what} is NULL, which is in no range: a row with it is for default(...)")
        return made


class ListPartitions(WithDefault[R], Generic[R, K]):
    """A table whose partitions take the rows with some values each."""

    def partition(self, name: str, /, *values: K | None, **_options: Unpack[PartitionOptions]) -> type[R]:
        """The partition of the rows with one of these values: `europe = by_region.partition("europe", "de", "fr")`.

        None is NULL, which PostgreSQL takes for a column that is never NULL, too. It is a relation, as of
        `partition_by_range`. Errors: DefinitionError for values of another type.
        https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-PARTITION-OF

        >>> partition_by_list(Task, Task.done).partition("tasks_done", True)
        <partition tasks_done>
        """
        what = self._called(name)
        if not values:
            raise DefinitionError(f"{what} names no value: name at least one")
        made = tuple(_value(each, self.keys[0], what) for each in values)
        if any(each.side for each in made):
            raise DefinitionError(f"{what}: MINVALUE and MAXVALUE are bounds of a range: name the values")
        if twice := [each for number, each in enumerate(made) if each in made[:number]]:
            raise DefinitionError(f"{what} names {twice[0]} twice: drop one of them")
        return self._made(name, PartitionBounds("list", values=made), _options)


class HashPartitions(PartitionedBy[R]):
    """A table whose partitions take the rows whose hash leaves a remainder."""

    def partition(self, name: str, *, modulus: int, remainder: int, **_options: Unpack[PartitionOptions]) -> type[R]:
        """The partition of the rows whose hash, divided by the modulus, leaves the remainder.

        Together they should take all remainders. It is a relation, as of `partition_by_range`. Errors: DefinitionError.
        https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-PARTITION-OF

        >>> by_id = partition_by_hash(Task, Task.id)
        >>> [by_id.partition(f"tasks_{number}", modulus=2, remainder=number) for number in range(2)]
        [<partition tasks_0>, <partition tasks_1>]
        """
        what = self._called(name)
        if type(modulus) is not int or not 0 < modulus < 2**31:
            raise DefinitionError(f"{what} has a modulus of {modulus!r}: give a number of partitions, 1 or more")
        if type(remainder) is not int or not 0 <= remainder < modulus:
            raise DefinitionError(f"{what} has a remainder of {remainder!r}: give one from 0 to {modulus - 1}")
        return self._made(name, PartitionBounds("hash", modulus=modulus, remainder=remainder), _options)


@overload
def partition_by_range(
    table: type[R], a: Expr[A | None], /, *, operator_class: OperatorClasses = None
) -> RangePartitions[R, A | Limit]: ...
@overload
def partition_by_range(
    table: type[R],
    a: Expr[A | None],
    b: Expr[B | None],
    /,
    *,
    operator_class: OperatorClasses = None,
) -> RangePartitions[R, tuple[A | Limit, B | Limit]]: ...
@overload
def partition_by_range(
    table: type[R],
    a: Expr[A | None],
    b: Expr[B | None],
    c: Expr[C | None],
    /,
    *,
    operator_class: OperatorClasses = None,
) -> RangePartitions[R, tuple[A | Limit, B | Limit, C | Limit]]: ...
@overload
def partition_by_range(
    table: type[R],
    a: Expr[A | None],
    b: Expr[B | None],
    c: Expr[C | None],
    d: Expr[D | None],
    /,
    *,
    operator_class: OperatorClasses = None,
) -> RangePartitions[R, tuple[A | Limit, B | Limit, C | Limit, D | Limit]]: ...
def partition_by_range(
    table: type[R], /, *keys: Expr[Any], operator_class: OperatorClasses = None
) -> RangePartitions[R, Any]:
    """PARTITION BY RANGE, next to the table: `by_day = partition_by_range(Event, Event.at)`.

    Its partitions are made by its methods: `by_day.partition(name, from_, to)` and `by_day.default(name)`. Keys are
    columns or expressions; what is unique over all partitions holds them all, as columns. A partition is divided in the
    same way: `partition_by_list(may, may.region)`. `operator_class` is as of `index`.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/ddl-partitioning.html

    >>> from datetime import date
    >>> class Reading(Table, name="readings"):
    ...     day: Col[date] = column(primary_key=True)
    ...     sensor: Col[int] = column(primary_key=True)
    >>> by_day = partition_by_range(Reading, Reading.day)
    >>> y2024 = by_day.partition("readings_2024", date(2024, 1, 1), date(2025, 1, 1))
    >>> print(create_all(schema(Reading, by_day, y2024)))
    CREATE TABLE "readings" (
      "day" date NOT NULL,
      "sensor" bigint NOT NULL,
      CONSTRAINT "readings_pkey" PRIMARY KEY ("day", "sensor")
    ) PARTITION BY RANGE ("day");
    CREATE TABLE "readings_2024" PARTITION OF "readings" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    """
    return RangePartitions(*_divided("range", table, keys, operator_class))


def partition_by_list(
    table: type[R], key: Expr[A], /, *, operator_class: str | OperatorClass | None = None
) -> ListPartitions[R, A]:
    """PARTITION BY LIST, next to the table: `by_region = partition_by_list(Sale, Sale.region)`.

    Its partitions are made by its methods: `by_region.partition(name, "de", "fr")` and `by_region.default(name)`. The
    rest is as of `partition_by_range`. Errors: DefinitionError.
    https://www.postgresql.org/docs/current/ddl-partitioning.html

    >>> by_done = partition_by_list(Task, Task.done)
    >>> by_done, by_done.default("tasks_rest")
    (<tasks by list>, <partition tasks_rest>)
    """
    return ListPartitions(*_divided("list", table, (key,), operator_class))


def partition_by_hash(
    table: type[R], /, *keys: Expr[object], operator_class: OperatorClasses = None
) -> HashPartitions[R]:
    """PARTITION BY HASH, next to the table: `by_tenant = partition_by_hash(Document, Document.tenant_id)`.

    Its partitions are made by its method: `by_tenant.partition(name, modulus=4, remainder=0)`. The rest is as of
    `partition_by_range`. Errors: DefinitionError. https://www.postgresql.org/docs/current/ddl-partitioning.html

    >>> partition_by_hash(Task, Task.id)
    <tasks by hash>
    """
    return HashPartitions(*_divided("hash", table, keys, operator_class))


def _divided(
    strategy: str, table: object, keys: tuple[object, ...], classes: OperatorClasses
) -> tuple[Entity, Partitioning, tuple[Typed[Any], ...]]:
    entity = entity_of(table)
    source = None if entity is None else entity.relation
    if entity is None or not isinstance(source, TableSource) or source.kind != "table":
        raise DefinitionError(f"partition_by_{strategy} takes a table first, not {table!r}")
    what = f"the partitioning of {of_table(source).title}"
    if not keys:
        raise no_column(what)
    typed: list[Typed[Any]] = []
    for each in keys:
        if not is_expr(each):
            raise DefinitionError(f"{what} takes columns and expressions, not {each!r}")
        typed.append(each)
    nodes = tuple(each.node for each in typed)
    if (other := table_of(nodes, what)) != source:
        raise DefinitionError(f"{what} is by columns of {of_table(other).title}: use the columns of the table itself")
    for node in nodes:
        immutable_expression(node, what)
    on = tuple(map(written, nodes))
    return entity, Partitioning(source, strategy, on, operator_classes(classes, len(on), what)), tuple(typed)


def _value(given: object, key: Typed[Any], what: str) -> BoundValue:
    """A bound as the database has it. DefinitionError for a value that its column would not hold."""
    if isinstance(given, Limit):
        return BoundValue("", None, given.side)
    if given is None:
        return BoundValue(None)
    if is_expr(given):
        raise DefinitionError(f"{what} takes a value, and no expression: {given!r}")
    try:
        check_admitted(given, key.python)
        encode = narrowed(key.type, key.python).encode
        if encode is not None:
            encode(given)
        text = key.type.literal(given)
        reason = key.type.cannot_hold(given)
    except (TypeError, ValueError) as error:
        raise DefinitionError(f"{what} does not fit {key.type.name}: {error}") from None
    if reason is not None:
        raise DefinitionError(f"{what} does not fit {key.type.name}: {reason}")
    return BoundValue(text, _place(given, key.type, text))


def _place(value: object, type_: SqlType[Any], text: str) -> int | Decimal | None:
    """Where a value stands among those of its type, where Python orders them as PostgreSQL does."""
    if isinstance(type_, PgEnum):
        labels: tuple[str, ...] = type_.labels
        return labels.index(text) if text in labels else None
    if isinstance(value, Enum):
        value = value.value
    match value:
        case int():
            return int(value)
        case Decimal() | float() if Decimal(value).is_finite():
            return Decimal(value)
        case UUID():
            return value.int
        case dt.datetime():
            zero = dt.datetime(1970, 1, 1, tzinfo=None if value.tzinfo is None else dt.UTC)
            return (value - zero) // dt.timedelta(microseconds=1)
        case dt.date():
            return value.toordinal()
        case dt.timedelta():
            return value // dt.timedelta(microseconds=1)
        case _:
            return None
