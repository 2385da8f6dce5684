"""Which casts there are is what the server says, for every pair of types."""

from decimal import Decimal
from itertools import product
from typing import Any, NewType

import pytest

from qb import Col, Database, Expr, QueryError, Table, column, pg, sql, trusted
from qb.errors import InvalidSql
from qb.errors.outcome import Failure
from qb.run.session.forms import FORMS
from qb.types import SqlType
from qb.types.array import Array
from qb.types.builtin import plain_type
from qb.types.casts import castable

PLAIN: list[SqlType[Any]] = [type_ for type_ in map(plain_type, FORMS) if type_ is not None]
ARRAYS: list[Array[Any]] = [Array(each) for each in PLAIN if each.wire.name in ("int4", "bool", "text", "uuid", "date")]
TYPES: list[SqlType[Any]] = [*PLAIN, *ARRAYS]


def refused(db: Database, source: SqlType[Any], due: SqlType[Any]) -> bool:
    """Whether the server knows no such cast. Nothing is converted: NULL is NULL of any type."""
    match db.execute(sql(trusted(f"SELECT CAST(CAST(NULL AS {source.name}) AS {due.name}) WHERE false")).command()):
        case Failure(InvalidSql(sqlstate="42846")):
            return True
        case outcome:
            assert not isinstance(outcome, Failure), outcome
            return False


def test_castable_is_what_the_server_casts(qb_db: Database) -> None:
    assert len(TYPES) > 20
    wrong = [
        f"{source.name} to {due.name}"
        for source, due in product(TYPES, TYPES)
        if refused(qb_db, source, due) is castable(source, due)
    ]
    assert wrong == []


Cents = NewType("Cents", int)


class Kind(Table, name="casts_kinds"):
    id: Col[int] = column(primary_key=True)
    yes: Col[bool]
    paid: Col[Cents]
    price: Col[Decimal]
    whole: Col[int] = column(pg.integer)
    flags: Col[list[bool]]


@pytest.mark.parametrize(
    ("operand", "due", "said"),
    [
        (Kind.yes, pg.numeric, "boolean to numeric, here casts_kinds.yes"),
        (Kind.id, pg.boolean, "bigint to boolean, here casts_kinds.id"),
        (Kind.paid, pg.uuid, "bigint to uuid, here casts_kinds.paid"),
        (Kind.price + 1, pg.date, "numeric to date, here an expression"),
        (Kind.flags, pg.array(pg.uuid), r"boolean\[\] to uuid\[\], here casts_kinds.flags"),
        (Kind.flags, pg.boolean, r"boolean\[\] to boolean, here casts_kinds.flags"),
    ],
)
def test_a_cast_that_there_is_none_of_raises(operand: Expr[Any], due: SqlType[Any], said: str) -> None:
    with pytest.raises(
        QueryError, match=rf"^PostgreSQL does not cast {said}: calculate what you mean, or go by way of"
    ):
        operand.cast(due)


def test_by_way_of_text_all_are_taken() -> None:
    Kind.yes.cast(pg.text).cast(pg.numeric)
    Kind.whole.cast(pg.boolean)
    Kind.flags.cast(pg.text)
