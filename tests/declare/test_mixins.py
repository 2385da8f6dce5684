"""Any number of mixins for one table, nested as they like."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any, ClassVar, cast

import msgspec
import pytest

from qb import (
    Col,
    DefinitionError,
    QueryError,
    Shape,
    Success,
    Table,
    Tx,
    column,
    create_all,
    fn,
    identity,
    insert,
    new,
    pg,
    schema,
    select,
    update,
)
from qb.declare.table import describe


class Stamped(Table):
    created_at: Col[dt.datetime] = column(default=fn.now())

    @property
    def year(self) -> int:
        return self.created_at.year


class SoftDelete(Table):
    deleted_at: Col[dt.datetime | None] = column(default=None)

    @property
    def gone(self) -> bool:
        return self.deleted_at is not None


class Touched(Stamped):
    updated_at: Col[dt.datetime] = column(default=fn.now(), on_update=fn.now())


class Priced(Table):
    net: Col[int] = column(check=lambda net: net > 0)
    gross: Col[int] = column(generated=net * 2)


class Owned(Touched, SoftDelete):
    """A mixin of mixins, one of them nested."""

    kind: ClassVar[str] = "owned"
    owner: Col[int]


class Item(Owned, Priced, Stamped, name="mixed_items"):
    id: Col[int] = column(primary_key=True, default=identity())
    title: Col[str] = column(pg.varchar(20))


NAMES = ["created_at", "updated_at", "deleted_at", "owner", "net", "gross", "id", "title"]


def test_the_columns_stand_in_the_order_in_which_they_are_written() -> None:
    assert [each.name for each in describe(Item).columns] == NAMES
    assert Item.deleted_at.label == "mixed_items.deleted_at"
    assert 'CHECK ("net" > 0)' in str(create_all(schema(Item)))


def test_rows_are_written_and_read(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Item))).unwrap()
    made = qb_tx.one(insert(new(Item)(owner=1, net=2, title="x")).returning()).unwrap()
    assert (made.gross, made.gone, made.title, made.kind) == (4, False, "x", "owned")
    assert {Stamped, SoftDelete, Owned, Touched} < set(type(made).__mro__)
    assert made.year == made.created_at.year
    assert pickle.loads(pickle.dumps(made)) == made == msgspec.convert(msgspec.to_builtins(made), Item, strict=False)
    qb_tx.execute(update(Item).set(Item.deleted_at.to(fn.now())).where(Item.id == made.id)).unwrap()
    assert qb_tx.one(select(Item.deleted_at.is_not_null()).where(Item.updated_at == fn.now())) == Success(True)


def test_mixins_of_one_name_are_one_where_they_are_declared_alike() -> None:
    class A(Table):
        at: Col[dt.datetime] = column(default=fn.now())
        n: Col[int] = column(default=identity())
        doubled: Col[int] = column(generated=n * 2)

    class B(Table):
        at: Col[dt.datetime] = column(default=fn.now())
        n: Col[int] = column(default=identity())
        thrice: Col[int] = column(generated=n * 3)

    class Both(A, B, name="both"):
        id: Col[int] = column(primary_key=True)

    assert [each.name for each in describe(Both).columns] == ["at", "n", "doubled", "thrice", "id"]
    written = str(create_all(schema(Both)))
    assert '"doubled" bigint GENERATED ALWAYS AS ("n" * ' in written
    assert '"thrice" bigint GENERATED ALWAYS AS ("n" * ' in written


DIFFERENT: list[Any] = [
    column(),
    column(name="other"),
    column(unique=True),
    column(comment="x"),
    column(pg.timestamptz(3)),
    column(default=fn.clock_timestamp()),
]


@pytest.mark.parametrize("declared", DIFFERENT)
def test_a_column_that_two_mixins_declare_differently_names_both(declared: Any) -> None:
    class Other(Table):
        created_at: Col[dt.datetime] = declared

    with pytest.raises(DefinitionError, match=r"both\.created_at is declared differently by Stamped and by Other"):
        type("Both", (Stamped, Other), {}, name="both")

    class Decided(Stamped, Other, name="decided"):
        created_at: Col[dt.datetime] = column(default=fn.now())

    assert describe(Decided).columns[0].name == "created_at"


def test_another_annotation_is_another_declaration() -> None:
    class Perhaps(Table):
        created_at: Col[dt.datetime | None] = column(default=fn.now())

    with pytest.raises(DefinitionError, match=r"declared differently by Stamped and by Perhaps: write created_at: Col"):
        type("Both", (Stamped, Perhaps), {}, name="both")


def test_a_mixin_may_declare_again_what_it_extends() -> None:
    class Exact(Stamped):
        created_at: Col[dt.datetime] = column(pg.timestamptz(3), default=fn.now())

    class One(Stamped, SoftDelete):
        pass

    class Two(One, Exact, name="two"):
        id: Col[int] = column(primary_key=True)

    assert Two.created_at.type == pg.timestamptz(3)


def test_names_that_are_defined_later_are_read_where_they_were_written() -> None:
    class Late(Table):
        token: Col[Token]

    class Token(msgspec.Struct, frozen=True):
        value: str

    class Session(Late, Stamped, name="sessions"):
        id: Col[int] = column(primary_key=True)

    assert Session.token.python is Token
    assert (
        msgspec.json.decode(b'{"token":{"value":"x"},"created_at":"2024-01-01T00:00:00Z","id":1}', type=Session).id == 1
    )


def test_a_shape_takes_mixins_and_one_shape() -> None:
    class Seen(Stamped, SoftDelete, Shape):
        id: Col[int]

    made = Seen(id=1, created_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC), deleted_at=None)
    assert (made.id, made.year) == (1, 2024)

    class Other(Shape):
        n: Col[int]

    with pytest.raises(DefinitionError, match="extends the shapes Seen and Other: a row can be one of them alone"):
        type("Both", (Seen, Other), {})


def test_a_mixin_has_no_rows_of_its_own() -> None:
    with pytest.raises(QueryError, match="Stamped is a mixin"):
        select(Item.created_at).map(cast("Any", Stamped))
    with pytest.raises(QueryError, match="Stamped is a mixin"):
        select(Stamped)
