"""What `schema` settles: plain data in which every name is there, and nothing calls anything."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, cast

import msgspec
import pytest

from qb import Col, Table, check, column, foreign_key, identity, index, pg, schema
from qb.model.object import Identity, Object
from qb.model.routine import Routine
from qb.model.schema import Schema as ModelSchema
from qb.tree.expressions import Bind
from qb.tree.relations import TableSource
from qb.types import SqlType
from qb.types.custom import custom
from qb.types.facts import Wire
from qb.typing import Schema
from tests.render import ddl_schemas

SCHEMAS = list(ddl_schemas.ALL)
Callables = FunctionType | BuiltinFunctionType | MethodType


_CALLED = ("arguments", "returns", "python", "shape")
"""What a routine takes and gives where it is called, which turns Python's values into PostgreSQL's and back."""

_GATHERED = ("gathered",)
"""What a schema was made from: the classes of its tables, which rows are read into."""


def inside(item: object) -> Iterator[object]:
    """Everything that a value is made of, itself first."""
    stack = [item]
    while stack:
        found = stack.pop()
        yield found
        if isinstance(found, Wire):
            pass  # a row of facts: constants
        elif isinstance(found, msgspec.Struct):
            aside = _CALLED if isinstance(found, Routine) else _GATHERED if isinstance(found, ModelSchema) else ()
            stack.extend(getattr(found, field) for field in found.__struct_fields__ if field not in aside)
        elif isinstance(found, tuple):
            stack.extend(cast("tuple[object, ...]", found))
        elif isinstance(found, SqlType):
            own = cast("Any", found)
            slots = [slot for cls in type(own).__mro__ for slot in getattr(cls, "__slots__", ())]
            stack.extend(getattr(own, slot) for slot in slots)


@pytest.mark.parametrize("name", SCHEMAS)
def test_nothing_in_a_schema_can_be_called_and_every_name_is_there(name: str) -> None:
    for found in inside(ddl_schemas.ALL[name]):
        assert not isinstance(found, Callables | Bind | type), found
        if isinstance(found, Object):
            assert found.identity.name
            assert found.identity.kind == found.kind


@pytest.mark.parametrize("name", SCHEMAS)
def test_identities_tell_objects_apart_and_needs_are_identities_of_the_schema(name: str) -> None:
    of = ddl_schemas.ALL[name]
    known = [each.identity for each in of.objects]
    assert len(set(known)) == len(known)
    for each in of.objects:
        assert set(each.needs) <= set(known), each
        assert each.identity not in each.needs


@pytest.mark.parametrize("name", SCHEMAS)
def test_objects_have_an_order_of_their_own(name: str) -> None:
    found = list(ddl_schemas.ALL[name].objects)
    shuffled = random.Random(1).sample(found, len(found))
    assert sorted(shuffled) == sorted(found)
    assert [each.identity for each in sorted(found)] == sorted(each.identity for each in found)


def test_objects_are_shown_by_kind_and_name() -> None:
    (table,) = schema(Told, index("told_index", Told.n)).tables
    assert [repr(each) for each in (table, *table.children)] == [
        "<table hall.told>",
        "<column hall.told.id>",
        "<column hall.told.n>",
        "<primary key hall.told.told_pkey>",
        "<check hall.told.told_n_check>",
        "<index hall.told.told_index>",
    ]
    assert str(Identity("schema", "", "", "hall")) == "schema hall"


class Told(Table, name="told", schema="hall"):
    id: Col[int] = column(primary_key=True, default=identity())
    n: Col[int] = column(default=3, check=lambda n: n > 1)


class Unequal:
    """A function of the user's, which must never be compared."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, value: object) -> str:
        return f"{self.text}{value}"

    def __eq__(self, other: object) -> bool:
        raise AssertionError("code of the user's ran")

    def __hash__(self) -> int:
        raise AssertionError("code of the user's ran")


def of_a_custom_type(text: str = "v") -> Schema:
    mood: SqlType[Any] = custom("mood", encode=Unequal(text), decode=str)

    class Felt(Table, name="felt"):
        id: Col[int] = column(primary_key=True)
        felt: Col[str] = column(mood, default="x")
        after_id: Col[int | None] = column(references=lambda: Felt.id)

    return schema(
        Felt,
        check("felt_mood", Felt.felt != "y"),
        index("felt_some", Felt.felt, where=Felt.felt == "z"),
        foreign_key(Felt.id, lambda: Felt.id, name="again"),
    )


def test_equality_runs_no_code_of_the_users() -> None:
    one, other = of_a_custom_type(), of_a_custom_type()
    assert one == other
    assert hash(one) == hash(other)
    assert one != of_a_custom_type("w")  # another text for each value, as it was written when it was declared
    assert one.tables[0].columns[1].default != of_a_custom_type("w").tables[0].columns[1].default


def test_a_value_is_settled_when_it_is_declared() -> None:
    when = [dt.datetime(2024, 2, 29, tzinfo=dt.UTC)]

    class Event(Table, name="events"):
        at: Col[dt.datetime] = column(pg.timestamptz)

    late = index("events_late", Event.at, where=Event.at.in_(when))
    when.clear()
    assert "2024-02-29 00:00:00+00:00" in list(inside(late.where))
    assert late.identity == Identity("index", "", "events", "events_late")
    assert late.needs == (Identity("table", "", "", "events"), Identity("column", "", "events", "at"))


def test_what_a_foreign_key_points_to_is_a_name() -> None:
    (key,) = of_a_custom_type().tables[0].foreign_keys[:1]
    assert (key.name, key.target, key.target_columns) == ("felt_after_id_fkey", TableSource(None, "felt"), ("id",))
    assert Schema is ModelSchema
