"""How a result travels is no part of the query: what was written, what is sent, and errors that speak of the former."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from qb import (
    Col,
    Database,
    Failure,
    InvalidSql,
    Outcome,
    QueryError,
    Success,
    Table,
    column,
    compile,
    create_all,
    delete,
    ignore,
    insert,
    many,
    maybe,
    new,
    pg,
    schema,
    select,
    sql,
    update,
)
from qb.render import compiled as rendering
from qb.run.session.executable import Executables
from qb.run.session.result_form import place_in


class Notes(msgspec.Struct):
    tone: str = "dry"


class Jar(Table, name="jars", schema="travels"):
    id: Col[int] = column(pg.bigint, primary_key=True)
    notes: Col[Notes] = column(pg.jsonb)
    more: Col[Notes | None] = column(pg.json, default=None)
    made: Col[int] = column(pg.integer, default=0)


NewJar = new(Jar)
JAR = NewJar(id=1, notes=Notes("wet"))
FROM = '"travels"."jars"'
CAST = '"jars"."id", CAST("jars"."notes" AS text), CAST("jars"."more" AS text), "jars"."made"'

FORMS: dict[str, tuple[Callable[[], Any], str]] = {
    "a table": (lambda: select(Jar), f'SELECT {CAST} FROM "travels"."jars"'),
    "one document": (lambda: select(Jar.notes), 'SELECT CAST("jars"."notes" AS text) FROM "travels"."jars"'),
    "a hidden flag": (
        lambda: select(maybe(Jar)).from_(Jar),
        f'SELECT ("jars".*) IS DISTINCT FROM NULL, {CAST} FROM "travels"."jars"',
    ),
    "a place in a document": (
        lambda: select(Jar.notes).where(Jar.notes.path(lambda notes: notes.tone) == "wet"),
        (
            f'SELECT CAST("jars"."notes" AS text) FROM {FROM} '
            f"""WHERE (('{{"tone": "dry"}}'::jsonb || "jars"."notes") ->> 'tone') = $1::text"""
        ),
    ),
    "distinct": (
        lambda: select(Jar.id, Jar.notes).distinct(),
        'SELECT DISTINCT "jars"."id", "jars"."notes" FROM "travels"."jars"',
    ),
    "returning": (
        lambda: delete(Jar).where(Jar.id == 1).returning(Jar.notes),
        'DELETE FROM "travels"."jars" WHERE "jars"."id" = $1::bigint RETURNING CAST("jars"."notes" AS text)',
    ),
    "a query within": (
        lambda: select(Jar.notes).where(Jar.id.in_(select(Jar.id))),
        f'SELECT CAST("jars"."notes" AS text) FROM {FROM} WHERE "jars"."id" IN (SELECT "jars"."id" FROM {FROM})',
    ),
    "text anyway": (
        lambda: select(Jar.notes, Jar.made.cast(pg.numeric)),
        'SELECT "jars"."notes", CAST("jars"."made" AS numeric) FROM "travels"."jars"',
    ),
}


@pytest.fixture(scope="module")
def jars(qb_db: Database) -> Iterator[Database]:
    with qb_db.transaction() as tx:
        tx.execute(sql("CREATE SCHEMA travels").command()).unwrap()
        tx.run(create_all(schema(Jar))).unwrap()
        tx.execute(insert(JAR)).unwrap()
    yield qb_db
    qb_db.execute(sql("DROP SCHEMA travels CASCADE").command()).unwrap()


@pytest.mark.parametrize("name", FORMS)
def test_the_query_is_shown_as_written_and_sent_as_it_travels(name: str) -> None:
    build, sent = FORMS[name]
    found = compile(build())
    assert found.sent.decode() == sent
    assert b"AS text)" not in found.sql


def test_a_cast_of_the_users_stays() -> None:
    assert compile(select(Jar.made.cast(pg.text))).sql.startswith(b'SELECT CAST("jars"."made" AS text)')


def test_nested_rows_travel_as_text() -> None:
    found = compile(select(Jar.id, many(select(Jar.made).where(Jar.id == 2))))
    assert b"AS text)" not in found.sql
    assert found.sent.count(b" AS text)") == 1


@pytest.mark.parametrize("name", FORMS)
def test_every_place_of_what_is_sent_is_one_of_what_was_written(name: str) -> None:
    found = compile(FORMS[name][0]())
    written, sent = found.sql.decode(), found.sent.decode()
    places = [place_in(found.added, position) for position in range(1, len(sent) + 1)]
    assert places == sorted(places)
    kept = [(sent[at], place) for at, place in enumerate(places) if place > (places[at - 1] if at else 0)]
    assert "".join(letter for letter, _ in kept) != ""
    put = {at + shift + offset for at, shift, text in _put(found.added) for offset in range(len(text))}
    assert "".join(sent[at] for at in range(len(sent)) if at not in put) == written
    assert all(written[places[at] - 1] == sent[at] for at in range(len(sent)) if at not in put)


def _put(added: tuple[tuple[int, str], ...]) -> Iterator[tuple[int, int, str]]:
    shift = 0
    for at, text in added:
        yield at, shift, text
        shift += len(text)


def _wrong() -> Any:
    return select(Jar.notes, Jar.more, Jar.id).where(sql("nobody({x})", x=Jar.id).as_(bool))


RUNS: dict[str, Callable[[Database], Outcome[Any]]] = {
    "all": lambda db: db.all(_wrong()),
    "one": lambda db: db.one(_wrong()),
    "in a transaction": lambda db: db.transact(lambda tx: tx.all(_wrong())),
    "a command": lambda db: db.all(
        update(Jar).set(Jar.made.to(1)).where(sql("nobody({x})", x=Jar.id).as_(bool)).returning(Jar.notes, Jar.id)
    ),
}


@pytest.mark.parametrize("run", RUNS)
def test_an_error_points_into_the_query_as_written(jars: Database, run: str) -> None:
    result = RUNS[run](jars)
    assert isinstance(result, Failure)
    error = result.failure()
    assert isinstance(error, InvalidSql)
    query = (
        update(Jar).set(Jar.made.to(1)).where(sql("nobody({x})", x=Jar.id).as_(bool)).returning(Jar.notes, Jar.id)
        if run == "a command"
        else _wrong()
    )
    assert error.position is not None
    assert compile(query).sql.decode()[error.position - 1 :].startswith("nobody(")


def test_an_error_of_a_pipeline_points_there_too(jars: Database) -> None:
    with jars.pipeline() as pipeline:
        fine = pipeline.all(select(Jar.notes))
        wrong = pipeline.all(_wrong())
    ignore(fine.result())
    error = wrong.result().failure()
    assert isinstance(error, InvalidSql)
    assert error.position is not None
    assert compile(_wrong()).sql.decode()[error.position - 1 :].startswith("nobody(")


def test_an_error_behind_an_output_that_fails_points_at_it(jars: Database) -> None:
    class Lost(Table, name="jars", schema="travels"):
        id: Col[int] = column(pg.bigint, primary_key=True)
        gone: Col[Notes] = column(pg.jsonb)

    error = jars.all(select(Lost.id, Lost.gone)).failure()
    assert isinstance(error, InvalidSql)
    assert error.position is not None
    assert compile(select(Lost.id, Lost.gone)).sql.decode()[error.position - 1 :].startswith('"jars"."gone"')


def test_rows_are_read_from_what_travels(jars: Database) -> None:
    assert jars.all(select(Jar)) == Success([Jar(id=1, notes=Notes("wet"), more=None, made=0)])


def test_a_shape_is_rendered_once_for_both(jars: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from qb.run.session import executable

    rendered: list[object] = []
    original = rendering.compile_node

    def counted(node: Any) -> Any:
        rendered.append(node)
        return original(node)

    monkeypatch.setattr(executable, "compile_node", counted)
    statements = Executables()
    for _ in range(3):
        statement, _ = statements.resolve(select(Jar.notes, Jar.id))
        assert statement.sent != statement.sql
        assert statement.written(len(statement.sent)) == len(statement.sql)
    assert len(rendered) == 1


def test_the_log_has_the_query_as_written(jars: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="qb.sql"):
        jars.all(select(Jar.notes)).unwrap()
    assert [record.sql for record in caplog.records] == ['SELECT "jars"."notes" FROM "travels"."jars"']  # type: ignore[attr-defined]


def test_raw_text_holds_no_nul() -> None:
    with pytest.raises(QueryError, match="holds a NUL character"):
        compile(select(Jar.id).where(sql("x = '\0'").as_(bool)))
