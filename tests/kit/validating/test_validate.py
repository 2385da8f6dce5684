# Made by tools/sync.py from test_async_validate.py: change that one, then run `make generate`.
"""Rows that are not what their descriptors say, in every way: told by table, column and path, never by value."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec
import pytest

import qb
from qb import (
    Col,
    Database,
    Script,
    Table,
    Tx,
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
from qb.kit import Validated, validate

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
def tx(qb_tx: Tx) -> Tx:
    unwrap(qb_tx.run(create_all(both)))
    unwrap(qb_tx.run(Script(trusted(LOOSE))))
    unwrap(qb_tx.execute(qb.insert(new(Customer)(name="Ada"), new(Customer)(name="Grace"))))
    return qb_tx


def run(tx: Tx, statements: str) -> None:
    unwrap(tx.run(Script(trusted(statements))))


def told(found: Validated) -> list[str]:
    return [str(each) for each in found.problems]


def test_nothing_is_wrong(tx: Tx) -> None:
    unwrap(tx.execute(qb.insert(new(Quote)(customer_id=1))))
    found = unwrap(validate(both, tx))
    assert found.ok
    assert [(each.table, each.rows) for each in found.tables] == [("validated_customers", 2), ("validated_quotes", 1)]
    assert found.rows == 3


def test_documents_that_cannot_be_read_are_told_by_their_paths(tx: Tx) -> None:
    run(
        tx,
        """
        INSERT INTO validated_quotes (notes)
          SELECT '{"lines": [{"unit": "secret"}, {"unit": 42}]}' FROM generate_series(1, 7);
        INSERT INTO validated_quotes (notes) VALUES ('{"lines": [{"unit": 42}]}'), ('{"lines": "secret"}'), ('{}');
        """,
    )
    found = unwrap(validate(both, tx))
    assert told(found) == [
        "validated_quotes.notes at $.lines[].unit: Expected `str`, got `int` (8 rows)",
        "validated_quotes.notes at $.lines: Expected `array`, got `str` (1 row)",
    ]
    assert "secret" not in str(found)
    keys = unwrap(validate(both, tx, show_keys=True)).problems
    assert [each.keys for each in keys] == [tuple(map(str, range(1, 9))), ("9",)]


def test_two_bad_cells_of_a_row_are_both_told(tx: Tx) -> None:
    run(tx, "INSERT INTO validated_quotes (notes, other) VALUES ('[]', '{\"lines\": 1}')")
    assert [each.column for each in unwrap(validate(both, tx)).problems] == ["notes", "other"]


def test_a_guard_a_check_and_a_foreign_key(tx: Tx) -> None:
    run(
        tx,
        """
        INSERT INTO validated_quotes (other) VALUES ('{"extra": {"a": [{"Price": 5}]}}');
        INSERT INTO validated_quotes (customer_id) VALUES (404), (405), (1);
        UPDATE validated_customers SET name = '' WHERE id = 2;
        """,
    )
    found = unwrap(validate(both, tx, show_keys=True))
    assert told(found) == [
        "validated_customers.validated_customers_name_check: it does not hold (1 row): 2",
        "validated_quotes.other at $.extra[...][][...]: the guard money refuses a key that it holds (1 row): 1",
        "validated_quotes.validated_quotes_customer_id_fkey: it points to no row of validated_customers (2 rows)",
    ]


def test_what_the_driver_cannot_read_does_not_end_it(tx: Tx) -> None:
    run(
        tx,
        """
        INSERT INTO validated_quotes (seen) SELECT now() FROM generate_series(1, 120);
        UPDATE validated_quotes SET seen = 'infinity' WHERE id IN (1, 60, 61, 120);
        UPDATE validated_quotes SET notes = '[]' WHERE id IN (2, 59, 119);
        """,
    )
    found = unwrap(validate(both, tx))
    assert found.tables[1].rows == 120
    assert {(each.column, each.rows) for each in found.problems} == {("seen", 4), ("notes", 3)}
    keys = unwrap(validate(both, tx, show_keys=True)).problems
    assert {each.column: each.keys for each in keys} == {
        "seen": ("1", "60", "61", "120"),
        "notes": ("2", "59", "119"),
    }


class Day(Table, name="validated_days"):
    day: Col[dt.date] = column(primary_key=True)
    part: Col[str] = column(primary_key=True)


def test_a_key_that_the_driver_cannot_read_is_told_as_text(qb_tx: Tx) -> None:
    unwrap(qb_tx.run(create_all(schema(Day))))
    run(qb_tx, "INSERT INTO validated_days VALUES ('12026-01-01', 'a'), ('2026-01-01', 'b')")
    (problem,) = unwrap(validate(schema(Day), qb_tx, show_keys=True)).problems
    assert (problem.column, problem.rows, problem.keys) == ("day", 1, ("12026-01-01, a",))


def test_a_literal_that_the_database_does_not_hold_to(tx: Tx) -> None:
    run(tx, "UPDATE validated_customers SET state = 'secret'")
    found = unwrap(validate(both, tx))
    assert [(each.column, each.rows) for each in found.problems] == [("state", 2)]
    assert "secret" not in str(found)


def test_a_sequence_behind_its_column(tx: Tx) -> None:
    run(tx, "INSERT INTO validated_customers (id, name) VALUES (3, 'Edsger')")
    found = unwrap(validate(both, tx))
    assert told(found) == [
        f"validated_customers.id: its sequence {SEQUENCE} is behind: it gives numbers that are there already"
    ]
    run(tx, str(found.problems[0].fix))
    assert unwrap(validate(both, tx)).ok


def test_some_rows_drawn_at_random(tx: Tx) -> None:
    run(tx, "INSERT INTO validated_quotes (notes) SELECT '[]' FROM generate_series(1, 100)")
    found = unwrap(validate(both, tx, sample=10))
    assert [each.rows for each in found.tables] == [2, 10]
    assert [each.rows for each in found.problems] == [10]


def test_some_tables(tx: Tx) -> None:
    found = unwrap(validate(both, tx, of=matching(names=["*_customers"])))
    assert [each.table for each in found.tables] == ["validated_customers"]


def test_a_table_that_cannot_be_read_keeps_no_other_from_it(tx: Tx) -> None:
    run(tx, "ALTER TABLE validated_customers ALTER COLUMN name TYPE bytea USING name::bytea")
    unwrap(tx.execute(qb.insert(new(Quote)())))
    found = unwrap(validate(both, tx))
    assert [(each.kind, each.table) for each in found.problems] == [("table", "validated_customers")]
    assert "is declared as text, and the database has bytea" in found.problems[0].reason
    assert [each.rows for each in found.tables] == [0, 1]
    run(tx, "DROP TABLE validated_customers CASCADE")
    assert unwrap(validate(both, tx)).problems[0].kind == "table"


def test_rows_that_are_hidden_are_no_rows_that_are_fine(tx: Tx) -> None:
    run(
        tx,
        """
        CREATE ROLE qb_test_validates; GRANT SELECT ON ALL TABLES IN SCHEMA public TO qb_test_validates;
        GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO qb_test_validates;
        ALTER TABLE validated_customers ENABLE ROW LEVEL SECURITY; SET LOCAL ROLE qb_test_validates
        """,
    )
    found = unwrap(validate(both, tx))
    said = 'query would be affected by row-level security policy for table "validated_customers"'
    assert all(said in each and each.endswith("do it as a role with BYPASSRLS") for each in told(found))
    assert [each.table for each in found.problems] == ["validated_customers", "validated_quotes"]  # whose key asks it
    assert [each.rows for each in found.tables] == [0, 0]
    assert unwrap(tx.scalar(qb.sql("SHOW row_security").rows(str))) == "on"


def test_names_of_any_kind(qb_tx: Tx) -> None:
    unwrap(qb_tx.run(create_all(odd)))
    unwrap(qb_tx.execute(qb.insert(new(Odd)(one=1, two="x"))))
    found = unwrap(validate(odd, qb_tx, show_keys=True))
    assert found.ok
    assert found.rows == 1


def test_it_tells_how_far_it_is(tx: Tx) -> None:
    steps: list[tuple[str, int]] = []
    unwrap(validate(both, tx, told=lambda table, rows: steps.append((table, rows))))
    assert steps == [("validated_customers", 2), ("validated_quotes", 0)]


def test_outside_of_a_transaction_and_nothing_is_changed(qb_db: Database) -> None:
    missing = unwrap(validate(schema(Odd), qb_db))
    assert [each.kind for each in missing.problems] == ["table"]
    closed = qb.connect("postgresql://127.0.0.1:1/nowhere")
    assert isinstance(validate(odd, closed), qb.Failure)
    closed.close()


def test_a_guard_of_a_document_that_cannot_be_read_is_asked_of_the_server(tx: Tx) -> None:
    run(
        tx,
        """
        INSERT INTO validated_quotes (other) SELECT '{}' FROM generate_series(1, 99);
        INSERT INTO validated_quotes (notes, other) VALUES ('[]', '{"lines": 1, "extra": {"price": 5}}');
        """,
    )
    found = unwrap(validate(both, tx))
    assert told(found) == [
        "validated_quotes.notes at $: Expected `object`, got `array` (1 row)",
        "validated_quotes.other at $.lines: Expected `array`, got `int` (1 row)",
        "validated_quotes.validated_quotes_other_guard: it does not hold (1 row)",
    ]
