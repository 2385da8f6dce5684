"""What is tried with values of a column type: every way there and back, and what counts as the same value."""

from __future__ import annotations

import datetime as dt
import math
import struct
import types
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple, cast

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from typing_extensions import TypeIs

from qb import Database, Expr, New, Table, column, insert, many, new, pg, select, sql, trusted
from qb.tree.expressions import Bind
from qb.typing import SqlType
from tests.samples import samples

SAMPLES = samples(40)


def instant(moment: dt.datetime) -> dt.timedelta:
    """A point in time, also where the year of its UTC is 0 or 10,000."""
    offset = moment.utcoffset()
    assert offset is not None
    return moment.replace(tzinfo=None) - dt.datetime(1, 1, 1) - offset  # noqa: DTZ001 - it has none


def same(a: Any, b: Any) -> bool:
    """Of one type and equal to the last bit; NaN is NaN."""
    if is_list(a):
        return is_list(b) and alike(same, a, b)
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or a == b
    if isinstance(a, Decimal):
        # numeric has no exponent above 0 and no negative zero; below 0 it is the scale, which stays
        if not a.is_finite():
            return str(a) == str(b)
        exponent = cast("int", a.as_tuple().exponent)
        return a == b and b.as_tuple().exponent in (exponent, min(exponent, 0))
    if isinstance(a, dt.datetime) and a.tzinfo is not None:
        return instant(a) == instant(b)  # between zones, == is False in the doubled hour
    if isinstance(a, tuple):
        return alike(same, [*a], [*b])
    if isinstance(a, msgspec.Struct):
        return all(same(x, y) for x, y in zip(msgspec.structs.astuple(a), msgspec.structs.astuple(b), strict=True))
    return bool(a == b)


def same_float4(a: Any, b: Any) -> bool:
    """The same four bytes: PostgreSQL writes the shortest number that stands for them."""
    if is_list(a):
        return is_list(b) and alike(same_float4, a, b)
    if a is None or b is None:
        return a is b
    return struct.pack("f", a + 0.0) == struct.pack("f", b + 0.0) or (math.isnan(a) and math.isnan(b))


def same_padded(a: Any, b: Any) -> bool:
    """char(n) pads with spaces."""
    if is_list(a):
        return is_list(b) and alike(same_padded, a, b)
    return a is b if a is None or b is None else str(a).rstrip(" ") == str(b).rstrip(" ")


def is_list(value: Any) -> TypeIs[list[Any]]:
    """Whether it is a list, whose elements may be anything."""
    return isinstance(value, list)


def alike(each: Callable[[Any, Any], bool], a: list[Any], b: list[Any]) -> bool:
    """The same of two lists."""
    return len(a) == len(b) and all(each(x, y) for x, y in zip(a, b, strict=True))


class Case(NamedTuple):
    """A column type, the annotation it is tried with, and its values."""

    type: SqlType[Any]
    python: Any
    values: SearchStrategy[Any]
    same: Callable[[Any, Any], bool] = same
    in_documents: SearchStrategy[Any] | None = None
    """The values that a JSON document can hold as well; None where they are the same."""
    documents: bool = True
    """Whether a JSON document can hold it at all."""
    documented: Any = None
    """The one value in documents, where these hold no others."""
    grids: bool = True
    """Whether there are arrays of arrays of it."""


class Trial:
    """A case and its table."""

    def __init__(self, name: str, case: Case, schema: str = "round_trip") -> None:
        self.name, self.case, self.schema = name, case, schema
        python: Any = case.python
        optional: Any = python | None
        held: Any = python if case.documents else str
        self.document: Any = msgspec.defstruct(
            "Document", [("one", held), ("perhaps", held | None), ("several", list[held])]
        )
        annotations: dict[str, Any] = {
            "id": int,
            "one": case.python,
            "perhaps": optional,
            "several": list[optional],
            "grid": list[list[python]] if case.grids else list[python],
            "document": self.document,
        }
        columns = {
            "id": column(pg.integer),
            "one": column(case.type),
            "perhaps": column(case.type),
            "several": column(pg.array(case.type)),
            "grid": column(pg.array(case.type)),
            "document": column(pg.jsonb),
        }
        body = {"__annotations__": annotations, "__module__": __name__, **columns}
        self.table: Any = types.new_class(
            name, (Table,), {"name": name, "schema": schema}, lambda namespace: namespace.update(body)
        )

    @property
    def ddl(self) -> str:
        type_ = self.case.type.name
        return (
            f"CREATE TABLE {self.schema}.{self.name} (id integer NOT NULL, one {type_} NOT NULL, perhaps {type_}, "
            f"several {type_}[] NOT NULL, grid {type_}[] NOT NULL, document jsonb NOT NULL)"
        )

    def rows(self) -> SearchStrategy[Any]:
        """Rows to insert."""
        case, make = self.case, cast("Any", new(self.table))
        inside: SearchStrategy[Any] = case.values if case.in_documents is None else case.in_documents
        if not case.documents:
            inside = st.just("")
        lists: SearchStrategy[Any] = st.lists(case.values, max_size=3)
        # The same length in every row, and no empty rows: PostgreSQL keeps no more of an array than its elements.
        grids = st.integers(1, 3).flatmap(
            lambda n: st.lists(st.lists(case.values, min_size=n, max_size=n), min_size=1, max_size=2)
        )
        documents: SearchStrategy[Any] = st.builds(
            self.document, one=inside, perhaps=st.none() | inside, several=st.lists(inside, max_size=2)
        )
        if case.documented is not None:
            documents = st.just(self.document(one=case.documented, perhaps=None, several=[]))
        return st.builds(
            make,
            id=st.just(1),
            one=case.values,
            perhaps=st.none() | case.values,
            several=st.lists(st.none() | case.values, max_size=4),
            grid=(st.just([]) | grids) if case.grids else lists,
            document=documents,
        )


def columns_of(row: Any) -> list[Any]:
    return [getattr(row, name) for name in ("one", "perhaps", "several", "grid")]


def parameter(value: object, type_: SqlType[Any], python: object) -> Expr[Any]:
    """A value as a typed parameter that stands alone."""
    return Expr(Bind(value, type_), type_, python, optional=True)


def prepared(db: Database, trials: Iterable[Trial], schema: str, *script: str) -> Database:
    """The database with a schema that has every trial's table."""
    texts = [f"DROP SCHEMA IF EXISTS {schema} CASCADE", f"CREATE SCHEMA {schema}", *script]
    with db.transaction() as tx:
        for statement in (*texts, *(trial.ddl for trial in trials)):
            tx.execute(sql(trusted(statement.replace("{", "{{").replace("}", "}}"))).command()).unwrap()
    return db


def try_all(kept: Database, trial: Trial) -> None:
    """Send values on every way there is, and back."""
    table, case = trial.table, trial.case

    @SAMPLES
    @given(trial.rows())
    def check(row: Any) -> None:
        wanted = columns_of(row)
        given_row: New[Any] = row
        with kept.transaction(rollback=True) as tx:
            stored = tx.one(insert(given_row).returning()).unwrap()
            assert case.same(wanted, columns_of(stored)), "stored"
            assert trial_same(case, row.document, stored.document), "in a document"
            nested = many(select(table))
            sent = [
                parameter(row.one, case.type, case.python),
                parameter(row.several, table.several.type, table.several.python),
                parameter(row.grid, table.grid.type, table.grid.python),
            ]
            one, several, grid, (inside,) = tx.one(cast("Any", select)(*sent, nested)).unwrap()
            assert case.same([row.one, row.several, row.grid], [one, several, grid]), "as a parameter"
            assert case.same(wanted, columns_of(inside)), "in nested rows"
            assert trial_same(case, row.document, inside.document), "in a document of a nested row"
            assert tx.insert_many([given_row] * 2).unwrap() == 2
            copied = tx.all(select(table)).unwrap()
            assert all(case.same(wanted, columns_of(each)) for each in copied), "in a bulk insert"

    check()


def trial_same(case: Case, a: Any, b: Any) -> bool:
    """The same document."""
    return case.same([a.one, a.perhaps, a.several], [b.one, b.perhaps, b.several])
