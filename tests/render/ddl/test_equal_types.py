"""`create_all(if_not_exists=True)` where a composite type or a domain of the name stands: is it the declared one?"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pytest

from qb import (
    Col,
    Failure,
    SchemaMismatch,
    Script,
    Success,
    Table,
    Tx,
    column,
    composite,
    create_all,
    domain,
    pg,
    schema,
    sql,
    trusted,
)

NAME = 'equal "rows" 100%'


class Place(msgspec.Struct, frozen=True):
    city: str
    street: str
    rent: Annotated[Decimal, pg.numeric(6, 2)] = Decimal(0)


class Turned(msgspec.Struct, frozen=True):
    street: str
    city: str
    rent: Annotated[Decimal, pg.numeric(6, 2)] = Decimal(0)


class Narrow(msgspec.Struct, frozen=True):
    city: str
    street: str
    rent: Annotated[Decimal, pg.numeric(6, 1)] = Decimal(0)


class Short(msgspec.Struct, frozen=True):
    city: str
    street: str


def declared(place: type[Any] = Place, digits: int = 2, least: int = 0, **more: Any) -> Any:
    of_rows: Any = composite(NAME, place, schema="equal types")
    more = {"default": Decimal(1), "not_null": True, **more}
    amount: Any = domain("equal price", pg.numeric(6, digits), check=lambda value: value > least, **more)

    class Held(Table, name="held by equal types"):
        id: Col[int] = column(primary_key=True)
        place: Col[object] = column(of_rows)
        price: Col[Decimal] = column(amount)

    return schema(Held)


CHANGED: dict[str, tuple[Callable[[], Any], str]] = {
    "composite type in another order": (lambda: declared(Turned), "city text, street text, rent numeric(6,2)"),
    "composite type with a narrower field": (lambda: declared(Narrow), "city text, street text, rent numeric(6,2)"),
    "composite type with fewer fields": (lambda: declared(Short), "city text, street text, rent numeric(6,2)"),
    "domain of other digits": (lambda: declared(digits=1), "numeric(6,2)"),
    "domain with another check": (lambda: declared(least=5), "VALUE > "),
    "domain with another default": (lambda: declared(default=Decimal(7)), "1"),
    "domain with NULL": (lambda: declared(not_null=False), "true"),
}


def test_the_same_types_stand(qb_tx: Tx) -> None:
    for _ in range(3):
        qb_tx.run(create_all(declared(), if_not_exists=True)).unwrap()
    left = sql("SELECT count(*) FROM pg_type WHERE typname = 'qb compares'")
    assert qb_tx.scalar(left.rows(int)) == Success(0)


@pytest.mark.parametrize("what", CHANGED)
def test_another_type_is_named(qb_tx: Tx, what: str) -> None:
    make, found = CHANGED[what]
    qb_tx.run(create_all(declared(), if_not_exists=True)).unwrap()
    qb_tx.run(Script(trusted('DROP TABLE "held by equal types"'))).unwrap()  # so that it is the type alone
    kind = "domain" if what.startswith("domain") else "composite type"
    match qb_tx.run(create_all(make(), if_not_exists=True)):
        case Failure(SchemaMismatch() as error):
            assert found in error.found
            assert f"is declared as a {kind} whose " in str(error)
        case result:
            pytest.fail(repr(result))


def test_a_type_of_another_kind_is_told(qb_tx: Tx) -> None:
    qb_tx.run(Script(trusted("CREATE TYPE \"equal price\" AS ENUM ('a')"))).unwrap()
    error = qb_tx.run(create_all(declared(), if_not_exists=True)).failure()
    assert isinstance(error, SchemaMismatch)
    assert error.found == "something else of this name"
