"""Triggers in all their forms: what fires, what the catalog has of it, and what no trigger can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from qb import (
    Col,
    DefinitionError,
    New,
    ServerError,
    Success,
    Table,
    Target,
    Tx,
    column,
    create_all,
    delete,
    drop_all,
    event_trigger,
    event_trigger_function,
    fn,
    insert,
    new,
    on_update_trigger,
    pg,
    schema,
    select,
    sql,
    trigger,
    trigger_function,
    update,
    view,
)
from qb.ddl.operation import Alter, Comment, Create, Drop
from qb.ddl.plan import undone
from qb.model.object import Identity
from qb.render.ddl.script import planned
from qb.typing import Schema, Trigger

HOSTILE = "a\"b'c\\d;e\nf\tg$$h$qb$i%j%%sé😀--/*"


class Task(Table, name="tasks of triggers"):
    id: Col[int] = column(primary_key=True)
    title: Col[str] = column(name=f"t{HOSTILE}")
    done: Col[bool] = column(default=False)
    hours: Col[int | None] = column(default=None)


class Entry(Table, name="entries of triggers"):
    note: Col[str] = column()


note = trigger_function(
    f"note{HOSTILE}",
    sql(
        "BEGIN\n  INSERT INTO {t} VALUES (concat_ws(' ', tg_name, tg_when, tg_level, tg_op, tg_argv[0], tg_argv[1]));\n"
        "  RETURN coalesce(NEW, OLD);\nEND",
        t=Entry,
    ),
    security="definer",
    set={"search_path": ["public", "pg_temp"]},
)
count = trigger_function(
    "count rows",
    sql("BEGIN\n  INSERT INTO {t} SELECT concat(tg_op, ' ', count(*)) FROM changed;\n  RETURN NULL;\nEND", t=Entry),
)
refuse = trigger_function("refuse", sql("BEGIN\n  RAISE EXCEPTION 'refused %', NEW.id;\nEND"))
base = (Task, Entry, note, count, refuse)
NOTES = select(Entry.note).order_by(Entry.note)
CATALOG = sql(
    "SELECT pg_get_triggerdef(t.oid) || ' ' || tgenabled::text FROM pg_trigger t WHERE NOT tgisinternal ORDER BY tgname"
).rows(str)


def task(id: int, title: str = "x") -> New[Task]:
    return new(Task)(id=id, title=title)


def made(tx: Tx, *more: Any) -> Schema:
    found = schema(*base, *more)
    tx.run(create_all(found)).unwrap()
    return found


def test_rows_before_and_after_with_arguments(qb_tx: Tx) -> None:
    first = trigger(Task, note, before=("update", "insert"), args=[HOSTILE, 7], name="b first")
    last = trigger(Task, note, after="delete", name=f"n{HOSTILE}")
    found = made(qb_tx, last, first)
    qb_tx.execute(insert(task(1))).unwrap()
    qb_tx.execute(update(Task).set(Task.hours.to(1)).all_rows()).unwrap()
    qb_tx.execute(delete(Task).all_rows()).unwrap()
    assert qb_tx.all(NOTES) == Success(
        [
            f"b first BEFORE ROW INSERT {HOSTILE} 7",
            f"b first BEFORE ROW UPDATE {HOSTILE} 7",
            f"n{HOSTILE} AFTER ROW DELETE",
        ]
    )
    arguments = sql("SELECT tgargs FROM pg_trigger WHERE tgname = 'b first'").rows(bytes)
    assert qb_tx.one(arguments) == Success(HOSTILE.encode() + b"\0" + b"7\0")
    qb_tx.run(drop_all(found)).unwrap()
    assert qb_tx.all(CATALOG) == Success([])


def test_a_condition_over_both_rows(qb_tx: Tx) -> None:
    renamed = trigger(
        Task,
        note,
        after="update",
        of=(Task.title, Task.hours),
        when=lambda old, new: (old.title != new.title) & ~new.done & new.hours.is_distinct_from(7),
    )
    made(qb_tx, renamed)
    assert str(renamed.needs) == str((Identity("table", "", "", "tasks of triggers"), note.identity, *columns()))
    qb_tx.execute(insert(task(1, "a"))).unwrap()
    for change in (Task.title.to("a"), Task.title.to("b"), Task.done.to(True), Task.title.to("c"), Task.hours.to(2)):
        qb_tx.execute(update(Task).set(change).all_rows()).unwrap()
    assert len(qb_tx.all(NOTES).unwrap()) == 1
    (definition,) = qb_tx.all(CATALOG).unwrap()
    assert 'WHEN (((old."t' in definition
    assert "AND (new.hours IS DISTINCT FROM '7'::bigint)" in definition


def columns() -> list[Identity]:
    return sorted(Identity("column", "", "tasks of triggers", name) for name in ("done", "hours", f"t{HOSTILE}"))


def test_whole_rows_are_compared_in_sql(qb_tx: Tx) -> None:
    changed = trigger(
        Task,
        note,
        after="update",
        when=lambda old, new: sql("{o}.* IS DISTINCT FROM {n}.*", o=old, n=new).as_(bool, not_null=True),
    )
    made(qb_tx, changed)
    qb_tx.execute(insert(task(1, "a"))).unwrap()
    for title in "aab":
        qb_tx.execute(update(Task).set(Task.title.to(title)).all_rows()).unwrap()
    assert len(qb_tx.all(NOTES).unwrap()) == 1


def test_two_conditions_are_equal_where_they_say_the_same() -> None:
    def fires(when: Callable[[Any, Any], Any]) -> Trigger:
        return trigger(Task, note, before="update", when=when)

    assert fires(lambda old, new: old.done & ~new.done) == fires(lambda old, new: old.done & ~new.done)
    assert fires(lambda old, new: old.done & ~new.done) != fires(lambda old, new: new.done & ~old.done)


def test_statements_and_their_rows(qb_tx: Tx) -> None:
    added = trigger(Task, count, after="insert", for_each="statement", new_table="changed", name="added")
    gone = trigger(Task, count, after="delete", for_each="statement", old_table="changed", name="gone")
    emptied = trigger(Task, note, before="truncate", for_each="statement", name="emptied")
    made(qb_tx, added, gone, emptied)
    qb_tx.execute(insert(task(1), task(2), task(3))).unwrap()
    qb_tx.execute(delete(Task).where(Task.id > 1)).unwrap()
    qb_tx.execute(sql("TRUNCATE {t}", t=Task).command()).unwrap()
    assert set(qb_tx.all(NOTES).unwrap()) == {"DELETE 2", "emptied BEFORE STATEMENT TRUNCATE", "INSERT 3"}


def test_a_constraint_that_waits(qb_tx: Tx) -> None:
    late = trigger(Task, refuse, after="insert", constraint=True, deferrable=True, initially="deferred")
    made(qb_tx, late)
    qb_tx.execute(insert(task(4))).unwrap()
    failure = qb_tx.execute(sql("SET CONSTRAINTS ALL IMMEDIATE").command()).failure()
    assert isinstance(failure, ServerError)
    assert failure.sqlstate == "P0001"


def test_views_are_written_to(qb_tx: Tx) -> None:
    shown = view("shown of triggers", select(Task).where(Task.done))
    write = trigger_function(
        "write", sql("BEGIN\n  INSERT INTO {t} VALUES (NEW.id::text);\n  RETURN NEW;\nEND", t=Entry)
    )
    instead = trigger(shown, write, instead_of=("insert", "update", "delete"))
    once = trigger(shown, note, after="insert", for_each="statement")
    found = made(qb_tx, shown, write, instead, once)
    qb_tx.execute(insert(shown, shown.id.to(3), shown.title.to("x"))).unwrap()
    assert [each[:3] for each in qb_tx.all(NOTES).unwrap()] == ["3", "sho"]
    qb_tx.run(drop_all(found)).unwrap()


@pytest.mark.parametrize(("enabled", "letter"), [("origin", "O"), ("disabled", "D"), ("replica", "R"), ("always", "A")])
def test_in_which_sessions_it_fires(qb_tx: Tx, enabled: Any, letter: str) -> None:
    one = trigger(Task, note, after="insert", enabled=enabled)
    made(qb_tx, one)
    assert [each[-1] for each in qb_tx.all(CATALOG).unwrap()] == [letter]
    other = trigger(Task, note, after="insert", enabled="disabled" if enabled != "disabled" else "origin")
    change = Alter(one, other)
    qb_tx.run(planned([change, Comment(one, "it's one")], Target())).unwrap()
    assert [each[-1] for each in qb_tx.all(CATALOG).unwrap()] == ["O" if enabled == "disabled" else "D"]
    assert change.inverse == Alter(other, one)
    assert undone([Create(one)]) == (Drop(one),)


def test_what_alter_cannot_do_is_created_anew(qb_tx: Tx) -> None:
    before, after = trigger(Task, note, after="insert"), trigger(Task, note, before="insert")
    old, new_ = made(qb_tx, before), schema(*base, after)
    (table,), (other,) = (
        tuple(each for each in whole.tables if each.title.startswith("tasks")) for whole in (old, new_)
    )
    assert list(map(repr, Alter(table, other).steps)) == [
        f"<{step} trigger tasks of triggers.{before.name}>" for step in ("drop", "create")
    ]
    qb_tx.run(planned([Alter(table, other)], Target())).unwrap()
    assert " BEFORE INSERT " in qb_tx.one(CATALOG).unwrap()
    with pytest.raises(DefinitionError, match="cannot be altered in its timing: drop it and create it anew"):
        Alter(before, after)


class Theirs(Table, name="theirs of triggers", external=True):
    id: Col[int] = column(primary_key=True)


def test_ours_on_a_table_of_somebody_elses(qb_tx: Tx) -> None:
    ours = schema(Theirs, Entry, note, trigger(Theirs, note, after="insert", name="ours"))
    qb_tx.run(create_all(schema(Theirs), stand_ins=True)).unwrap()
    qb_tx.run(create_all(ours)).unwrap()
    qb_tx.execute(insert(new(Theirs)(id=1))).unwrap()
    assert qb_tx.all(NOTES) == Success(["ours AFTER ROW INSERT"])
    qb_tx.run(drop_all(ours)).unwrap()
    assert qb_tx.all(CATALOG) == Success([])
    assert qb_tx.all(select(Theirs)) == Success([Theirs(id=1)])


def test_a_function_of_somebody_elses(qb_tx: Tx) -> None:
    theirs = trigger_function("stamp", external=True)
    whole = schema(Task, theirs, trigger(Task, theirs, before="insert"))
    assert [str(each.identity.kind) for each in create_all(whole).operations] == ["table", "trigger"]
    qb_tx.run(create_all(whole, stand_ins=True)).unwrap()
    qb_tx.execute(insert(task(1))).unwrap()
    qb_tx.run(drop_all(whole, stand_ins=True)).unwrap()
    with pytest.raises(
        DefinitionError, match=r"^the trigger .* needs the function stamp\(\), which is not in the schema"
    ):
        schema(Task, trigger(Task, theirs, before="insert"))


def test_if_not_exists(qb_tx: Tx) -> None:
    found = made(qb_tx, trigger(Task, note, after="insert"))
    qb_tx.run(create_all(found, if_not_exists=True)).unwrap()
    qb_tx.run(drop_all(found, if_exists=True, cascade=True)).unwrap()
    qb_tx.run(drop_all(found, if_exists=True)).unwrap()


def test_on_update_by_a_trigger(qb_tx: Tx) -> None:
    class Made(Table, name="made of triggers", schema="of triggers"):
        id: Col[int] = column(primary_key=True)
        title: Col[str] = column()
        state: Col[str] = column(default="new", on_update="it's changed", name=f"s{HOSTILE}")
        at: Col[str | None] = column(default=None, on_update=fn.concat("at ", fn.current_date().cast(pg.text)))

    own = on_update_trigger(Made)
    found = schema(Made, own)
    qb_tx.run(create_all(found)).unwrap()
    qb_tx.execute(insert(new(Made)(id=1, title="a"))).unwrap()
    theirs = sql("UPDATE {t} SET title = 'b'", t=Made).command()
    qb_tx.execute(theirs).unwrap()
    row = qb_tx.one(select(Made)).unwrap()
    assert row.state == "it's changed"
    assert (row.at or "").startswith("at ")
    qb_tx.execute(sql("UPDATE {t} SET id = 2, title = 'c'", t=Made).command()).unwrap()
    qb_tx.execute(update(Made).set(Made.state.to("given")).all_rows()).unwrap()
    assert qb_tx.one(select(Made.state)) == Success("given")
    qb_tx.run(drop_all(found)).unwrap()
    with pytest.raises(DefinitionError, match=r"^tasks of triggers has no column with on_update=: give it one"):
        on_update_trigger(Task)

    class Json(Table, name="json of triggers"):
        id: Col[int] = column(primary_key=True)
        raw: Col[list[int]] = column(pg.json, default=[], on_update=[1])

    with pytest.raises(DefinitionError, match=r"^json of triggers.raw is json, which PostgreSQL cannot compare with"):
        on_update_trigger(Json)
    with pytest.raises(DefinitionError, match=r"^an on_update_trigger is on a table, not on 5"):
        on_update_trigger(cast("Any", 5))


def test_on_update_by_a_query_in_a_trigger(qb_tx: Tx) -> None:
    newest = select(fn.coalesce(fn.max(Entry.note), "none")).as_scalar()

    class Seen(Table, name="seen of triggers"):
        id: Col[int] = column(primary_key=True)
        entry: Col[str | None] = column(default=None, on_update=newest)

    own = on_update_trigger(Seen)
    with pytest.raises(DefinitionError, match="needs the table entries of triggers, which is not in the schema"):
        schema(Seen, own)
    qb_tx.run(create_all(schema(Seen, Entry, own))).unwrap()
    qb_tx.execute(insert(new(Seen)(id=1), new(Seen)(id=2))).unwrap()
    qb_tx.execute(insert(new(Entry)(note="an entry"))).unwrap()
    qb_tx.execute(sql("UPDATE {t} SET id = 3 WHERE id = 1", t=Seen).command()).unwrap()
    qb_tx.execute(update(Seen).set(Seen.id.to(4)).where(Seen.id == 2)).unwrap()
    assert qb_tx.all(select(Seen.entry)) == Success(["an entry", "an entry"])

    class Later(Table, name="later of triggers"):
        id: Col[int] = column(primary_key=True)
        entry: Col[str | None] = column(
            default=None, on_update=select(fn.max(Entry.note)).where(fn.length(Entry.note) > id).as_scalar()
        )

    with pytest.raises(DefinitionError, match=r"later of triggers\.entry: its on_update holds a query"):
        on_update_trigger(Later)


def test_event_triggers(qb_tx: Tx) -> None:
    tell = event_trigger_function(
        "tell", sql("BEGIN\n  INSERT INTO {t} VALUES (concat(tg_event, ' ', tg_tag));\nEND", t=Entry)
    )
    told = event_trigger(f"e{HOSTILE}", tell, on="ddl_command_end", tags=["create table", "DROP TABLE"])
    dropped = event_trigger("e dropped", tell, on="sql_drop", enabled="always")
    started = event_trigger("e started", tell, on="ddl_command_start", enabled="disabled")
    found = schema(Entry, tell, told, dropped, started)
    script = create_all(found)
    assert [each.identity.kind for each in script.operations][-3:] == ["event trigger"] * 3
    qb_tx.run(script).unwrap()
    qb_tx.run(create_all(schema(Task))).unwrap()
    qb_tx.run(drop_all(schema(Task))).unwrap()
    assert qb_tx.all(NOTES) == Success(
        ["ddl_command_end CREATE TABLE", "ddl_command_end DROP TABLE", "sql_drop DROP TABLE"]
    )
    catalog = sql("SELECT evtevent::text, evtenabled::text, evttags FROM pg_event_trigger ORDER BY evtname").rows(
        tuple[str, str, list[str] | None]
    )
    assert qb_tx.all(catalog) == Success(
        [
            ("sql_drop", "A", None),
            ("ddl_command_start", "D", None),
            ("ddl_command_end", "O", ["CREATE TABLE", "DROP TABLE"]),
        ]
    )
    other = event_trigger("e dropped", tell, on="sql_drop")
    qb_tx.run(planned([Alter(dropped, other), Comment(told, "x")], Target())).unwrap()
    assert [each.identity.kind for each in drop_all(found).operations][:3] == ["event trigger"] * 3
    qb_tx.run(create_all(found, if_not_exists=True)).unwrap()
    qb_tx.run(drop_all(found)).unwrap()
    assert qb_tx.all(catalog) == Success([])
    with pytest.raises(DefinitionError, match="an event trigger on login came with PostgreSQL 17"):
        create_all(schema(Entry, tell, event_trigger("e", tell, on="login")), target=Target(16))
