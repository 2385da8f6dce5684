"""Rows that are not what their descriptors say, in every way: told by table, column and path, never by value."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec
import pytest

import qb
from qb import (
    AsyncDatabase,
    AsyncTx,
    Col,
    Script,
    Table,
    column,
    create_all,
    identity,
    matching,
    new,
    pg,
    schema,
    trusted,
    unwrap,
)
from qb.kit import Validated, validate_async

pytestmark = pytest.mark.anyio  # sync:

money = qb.guard("money", "price")
HOSTILE = "a \"b\" $1 %s \\ {c}; 'x' Ä"


class Line(msgspec.Struct, frozen=True):
    unit: str
    count: int = 1


class Notes(msgspec.Struct, frozen=True):
    lines: list[Line] = []
    extra: dict[str, object] = {}


class Customer(Table, name="validated_customers"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(check=lambda name: name != "")
    state: Col[Literal["open", "closed"]] = column(pg.text, checked=False, default="open")


class Quote(Table, name="validated_quotes"):
    id: Col[int] = column(primary_key=True, default=identity())
    customer_id: Col[int | None] = column(default=None, references=Customer.id)
    notes: Col[Notes] = column(default=Notes())
    seen: Col[dt.datetime | None] = column(default=None)
    other: Col[Notes] = column(default=Notes(), guard=money)


class Odd(Table, name=HOSTILE):
    one: Col[int] = column(name=HOSTILE, primary_key=True)
    two: Col[str] = column(pg.text, name="%s {x}", primary_key=True)
    parent: Col[int | None] = column(name="{p}", default=None)


both = schema(Customer, Quote)
odd = schema(Odd)
SEQUENCE = "public.validated_customers_id_seq"
LOOSE = """
ALTER TABLE validated_customers DROP CONSTRAINT validated_customers_name_check;
ALTER TABLE validated_quotes DROP CONSTRAINT validated_quotes_customer_id_fkey;
ALTER TABLE validated_quotes DROP CONSTRAINT validated_quotes_other_guard;
"""


@pytest.fixture
async def tx(async_qb_tx: AsyncTx) -> AsyncTx:
    unwrap(await async_qb_tx.run(create_all(both)))
    unwrap(await async_qb_tx.run(Script(trusted(LOOSE))))
    unwrap(await async_qb_tx.execute(qb.insert(new(Customer)(name="Ada"), new(Customer)(name="Grace"))))
    return async_qb_tx


async def run(tx: AsyncTx, statements: str) -> None:
    unwrap(await tx.run(Script(trusted(statements))))


def told(found: Validated) -> list[str]:
    return [str(each) for each in found.problems]


async def test_nothing_is_wrong(tx: AsyncTx) -> None:
    unwrap(await tx.execute(qb.insert(new(Quote)(customer_id=1))))
    found = unwrap(await validate_async(both, tx))
    assert found.ok
    assert [(each.table, each.rows) for each in found.tables] == [("validated_customers", 2), ("validated_quotes", 1)]
    assert found.rows == 3


async def test_documents_that_cannot_be_read_are_told_by_their_paths(tx: AsyncTx) -> None:
    await run(
        tx,
        """
        INSERT INTO validated_quotes (notes)
          SELECT '{"lines": [{"unit": "secret"}, {"unit": 42}]}' FROM generate_series(1, 7);
        INSERT INTO validated_quotes (notes) VALUES ('{"lines": [{"unit": 42}]}'), ('{"lines": "secret"}'), ('{}');
        """,
    )
    found = unwrap(await validate_async(both, tx))
    assert told(found) == [
        "validated_quotes.notes at $.lines[].unit: Expected `str`, got `int` (8 rows)",
        "validated_quotes.notes at $.lines: Expected `array`, got `str` (1 row)",
    ]
    assert "secret" not in str(found)
    keys = unwrap(await validate_async(both, tx, show_keys=True)).problems
    assert [each.keys for each in keys] == [tuple(map(str, range(1, 9))), ("9",)]


async def test_two_bad_cells_of_a_row_are_both_told(tx: AsyncTx) -> None:
    await run(tx, "INSERT INTO validated_quotes (notes, other) VALUES ('[]', '{\"lines\": 1}')")
    assert [each.column for each in unwrap(await validate_async(both, tx)).problems] == ["notes", "other"]


async def test_a_guard_a_check_and_a_foreign_key(tx: AsyncTx) -> None:
    await run(
        tx,
        """
        INSERT INTO validated_quotes (other) VALUES ('{"extra": {"a": [{"Price": 5}]}}');
        INSERT INTO validated_quotes (customer_id) VALUES (404), (405), (1);
        UPDATE validated_customers SET name = '' WHERE id = 2;
        """,
    )
    found = unwrap(await validate_async(both, tx, show_keys=True))
    assert told(found) == [
        "validated_customers.validated_customers_name_check: it does not hold (1 row): 2",
        "validated_quotes.other at $.extra[...][][...]: the guard money refuses a key that it holds (1 row): 1",
        "validated_quotes.validated_quotes_customer_id_fkey: it points to no row of validated_customers (2 rows)",
    ]


async def test_what_the_driver_cannot_read_does_not_end_it(tx: AsyncTx) -> None:
    await run(
        tx,
        """
        INSERT INTO validated_quotes (seen) SELECT now() FROM generate_series(1, 120);
        UPDATE validated_quotes SET seen = 'infinity' WHERE id IN (1, 60, 61, 120);
        UPDATE validated_quotes SET notes = '[]' WHERE id IN (2, 59, 119);
        """,
    )
    found = unwrap(await validate_async(both, tx))
    assert found.tables[1].rows == 120
    assert {(each.column, each.rows) for each in found.problems} == {("seen", 4), ("notes", 3)}
    keys = unwrap(await validate_async(both, tx, show_keys=True)).problems
    assert {each.column: each.keys for each in keys} == {
        "seen": ("1", "60", "61", "120"),
        "notes": ("2", "59", "119"),
    }


class Day(Table, name="validated_days"):
    day: Col[dt.date] = column(primary_key=True)
    part: Col[str] = column(primary_key=True)


async def test_a_key_that_the_driver_cannot_read_is_told_as_text(async_qb_tx: AsyncTx) -> None:
    unwrap(await async_qb_tx.run(create_all(schema(Day))))
    await run(async_qb_tx, "INSERT INTO validated_days VALUES ('12026-01-01', 'a'), ('2026-01-01', 'b')")
    (problem,) = unwrap(await validate_async(schema(Day), async_qb_tx, show_keys=True)).problems
    assert (problem.column, problem.rows, problem.keys) == ("day", 1, ("12026-01-01, a",))


async def test_a_literal_that_the_database_does_not_hold_to(tx: AsyncTx) -> None:
    await run(tx, "UPDATE validated_customers SET state = 'secret'")
    found = unwrap(await validate_async(both, tx))
    assert [(each.column, each.rows) for each in found.problems] == [("state", 2)]
    assert "secret" not in str(found)


async def test_a_sequence_behind_its_column(tx: AsyncTx) -> None:
    await run(tx, "INSERT INTO validated_customers (id, name) VALUES (3, 'Edsger')")
    found = unwrap(await validate_async(both, tx))
    assert told(found) == [
        f"validated_customers.id: its sequence {SEQUENCE} is behind: it gives numbers that are there already"
    ]
    await run(tx, str(found.problems[0].fix))
    assert unwrap(await validate_async(both, tx)).ok


async def test_some_rows_drawn_at_random(tx: AsyncTx) -> None:
    await run(tx, "INSERT INTO validated_quotes (notes) SELECT '[]' FROM generate_series(1, 100)")
    found = unwrap(await validate_async(both, tx, sample=10))
    assert [each.rows for each in found.tables] == [2, 10]
    assert [each.rows for each in found.problems] == [10]


async def test_some_tables(tx: AsyncTx) -> None:
    found = unwrap(await validate_async(both, tx, of=matching(names=["*_customers"])))
    assert [each.table for each in found.tables] == ["validated_customers"]


async def test_a_table_that_cannot_be_read_keeps_no_other_from_it(tx: AsyncTx) -> None:
    await run(tx, "ALTER TABLE validated_customers ALTER COLUMN name TYPE bytea USING name::bytea")
    unwrap(await tx.execute(qb.insert(new(Quote)())))
    found = unwrap(await validate_async(both, tx))
    assert [(each.kind, each.table) for each in found.problems] == [("table", "validated_customers")]
    assert "is declared as text, and the database has bytea" in found.problems[0].reason
    assert [each.rows for each in found.tables] == [0, 1]
    await run(tx, "DROP TABLE validated_customers CASCADE")
    assert unwrap(await validate_async(both, tx)).problems[0].kind == "table"


async def test_rows_that_are_hidden_are_no_rows_that_are_fine(tx: AsyncTx) -> None:
    await run(
        tx,
        """
        CREATE ROLE qb_test_validates; GRANT SELECT ON ALL TABLES IN SCHEMA public TO qb_test_validates;
        GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO qb_test_validates;
        ALTER TABLE validated_customers ENABLE ROW LEVEL SECURITY; SET LOCAL ROLE qb_test_validates
        """,
    )
    found = unwrap(await validate_async(both, tx))
    said = 'query would be affected by row-level security policy for table "validated_customers"'
    assert all(said in each and each.endswith("do it as a role with BYPASSRLS") for each in told(found))
    assert [each.table for each in found.problems] == ["validated_customers", "validated_quotes"]  # whose key asks it
    assert [each.rows for each in found.tables] == [0, 0]
    assert unwrap(await tx.scalar(qb.sql("SHOW row_security").rows(str))) == "on"


async def test_names_of_any_kind(async_qb_tx: AsyncTx) -> None:
    unwrap(await async_qb_tx.run(create_all(odd)))
    unwrap(await async_qb_tx.execute(qb.insert(new(Odd)(one=1, two="x"))))
    found = unwrap(await validate_async(odd, async_qb_tx, show_keys=True))
    assert found.ok
    assert found.rows == 1


async def test_it_tells_how_far_it_is(tx: AsyncTx) -> None:
    steps: list[tuple[str, int]] = []
    unwrap(await validate_async(both, tx, told=lambda table, rows: steps.append((table, rows))))
    assert steps == [("validated_customers", 2), ("validated_quotes", 0)]


async def test_outside_of_a_transaction_and_nothing_is_changed(async_qb_db: AsyncDatabase) -> None:
    missing = unwrap(await validate_async(schema(Odd), async_qb_db))
    assert [each.kind for each in missing.problems] == ["table"]
    closed = qb.connect_async("postgresql://127.0.0.1:1/nowhere")
    assert isinstance(await validate_async(odd, closed), qb.Failure)
    await closed.close()


async def test_a_guard_of_a_document_that_cannot_be_read_is_asked_of_the_server(tx: AsyncTx) -> None:
    await run(
        tx,
        """
        INSERT INTO validated_quotes (other) SELECT '{}' FROM generate_series(1, 99);
        INSERT INTO validated_quotes (notes, other) VALUES ('[]', '{"lines": 1, "extra": {"price": 5}}');
        """,
    )
    found = unwrap(await validate_async(both, tx))
    assert told(found) == [
        "validated_quotes.notes at $: Expected `object`, got `array` (1 row)",
        "validated_quotes.other at $.lines: Expected `array`, got `int` (1 row)",
        "validated_quotes.validated_quotes_other_guard: it does not hold (1 row)",
    ]
