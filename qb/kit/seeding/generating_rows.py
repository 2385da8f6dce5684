"""`generate_rows`: rows that are made up for the tables of a schema, the same ones for a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, cast

from qb.declare.new import New, new
from qb.errors import (
    CheckViolation,
    DataException,
    DbError,
    DefinitionError,
    EncodeError,
    ExclusionViolation,
    ForeignKeyViolation,
    NotNullViolation,
    ServerError,
    UniqueViolation,
)
from qb.errors.outcome import Failure, Outcome, Success
from qb.kit.errors import KitError
from qb.kit.hidden_rows import asked_of_all_rows, hides_rows
from qb.kit.made_rows.drawn_values import NoValue
from qb.kit.made_rows.partition_bounds import within_partitions
from qb.kit.made_rows.row_keys import KeyReference, ParentKeys
from qb.kit.made_rows.row_plan import DRAWS, RowPlan
from qb.kit.made_rows.seeded_source import SeededSource
from qb.kit.seeding.errors import HiddenRows, UnfillableTable
from qb.kit.seeding.fill_order import fill_order, may_wait
from qb.kit.seeding.late_keys import late_key_sql
from qb.kit.seeding.report import GeneratedRows, GeneratedTable
from qb.kit.validating.classes import classes_of
from qb.model.filter import Filter
from qb.model.schema import Schema
from qb.model.table import TableDefinition
from qb.query.raw import sql
from qb.query.script import Script
from qb.query.select import select
from qb.run.database.db import Db, Tx
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_MOST_PARENTS: Final = 10_000
_ROUNDS: Final = 40
"""How often rows are drawn again for those that the server has refused."""
_OF_ONE_ROW: Final = (
    *(CheckViolation, DataException, EncodeError, ExclusionViolation, ForeignKeyViolation),
    *(NotNullViolation, ServerError, UniqueViolation),
)


RowGenerating: TypeAlias = Success[GeneratedRows] | Failure[KitError | DbError, GeneratedRows]
"""What comes back: what was made, or why nothing was."""


def generate_rows(
    schema: Schema,
    db: Db,
    count: int = 100,
    *,
    seed: int = 0,
    of: Filter = Filter(),
    told: Callable[[str, int], None] = lambda table, rows: None,
) -> RowGenerating:
    """Make up `count` rows for each table of a schema that holds none; all or nothing.

    They are what the descriptors say: types, enums, domains, documents, checks, keys, foreign keys, circles of these.
    The same seed gives the same rows in a database where the tables are empty. A check that Python does not read as
    PostgreSQL does, a unique index on expressions, an exclusion or a trigger is the server's to judge: what it refuses
    is drawn again. A table that holds rows is left as it is, and others refer to these. Where keys leave room for fewer
    rows there are fewer, and it is said. `of=matching(...)` says which tables; `told` is called after each.
    Errors: `UnfillableTable`, which names the table and the check; `HiddenRows`, where row security keeps it from being
    known whether a table holds some; those of the world.

    >>> from qb.kit import generate_rows
    >>> db.run(Script("TRUNCATE tasks, users")).unwrap()
    1
    >>> generate_rows(schema(User, Task), db, 50, seed=1).unwrap().rows
    100
    >>> generate_rows(schema(User, Task), db, 50, seed=1).unwrap().rows
    0
    """
    if count < 0:
        raise DefinitionError(f"generate_rows makes 0 rows or more for each table, not {count}")

    def work(tx: Tx) -> RowGenerating:
        try:
            return Success(_Generation(schema, tx, count, seed, of, told).run())
        except (KitError, DbError) as error:
            return Failure(error)

    return db.transact(work)


class _Generation:
    def __init__(
        self, schema: Schema, tx: Tx, count: int, seed: int, of: Filter, told: Callable[[str, int], None]
    ) -> None:
        self.tx, self.count, self.seed, self.told = tx, count, seed, told
        self.classes: Final = classes_of(schema, external=True)
        self.by_source: Final = {table.source: table for table in self.classes}
        self.partitions: Final = [each for each in schema.tables if each.partition_of is not None]
        self.wanted: Final = [
            table for table in self.classes if not table.external and of.covers(table.source.schema, table.source.name)
        ]
        self.parents: Final[dict[tuple[TableDefinition, tuple[str, ...]], Sequence[tuple[Any, ...]]]] = {}

    def run(self) -> GeneratedRows:
        held = {table for table in self.wanted if self.holds(table)}
        plans: dict[TableDefinition, RowPlan] = {}
        for table in self.wanted:
            if table not in held:
                try:
                    plan = RowPlan("rows", self.classes[table], (), (), (), settled=table)
                except DefinitionError as error:
                    raise UnfillableTable(table.title, None, str(error)) from None
                within_partitions(plan, table, self.partitions)
                plans[table] = plan
        found = [GeneratedTable(table.title, 0, held=True) for table in self.wanted if table in held]
        later: list[tuple[TableDefinition, RowPlan, frozenset[KeyReference]]] = []
        for table, late in fill_order(plans):
            found.append(self.fill(table, plans[table], late))
            later.append((table, plans[table], late))
            self.told(table.title, found[-1].rows)
        for table, plan, late in later:
            for key in plan.references:
                if key in late:
                    self.point(table, plan, key)
        return GeneratedRows(tuple(found), sum(each.rows for each in found))

    def holds(self, table: TableDefinition) -> bool:
        query = f"SELECT EXISTS (SELECT FROM {_name(table)})"
        try:
            return asked_of_all_rows(self.tx, sql(trusted(_plain(query))).rows(bool))
        except DbError as error:
            raise HiddenRows(table.title) if hides_rows(error) else error from None

    def fill(self, table: TableDefinition, plan: RowPlan, late: frozenset[KeyReference]) -> GeneratedTable:
        own = [key for key in plan.references if key.target == table.source and not may_wait(plan, key)]
        for key in plan.references:
            if key not in late and key not in own:
                plan.parents[key] = ParentKeys(self.keys_of(table, plan, key))
        drawer = _Drawer(plan, self.classes[table], own, SeededSource(f"{self.seed}/{table.title}"))
        made, rounds = 0, 0
        refused: DbError | None = None
        while made < self.count and rounds < _ROUNDS:
            rows = drawer.rows(self.count - made)
            if not rows:
                break
            before = made
            for part, error in self.insert(rows):
                if error is None:
                    made += len(part)
                else:
                    refused = error
                    drawer.give_back(part[0])
            rounds = 0 if made > before else rounds + 1
        why = None
        if made < self.count:
            name = _constraint(refused) if drawer.reason is None else None
            why = drawer.reason or str(refused)
            if not made:
                raise UnfillableTable(table.title, name, why)
        return GeneratedTable(table.title, made, short=why)

    def keys_of(self, table: TableDefinition, plan: RowPlan, key: KeyReference) -> Sequence[tuple[Any, ...]]:
        """What a foreign key may point to, in an order that is always the same."""
        target = self.by_source.get(key.target)
        if target is None:
            if not may_wait(plan, key) and all(plan.columns[each].required for each in key.attributes):
                where = key.target.name
                raise UnfillableTable(table.title, None, f"it refers to {where}, of which the schema has no class")
            return ()
        found = self.parents.get((target, key.names))
        if found is None:
            found = self.parents[target, key.names] = self.rows_of(target, key.names)
        if not found and not may_wait(plan, key) and all(plan.columns[each].required for each in key.attributes):
            raise UnfillableTable(table.title, None, f"it refers to {target.title}, which holds no row")
        return found

    def rows_of(self, table: TableDefinition, names: Sequence[str]) -> Sequence[tuple[Any, ...]]:
        cls: Any = self.classes[table]
        attributes = {each.name: each.attribute for each in RowPlan("rows", cls, (), (), (), settled=table).all_columns}
        columns = [getattr(cls, attributes[name]) for name in names]
        query: Any = select(*columns).order_by(*columns).limit(_MOST_PARENTS)
        found: list[Any] = self.tx.raising.all(query)
        return [each if len(names) > 1 else (each,) for each in found]

    def insert(self, rows: Sequence[_Drawn]) -> Iterator[tuple[Sequence[_Drawn], DbError | None]]:
        """The parts of them that went in, and single ones that did not, with why."""
        waiting = [rows]
        while waiting:
            part = waiting.pop()
            outcome = self.tx.transact(_inserted(part))
            if isinstance(outcome, Success):
                yield part, None
                continue
            error = outcome.failure()
            if not isinstance(error, _OF_ONE_ROW):
                raise error
            if len(part) == 1:
                yield part, error
            else:
                half = len(part) // 2
                waiting += (part[half:], part[:half])

    def point(self, table: TableDefinition, plan: RowPlan, key: KeyReference) -> None:
        """Fill a key in whose targets came later; where a check or a trigger refuses that it stays NULL."""
        target = self.by_source.get(key.target)
        names = tuple(plan.columns[each].name for each in key.attributes)
        free = tuple(plan.columns[each].optional for each in key.attributes)
        keyed = any(set(names) >= set(each) for each in plan.keys)
        if target is None or table.primary_key is None:
            return
        text = late_key_sql(table, target, names, key.names, free, self.seed, once=keyed)
        outcome = self.tx.transact(lambda inner: inner.run(Script(trusted(text))))
        if isinstance(outcome, Failure) and not isinstance(error := outcome.failure(), _OF_ONE_ROW):
            raise error


class _Drawn(NamedTuple):
    row: New[Any]
    values: Mapping[str, Any]


def _inserted(rows: Sequence[_Drawn]) -> Callable[[Tx], Outcome[int]]:
    return lambda tx: tx.insert_many([each.row for each in rows])


class _Drawer:
    """Draws the rows of one table."""

    def __init__(self, plan: RowPlan, table: type[Any], own: Sequence[KeyReference], source: SeededSource) -> None:
        self.plan, self.table, self.own, self.source = plan, table, own, source
        self.reason: str | None = None
        """Why no more could be drawn."""
        self.seen: set[tuple[Any, ...]] = set()
        self.once: Final[dict[KeyReference, list[tuple[Any, ...]]]] = {}
        """Of keys that no two rows may have the same the ones that nobody has yet."""
        unique = [frozenset(plan.attributes[name] for name in key) for key in plan.keys]
        taken: set[frozenset[str]] = set()
        for key in plan.references:  # the one that says most of a key comes first, and decides
            mine = {each for each in unique if each <= set(key.attributes)} - taken
            if plan.parents[key] and mine:
                taken |= mine
                left = list(plan.parents[key].keys)
                source.shuffle(left)
                self.once[key] = left

    def rows(self, count: int) -> list[_Drawn]:
        found: list[_Drawn] = []
        for _ in range(count):
            values = self.row()
            if values is None:
                break
            found.append(_Drawn(cast("Any", new)(self.table)(**values), values))
        return found

    def give_back(self, drawn: _Drawn) -> None:
        """What one had that the server has refused, others may have."""
        self.seen.difference_update(self.plan.keys_of(drawn.values))
        for key, left in self.once.items():
            mine = tuple(drawn.values.get(each) for each in key.attributes)
            if None not in mine:
                left.insert(0, mine)

    def row(self) -> dict[str, Any] | None:
        self.reason = None
        reason = ""
        for _ in range(DRAWS * 10):
            for key, left in self.once.items():
                self.plan.parents[key] = ParentKeys(left[-1:])
                if not left and not may_wait(self.plan, key):
                    self.reason = f"each row of {key.target.name} is referred to by one already"
                    return None
            try:
                values = self.plan.row(self.source, {}, "known")
            except NoValue as error:
                reason = reason or str(error)
                continue
            for key in self.own:  # a row that has to refer to one refers to itself
                places = zip(key.attributes, key.names, strict=True)
                values |= {mine: values.get(self.plan.attributes[theirs]) for mine, theirs in places}
            keys = self.plan.keys_of(values)
            if self.seen.isdisjoint(keys):
                self.seen.update(keys)
                for key, left in self.once.items():
                    if left and tuple(values.get(each) for each in key.attributes) == left[-1]:
                        left.pop()
                return values
            reason = "its keys leave room for no more"
        self.reason = reason
        return None


def _constraint(error: DbError | None) -> str | None:
    name = getattr(error, "constraint", None)
    return f"the constraint {name}" if isinstance(name, str) and name else None


def _name(table: TableDefinition) -> str:
    schema = table.source.schema
    return quoted(table.source.name) if schema is None else f"{quoted(schema)}.{quoted(table.source.name)}"


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
