"""What many tables have: ids that the database makes, times that it keeps."""

import datetime as dt
from decimal import Decimal
from typing import TypeVar

from typing_extensions import TypeForm

from qb import Col, Expr, Table, column, fn, pg, sql, trigger_function

T = TypeVar("T")


def fresh(brand: TypeForm[T]) -> Expr[T]:
    """A new id of a brand, a random UUID as text: the default of keys, for inserts that bring none."""
    return sql("({uuid})::varchar", uuid=fn.gen_random_uuid()).as_(brand, not_null=True)


def a_number(amount: Expr[Decimal] | Expr[Decimal | None]) -> Expr[bool | None]:
    """A number at all: a numeric also holds NaN, which PostgreSQL counts for more than any."""
    return amount < Decimal("NaN")


def an_amount(amount: Expr[Decimal] | Expr[Decimal | None]) -> Expr[bool | None]:
    """Nothing or more, and a number."""
    return (amount >= Decimal(0)) & a_number(amount)


class Created(Table):
    """When a row was made, by the server's clock: for what is written once, versions and logs."""

    created_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


class Timestamped(Created):
    """And when it was last changed: `touch`, a trigger on each of these tables, moves it for whoever writes."""

    updated_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


touch = trigger_function(
    "touch",
    sql(
        """
        BEGIN
          IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at THEN
            NEW.updated_at := now();
          END IF;
          RETURN NEW;
        END
        """
    ),
    schema="public",
    comment="moves updated_at, unless the update says what it is to be",
)
