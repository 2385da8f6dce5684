"""Publications and replica identities on the server: created, read back from the catalog, altered, dropped."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from qb import (
    Col,
    DefinitionError,
    Success,
    Table,
    Target,
    Tx,
    column,
    create_all,
    drop_all,
    index,
    partition_by_hash,
    primary_key,
    publication,
    published,
    replica_identity,
    schema,
    select,
    sql,
    unique,
    update,
    view,
)
from qb.ddl.operation import Alter, Comment, Create, Drop
from qb.ddl.plan import undone
from qb.render.ddl.script import planned
from tests.render.ddl_objects import HOSTILE


class Order(Table, name="orders to send"):
    id: Col[int] = column(primary_key=True)
    code: Col[str] = column(name=f"c{HOSTILE}")
    open: Col[bool]
    note: Col[str | None]


class Item(Table, name=f"t{HOSTILE}", schema=f"s{HOSTILE}"):
    id: Col[int] = column(primary_key=True)


class Scratch(Table, name="scratch", unlogged=True):
    id: Col[int] = column(primary_key=True)


by_code = index(f"i{HOSTILE}", Order.code, unique=True)
changes = publication(
    f"p{HOSTILE}",
    Item,
    published(Order, Order.id, Order.code, where=Order.open & (Order.code != HOSTILE)),
    publish=["truncate", "insert"],
    via_partition_root=True,
)
everything = publication("everything", all_tables=True)
of_schema = publication("of a schema", published(Order, where=Order.id > 0), schemas=[f"s{HOSTILE}"])
sent = schema(Order, Item, changes, everything, of_schema, by_code)

MEMBERS = sql(
    "SELECT tablename::text, attnames::text[], rowfilter FROM pg_publication_tables WHERE pubname = {name} ORDER BY 1",
    name=changes.name,
).rows(tuple[str, list[str], str | None])
OPTIONS = sql(
    "SELECT pubname::text, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot FROM pg_publication "
    "ORDER BY 1"
).rows(tuple[str, bool, bool, bool, bool, bool, bool])


def test_it_is_read_back_from_the_catalog(qb_tx: Tx) -> None:
    qb_tx.run(create_all(sent)).unwrap()
    found = qb_tx.all(MEMBERS).unwrap()
    assert [each[:2] for each in found] == [("orders to send", ["id", f"c{HOSTILE}"]), (f"t{HOSTILE}", ["id"])]
    assert found[0][2] is not None
    assert qb_tx.all(OPTIONS) == Success(
        [
            ("everything", True, True, True, True, True, False),
            ("of a schema", False, True, True, True, True, False),
            (f"p{HOSTILE}", False, True, False, False, True, True),
        ]
    )
    qb_tx.run(create_all(sent, if_not_exists=True)).unwrap()
    qb_tx.run(planned([Comment(changes, "it's sent")], Target())).unwrap()
    qb_tx.run(drop_all(sent)).unwrap()
    assert qb_tx.all(OPTIONS) == Success([])
    qb_tx.run(drop_all(sent, if_exists=True)).unwrap()


def test_it_is_altered(qb_tx: Tx) -> None:
    qb_tx.run(create_all(sent)).unwrap()
    other = publication(changes.name, published(Order, where=Order.id > 1), schemas=["public"], publish=["delete"])
    empty = publication(changes.name)
    steps = [Alter(changes, other), Alter(other, empty), Alter(empty, changes)]
    for step in steps:
        qb_tx.run(planned([step], Target())).unwrap()
    assert [each[0] for each in qb_tx.all(MEMBERS).unwrap()] == ["orders to send", f"t{HOSTILE}"]
    back = undone(steps)
    assert back is not None
    qb_tx.run(planned(back, Target())).unwrap()
    with pytest.raises(DefinitionError, match="publication everything is of all tables or is not: drop it and create"):
        Alter(everything, publication("everything"))


WITH_KEY = unique(Order.id, Order.open)
FULL = replica_identity(Order, "full")
BY_BOTH = replica_identity(Order, using=WITH_KEY)


@pytest.mark.parametrize(
    ("items", "columns", "where", "text"),
    [
        ((), (), Order.open, "the rows of a condition on open, which is no part of its replica identity (id)"),
        ((), (Order.open,), None, "the columns open, without id of its replica identity"),
        ((), (Order.id, Order.open), Order.open, "a condition on open, which is no part"),
        ((), (Order.id,), Order.id > 1, None),
        ((FULL,), (Order.id,), None, "some columns, and its replica identity is all of them"),
        ((FULL,), (), Order.open, None),
        ((WITH_KEY, BY_BOTH), (Order.id, Order.open), Order.open, None),
        ((WITH_KEY, BY_BOTH), (Order.id,), None, "without open of its replica identity"),
    ],
)
def test_what_has_updates_fail_is_refused(
    qb_tx: Tx, items: tuple[Any, ...], columns: tuple[Any, ...], where: Any, text: str | None
) -> None:
    """Beside what PostgreSQL says of the same publication, when a row changes."""
    one = published(Order, *columns, where=where)
    sending = publication("p", one, publish=["insert", "update"])
    if text is None:
        qb_tx.run(create_all(schema(Order, *items, sending))).unwrap()
    else:
        with pytest.raises(DefinitionError, match=re.escape(text)):
            schema(Order, *items, sending)
        schema(Order, *items, publication("p", one, publish=["insert", "truncate"]))
        qb_tx.run(create_all(schema(Order, *items))).unwrap()
        qb_tx.run(planned([Create(sending)], Target())).unwrap()
    match qb_tx.execute(update(Order).set(Order.note.to("x")).where(Order.id == 1)):
        case Success():
            assert text is None
        case failure:
            assert text is not None
            assert "cannot update table" in str(failure.failure())


def identity_of(tx: Tx) -> tuple[str, bool]:
    asked = sql(
        """SELECT relreplident::text, EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident)
        FROM pg_class c WHERE relname = 'orders to send'"""
    )
    return tx.one(asked.rows(tuple[str, bool])).unwrap()


@pytest.mark.parametrize(
    ("told", "items", "kept"),
    [
        (replica_identity(Order, "full"), (), ("f", False)),
        (replica_identity(Order, "nothing"), (), ("n", False)),
        (replica_identity(Order, "default"), (), ("d", False)),
        (replica_identity(Order, using=by_code), (by_code,), ("i", True)),
        (replica_identity(Order, using=unique(Order.code)), (unique(Order.code),), ("i", True)),
        (replica_identity(Order, using=primary_key(Order.id)), (), ("i", True)),
    ],
)
def test_replica_identities(qb_tx: Tx, told: Any, items: tuple[Any, ...], kept: tuple[str, bool]) -> None:
    whole = schema(Order, told, *items)
    qb_tx.run(create_all(whole)).unwrap()
    assert identity_of(qb_tx) == kept
    full = replica_identity(Order, "full")
    qb_tx.run(planned([Alter(told, full)] if told != full else [], Target())).unwrap()
    assert identity_of(qb_tx) == ("f", False)
    qb_tx.run(planned([Drop(full)], Target())).unwrap()
    assert identity_of(qb_tx)[0] == "d"
    qb_tx.run(create_all(whole, if_not_exists=True)).unwrap()
    qb_tx.run(drop_all(whole)).unwrap()
    with pytest.raises(DefinitionError, match="PostgreSQL keeps no comment on it: comment on the table"):
        planned([Comment(told, "x")], Target())


def test_older_servers_lack_some() -> None:
    for target, what in (
        (14, "some columns of a table in a publication"),
        (9, "a publication"),
    ):
        with pytest.raises(DefinitionError, match=what):
            create_all(schema(Order, Item, changes), target=Target(target))
    stored = publication("stored", Order, generated=True)
    with pytest.raises(DefinitionError, match="generated columns in a publication came with PostgreSQL 18"):
        create_all(schema(Order, stored), target=Target(17))


def test_generated_columns_are_sent(qb_tx: Tx) -> None:
    stored = publication("stored", Order, generated=True)
    made = create_all(schema(Order, stored))
    if qb_tx.one(sql("SELECT current_setting('server_version_num')::int >= 180000").rows(bool)).unwrap():
        qb_tx.run(made).unwrap()
        asked = sql("SELECT pubgencols::text FROM pg_publication WHERE pubname = 'stored'").rows(str)
        assert qb_tx.one(asked) == Success("s")
        qb_tx.run(planned([Alter(stored, replace(stored, generated=False))], Target())).unwrap()
        assert qb_tx.one(asked) == Success("n")


class Divided(Table, name="divided to send"):
    id: Col[int] = column(primary_key=True)


by_id = partition_by_hash(Divided, Divided.id)
WRONG: dict[str, Callable[[], object]] = {
    "the publication 'p' takes a table, not <view v>": lambda: publication("p", view("v", select(Order))),
    "the publication 'p' has scratch twice: drop one of them": lambda: publication("p", Scratch, published(Scratch)),
    "the publication 'p': schemas takes a list of names: write schemas=['x']": lambda: publication("p", schemas="x"),
    "the publication 'p' is of all tables: drop those that it names, or all_tables": (
        lambda: publication("p", Scratch, all_tables=True)
    ),
    "the publication 'p' has some columns of orders to send, and PostgreSQL takes none beside schemas": (
        lambda: publication("p", published(Order, Order.id), schemas=["x"])
    ),
    "the publication 'p': 'upsert' is no change: there are insert, update, delete, truncate": (
        lambda: publication("p", publish=["upsert"])  # type: ignore[list-item]
    ),
    "a publication has an empty name": lambda: publication(""),
    "published takes a table, not 'x'": lambda: published("x"),  # type: ignore[arg-type]
    "published(scratch) names columns of orders to send: name its own": lambda: published(Scratch, Order.id),
    "published(scratch): where uses columns of another table": lambda: published(Scratch, where=Order.id > 1),
    "published(scratch): where takes a condition such as User.id > 1, not 5": (
        lambda: published(Scratch, where=5)  # type: ignore[arg-type]
    ),
    "the publication p has scratch, which is unlogged and so never sent: drop one of the two": (
        lambda: schema(Scratch, publication("p", Scratch))
    ),
    "the publication p needs the table orders to send, which is not in the schema": (
        lambda: schema(publication("p", Order))
    ),
    "the publication p has some columns or rows of divided to send, which is divided: add via_partition_root=True": (
        lambda: schema(Divided, by_id, publication("p", published(Divided, Divided.id)))
    ),
    "a replica identity is that of a table, not of 'x'": lambda: replica_identity("x", "full"),  # type: ignore[arg-type]
    'the replica identity of scratch is either one of "default", "full", "nothing", or using= an index: say one': (
        lambda: replica_identity(Scratch)
    ),
    'the replica identity of scratch is "default", "full" or "nothing", or using= an index, not \'all\'': (
        lambda: replica_identity(Scratch, "all")  # type: ignore[arg-type]
    ),
    "the replica identity of scratch: using takes what index(...), unique(...) or primary_key(...) made, not 'x'": (
        lambda: replica_identity(Scratch, using="x")  # type: ignore[arg-type]
    ),
    "the replica identity of scratch uses an index of orders to send: use one of its own": (
        lambda: replica_identity(Scratch, using=by_code)
    ),
    "the replica identity of orders to send uses 'i', which has to be unique, of columns, and without where": (
        lambda: replica_identity(Order, using=index("i", Order.id, unique=True, where=Order.open))
    ),
    "the replica identity of orders to send uses a key that is deferrable, and so not always unique: use another": (
        lambda: replica_identity(Order, using=unique(Order.id, deferrable=True))
    ),
    "the replica identity orders to send uses 'i', which is not in the schema: add it, or its module": (
        lambda: schema(Order, replica_identity(Order, using=index("i", Order.id, unique=True)))
    ),
    "the replica identity orders to send uses 'orders to send_note_key', and note in it may be NULL: take None out": (
        lambda: schema(Order, unique(Order.note), replica_identity(Order, using=unique(Order.note)))
    ),
    "the replica identity number 1 of orders to send and the replica identity number 2": (
        lambda: schema(Order, replica_identity(Order, "full"), replica_identity(Order, "nothing"))
    ),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be(text: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(text)}"):
        WRONG[text]()
