"""Tables that are made of rows of the builder: created, written and read as any other, whatever they are called."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from archetype.documents.model import (
    BooleanColumn,
    ColumnType,
    DateColumn,
    FileColumn,
    MoneyColumn,
    NumberColumn,
    Option,
    ReferenceColumn,
    SelectColumn,
    StateColumn,
    TextColumn,
)
from archetype.ids import ColumnId, EntityTypeId, RelationId, StateMachineId
from qb import (
    CheckViolation,
    DefinitionError,
    Failure,
    InvalidSql,
    NotNullViolation,
    Script,
    Success,
    Tx,
    UniqueViolation,
    create_all,
    crud,
    insert,
    new,
    patch,
    schema,
    select,
    sql,
    trusted,
    unwrap,
)
from qb.kit import discover
from qb.types.identifier import quoted
from tables.archetype.builder.columns import EntityTypeColumn, NewEntityTypeColumn
from tables.archetype.builder.entity_types import EntityType, EntityTypeVersion
from tables.archetype.entity_tables import attribute_of, entity_table
from tests.tables.archetype.everything import made, parents_of

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
KINDS: list[tuple[str, ColumnType, object]] = [
    ("title", TextColumn(max_length=20), "Anvils"),
    ("notes", TextColumn(long=True), "x" * 5_000),
    ("count", NumberColumn(), 2**40),
    ("share", NumberColumn(decimals=3), Decimal("0.125")),
    ("amount", MoneyColumn("USD"), Decimal("9.50")),
    ("closes", DateColumn(), NOON.date()),
    ("seen", DateColumn(with_time=True), NOON),
    ("won", BooleanColumn(), True),
    ("stage", SelectColumn([Option("new", "New")]), "new"),
    ("tags", SelectColumn([], several=True), ["a", "b"]),
    ("owner", ReferenceColumn(EntityTypeId("t"), RelationId("r")), "e1"),
    ("state", StateColumn(StateMachineId("m")), "s1"),
    ('fi"le; --', FileColumn(), "f1"),
]


def described(tx: Tx, *of: tuple[str, ColumnType], **options: Any) -> tuple[EntityType, list[EntityTypeColumn]]:
    """An entity type with a version of such columns."""
    parents = parents_of(tx, EntityTypeVersion)
    version = made(tx, EntityTypeVersion, parents)
    rows = [
        NewEntityTypeColumn(
            entity_type_version_id=version.entity_type_version_id,
            api_name=name,
            name=name.title(),
            type=kind,
            position=place,
            **options,
        )
        for place, (name, kind) in enumerate(of)
    ]
    return parents[EntityType], unwrap(tx.insert_many(rows, insert(EntityTypeColumn).returning()))


def test_every_kind_of_column_is_written_and_read(tx: Tx) -> None:
    of, columns = described(tx, *((name, kind) for name, kind, _ in KINDS))
    table: Any = entity_table(of, reversed(columns))
    unwrap(tx.run(create_all(schema(table))))
    values = {attribute_of(each.column_id): value for each, (_, _, value) in zip(columns, KINDS, strict=True)}
    row = unwrap(tx.one(insert(new(table)(**values)).returning()))
    assert tx.one(select(table)) == Success(row)
    assert [getattr(row, attribute) for attribute in values] == list(values.values())
    empty = unwrap(tx.one(insert(new(table)()).returning()))
    assert {getattr(empty, attribute) for attribute in values} == {None}
    found = unwrap(discover(tx))[of.api_name]
    assert list(found.columns) == ["id", *(name for name, _, _ in KINDS)]


def test_what_is_required_and_what_is_unique(tx: Tx) -> None:
    of, columns = described(tx, ("code", TextColumn()), required=True, is_unique=True)
    table: Any = entity_table(of, columns)
    unwrap(tx.run(create_all(schema(table))))
    row: Any = {attribute_of(columns[0].column_id): "A"}
    assert tx.execute(insert(new(table)(**row))) == Success(1)
    with pytest.raises(TypeError, match=attribute_of(columns[0].column_id)):
        new(table)()
    again = tx.transact(lambda inner: inner.execute(insert(new(table)(**row))))
    assert isinstance(again, Failure)
    assert isinstance(again.failure(), UniqueViolation)


def test_a_table_that_has_got_columns_since(tx: Tx) -> None:
    """Somebody has altered it for the next version, in which a column comes first: the old class knows what it knew,
    and each column is called the same in both."""
    of, columns = described(tx, ("title", TextColumn()), ("amount", MoneyColumn("USD")))
    title, amount = (attribute_of(each.column_id) for each in columns)
    old: Any = entity_table(of, columns)
    unwrap(tx.run(create_all(schema(old))))
    first = unwrap(tx.one(insert(new(old)(**{title: "Anvils", amount: Decimal(5)})).returning()))
    title_column: Any = columns[0]
    later: EntityTypeColumn = structs.replace(title_column, column_id=ColumnId("added"), api_name="stage", position=-1)
    more = f'ALTER TABLE {quoted(of.api_name)} ADD COLUMN "stage" text'
    unwrap(tx.run(Script(trusted(more))))

    assert tx.all(select(old)) == Success([first])
    kept: Any = crud(old, old.id)
    second = unwrap(tx.one(kept.create(new(old)(**{title: "Nails"}))))
    assert tx.one(kept.by_id(second.id)) == Success(second)
    assert tx.one(kept.patch(second.id, patch(old)(**{amount: Decimal(7)}))).map(lambda row: getattr(row, amount)) == (
        Success(Decimal(7))
    )

    now: Any = entity_table(of, [*columns, later])
    found = unwrap(tx.one(select(now).where(now.id == first.id)))
    assert [getattr(found, each) for each in (title, amount, attribute_of(later.column_id))] == [
        "Anvils",
        Decimal(5),
        None,
    ]
    assert list(unwrap(discover(tx))[of.api_name].columns) == ["id", "title", "amount", "stage"]
    assert isinstance(tx.run(create_all(schema(now), if_not_exists=True)), Success)

    # A column that each row must have: the old class leaves it out, which the server refuses.
    unwrap(tx.run(Script(trusted(f"UPDATE {quoted(of.api_name)} SET stage = 'new'"))))
    unwrap(tx.run(Script(trusted(f'ALTER TABLE {quoted(of.api_name)} ALTER COLUMN "stage" SET NOT NULL'))))
    with tx.transaction(rollback=True) as inner:
        assert isinstance(inner.execute(insert(new(old)(**{title: "x"}))).failure(), NotNullViolation)
    # And one that is gone: each statement of the old class names it.
    unwrap(tx.run(Script(trusted(f'ALTER TABLE {quoted(of.api_name)} DROP COLUMN "amount"'))))
    with tx.transaction(rollback=True) as inner:
        assert isinstance(inner.all(select(old)).failure(), InvalidSql)


def test_a_number_is_one_whoever_writes_it(tx: Tx) -> None:
    of, columns = described(tx, ("share", NumberColumn(decimals=3)), ("amount", MoneyColumn("USD")))
    unwrap(tx.run(create_all(schema(entity_table(of, columns)))))
    for name in ("share", "amount"):
        row = sql(trusted(f"INSERT INTO {quoted(of.api_name)} (\"{name}\") VALUES ('NaN')")).command()
        with tx.transaction(rollback=True) as inner:
            assert isinstance(inner.execute(row).failure(), CheckViolation)


def test_a_column_is_not_called_like_the_key(tx: Tx) -> None:
    of, columns = described(tx, ("id", TextColumn()))
    with pytest.raises(DefinitionError):
        entity_table(of, columns)
