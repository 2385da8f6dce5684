"""`promote`: a document's key becomes a typed column, value by value what it was, or a reject without its value."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from promptliano.documents import MessageMetadata, TicketMetadata, TokenUsage, ToolCall
from qb import Database, Script, schema, sql
from qb.errors.outcome import unwrap
from qb.kit import introspect, migrate
from qb.kit.history.adding import add_migration
from qb.kit.history.migration import Migration
from qb.kit.history.reading import read_history
from qb.kit.history.shown_catalog import is_shown
from qb.kit.promoting.errors import CannotPromote, PromotionRejected
from qb.kit.promoting.promote import Promoted, promote
from qb.kit.promoting.promotion import path_of
from qb.kit.running.data_errors import ConditionFailed
from qb.kit.running.run_progress import RunProgress
from qb.types.trusted import trusted
from tests.kit.history.stopped import goes_on

FIRST = Migration(
    id="0001_quotes",
    up="""CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE TABLE quotes (id bigint, part text, "me'ta {}%" jsonb, plain json, PRIMARY KEY (id, part));
    CREATE TABLE keyless (meta jsonb);""",
    down="DROP TABLE keyless, quotes; DROP TYPE mood;",
)
META = "quotes.me'ta {}%"
WANTED = schema()


def ready(db: Database, folder: Path, *documents: str) -> None:
    """The table, with a row for each document."""
    unwrap(add_migration(folder, FIRST))
    migrate(db, unwrap(read_history(folder))).unwrap()
    for number, each in enumerate(documents):
        insert = sql(
            """INSERT INTO quotes VALUES ({n}, {part}, {d}::text::jsonb)""", n=number // 2, part=str(number % 2), d=each
        )
        db.execute(insert.command()).unwrap()


def promoted(folder: Path, cache: Path, *said: str, **options: Any) -> Promoted:
    return promote(WANTED, folder, *said, prefix="index", cache=cache, **options).unwrap()


def values(db: Database, column: str) -> list[str | None]:
    query = trusted(f"SELECT {column}::text FROM quotes ORDER BY id, part".replace("{", "{{").replace("}", "}}"))
    return db.all(sql(query).rows(str | None)).unwrap()


def test_a_number_deep_inside(db: Database, tmp_path: Path, cache: Path) -> None:
    documents = [f'{{"customer": {{"id": {n}}}}}' for n in range(2500)]
    documents += ["{}", "null", '{"customer": {"id": null}}', "[]"]
    ready(db, tmp_path, "{}")
    db.run(Script("TRUNCATE quotes")).unwrap()
    text = "INSERT INTO quotes SELECT n / 2, n % 2, d::jsonb FROM unnest({d}::text[]) WITH ORDINALITY AS x (d, n)"
    rows = sql(text, d=documents)
    db.execute(rows.command()).unwrap()
    done = promoted(tmp_path, cache, META, "$.customer.id", "quotes.customer_id", "bigint", db=db, check=True)
    assert done.ids == ("0002_promote_quotes_customer_id", "0003_check_quotes_customer_id")
    assert done.descriptor == "customer_id: Col[int | None] = column(pg.bigint)"
    assert (done.table, done.rejects) == ("quotes", ())
    history = unwrap(read_history(tmp_path))
    assert all(each.is_proved for each in history.migrations[1:])
    assert migrate(db, history).unwrap().applied == done.ids
    assert sorted(map(int, filter(None, values(db, "customer_id")))) == list(range(2500))
    text = "UPDATE quotes SET customer_id = 7 WHERE id = 1"
    assert "quotes_customer_id_agrees" in str(db.run(Script(text)).failure())
    assert "customer_id" in "".join(each.name for each in introspect(db).unwrap())


GOOD = [
    ("numeric(6,2)", ["1.25", "-3", "1e2"], ["1.25", "-3.00", "100.00"]),
    ("text", ['"x"', '"it\'s {} % \\\\ \\" é"', '""'], ["x", "it's {} % \\ \" é", ""]),
    ("mood", ['"good"', '"bad"'], ["good", "bad"]),
    ("timestamptz", ['"2026-01-02T03:04:05+02:00"'], ["2026-01-02 01:04:05+00"]),
]


@pytest.mark.slow
@pytest.mark.parametrize(("type_", "given", "wanted"), GOOD, ids=[each[0] for each in GOOD])
def test_each_type(db: Database, tmp_path: Path, cache: Path, type_: str, given: list[str], wanted: list[str]) -> None:
    ready(db, tmp_path, *(f'{{"k": {each}}}' for each in given))
    promoted(tmp_path, cache, META, "k", 'quotes.ne"w {}', type_, db=db)
    migrate(db, unwrap(read_history(tmp_path))).unwrap()
    db.run(Script("SET TimeZone = 'UTC'")).unwrap()
    assert values(db, '"ne""w {}"') == wanted


BAD = [
    ("integer", ["1.5", '"1"', "3000000000", "[]", "true"]),
    ("numeric(4,2)", ["1.239", "123"]),
    ("real", ["0.123456789012"]),
    ("timestamptz", ['"now"', '"2026-01-02"', '"2026-01-02T03:04:05"', "17000000"]),
    ("date", ['"today"', '"2026-13-01"']),
    ("mood", ['"GOOD"', '"secret value"']),
    ("varchar(3)", ['"secret"']),
]


@pytest.mark.parametrize(("type_", "given"), BAD, ids=[each[0] for each in BAD])
def test_what_is_none_of_its_values_is_rejected(
    db: Database, tmp_path: Path, cache: Path, type_: str, given: list[str]
) -> None:
    ready(db, tmp_path, *(f'{{"k": {each}}}' for each in given))
    outcome = promote(WANTED, tmp_path, META, "k", "quotes.new", type_, db=db, cache=cache, prefix="index")
    error = outcome.failure()
    assert isinstance(error, PromotionRejected)
    assert error.exit_code == 2
    assert "secret" not in str(error)
    assert "keys" not in str(error)
    assert len(unwrap(read_history(tmp_path)).ids) == 1
    shown = promote(WANTED, tmp_path, META, "k", "quotes.new", type_, db=db, cache=cache, show_keys=True).failure()
    assert "(keys (0, 0)" in str(shown)
    checked = promote(
        WANTED, tmp_path, META, "k", "quotes.new", type_, db=db, cache=cache, check=True, leave_rejects=True
    ).failure()
    assert isinstance(checked, PromotionRejected)
    assert str(checked).endswith("or promote without --check, by which they would have to agree with the column")
    assert checked.fix is None
    assert len(unwrap(read_history(tmp_path)).ids) == 1


def test_rejects_are_left_where_that_is_said(db: Database, tmp_path: Path, cache: Path) -> None:
    ready(db, tmp_path, *(f'{{"k": {each}}}' for each in ("1.5", "2", "[]")))
    done = promoted(tmp_path, cache, META, "k", "quotes.new", "int", db=db, leave_rejects=True)
    assert [each.found for each in done.rejects] == ["array", "number"]
    migrate(db, unwrap(read_history(tmp_path))).unwrap()
    assert values(db, "new") == [None, "2", None]


def test_rejects_are_said_by_kind(db: Database, tmp_path: Path, cache: Path) -> None:
    ready(db, tmp_path, '{"k": "a"}', '{"k": "b"}', '{"k": 1.5}', '{"k": 2}')
    error = promote(WANTED, tmp_path, META, "k", "quotes.new", "int", db=db, cache=cache).failure()
    assert str(error) == (
        "quotes.new: 1 row holds a number that is no int; 2 rows hold a text that is no int: mend them, name another "
        "--type, or leave the column NULL there with --leave-rejects"
    )


def test_rows_that_come_meanwhile_stop_it(db: Database, tmp_path: Path, cache: Path) -> None:
    ready(db, tmp_path, '{"k": 1}', '{"k": 2}')
    promoted(tmp_path, cache, META, "k", "quotes.new", "int", db=db)
    db.run(Script("INSERT INTO quotes VALUES (9, 'x', '{\"k\": true}')")).unwrap()
    assert isinstance(migrate(db, unwrap(read_history(tmp_path))).failure(), ConditionFailed)
    assert values(db, "new") == ["1", "2", None]
    db.run(Script("DELETE FROM quotes WHERE id = 9")).unwrap()
    migrate(db, unwrap(read_history(tmp_path))).unwrap()


def test_rows_that_come_behind_the_key_are_filled_too(db: Database, tmp_path: Path, cache: Path) -> None:
    ready(db, tmp_path, '{"k": 1}')
    many = "INSERT INTO quotes SELECT n, 'x', '{\"k\": 2}' FROM generate_series(1, 1500) n"
    db.run(Script(many)).unwrap()
    promoted(tmp_path, cache, META, "k", "quotes.new", "int", db=db)
    come: list[int] = []

    def comes(progress: RunProgress) -> None:
        if progress.moment == "step" and not come:
            come.append(-1)
            db.run(Script("INSERT INTO quotes VALUES (-1, 'x', '{\"k\": 7}')")).unwrap()

    migrate(db, unwrap(read_history(tmp_path)), on_progress=comes).unwrap()
    assert come
    assert values(db, "new")[0] == "7"
    assert None not in values(db, "new")


def test_hostile_paths(db: Database, tmp_path: Path, cache: Path) -> None:
    ready(db, tmp_path, """{"a'b {x} % \\" ]": [{"": "deep"}]}""")
    path = """$."a'b {x} % \\" ]"[0].\"\""""
    assert path_of(path) == ("a'b {x} % \" ]", "0", "")
    promoted(tmp_path, cache, META, path, "quotes.new", "text", db=db)
    migrate(db, unwrap(read_history(tmp_path))).unwrap()
    assert values(db, "new") == ["deep"]


@pytest.mark.parametrize("path", ["", "$", ".", "a..b", "a[", "a[x]", 'a"b"', '"a', "a]b", '"\\u0000"'])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(CannotPromote, match="this is no path"):
        path_of(path)


WRONG = [
    (("quotes.nothing", "k", "quotes.new", "int"), "quotes.nothing: the migrations make no such column of a table"),
    (("quotes.plain", "k", "quotes.new", "int"), "quotes.plain: it is json, and a key is taken out of jsonb alone"),
    ((META, "k", "other.new", "int"), "other.new: the column is one of the same table: quotes.NAME"),
    ((META, "k", "quotes.part", "int"), "quotes.part: it is there already"),
    ((META, "k", "quotes.new", "int); DROP TABLE quotes; --"), "this is no type of one value"),
    (("keyless.meta", "k", "keyless.new", "int"), "keyless: it has no primary key to go by"),
]


@pytest.mark.parametrize(("said", "message"), WRONG, ids=[each[1][:20] for each in WRONG])
def test_what_cannot_be_promoted(tmp_path: Path, cache: Path, said: tuple[str, str, str, str], message: str) -> None:
    unwrap(add_migration(tmp_path, FIRST))
    error = promote(WANTED, tmp_path, *said, cache=cache).failure()
    assert isinstance(error, CannotPromote)
    assert message in str(error)


@pytest.mark.slow
def test_documents_of_a_real_system(db: Database, tmp_path: Path, cache: Path) -> None:
    ticket = TicketMetadata("mail", 0.75, ["new"], {"due at": "2026-01-02T03:04:05Z"})
    answer = MessageMetadata("small", TokenUsage(1_200, 30), [ToolCall("look", {"id": "7"})])
    ready(db, tmp_path, *(msgspec.json.encode(each).decode() for each in (ticket, TicketMetadata(), answer)))
    paths = {
        "score": ("score", "double precision"),
        "label": ("labels[0]", "text"),
        "due_at": ('extra."due at"', "timestamptz"),
        "tokens": ("usage.input_tokens", "int"),
    }
    for column, (path, type_) in paths.items():
        promoted(tmp_path, cache, META, path, f"quotes.{column}", type_, db=db)
    migrate(db, unwrap(read_history(tmp_path))).unwrap()
    found = {column: values(db, f"to_jsonb({column})") for column in paths}
    assert found == {
        "score": ["0.75", None, None],
        "label": ['"new"', None, None],
        "due_at": ['"2026-01-02T03:04:05+00:00"', None, None],
        "tokens": [None, None, "1200"],
    }


@pytest.mark.slow
def test_whoever_was_stopped_goes_on(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "migrations"
    unwrap(add_migration(folder, FIRST))
    work = partial(
        promote, WANTED, folder, META, "a", "quotes.a", "bigint", check=True, prefix="index", cache=cache,
        now=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip
    command = f"qb promote {shlex.quote(META)} a quotes.a --type bigint --check"
    goes_on(folder, work, command, points=(0, 1, 3))
    history = unwrap(read_history(folder))
    assert history.ids[1:] == ("0002_promote_quotes_a", "0003_check_quotes_a")
    assert all(each.is_proved for each in history.migrations[1:])
    assert is_shown(history) is True


@pytest.mark.parametrize("leave", [False, True])
def test_rows_that_come_in_behind_the_key_are_filled(db: Database, tmp_path: Path, cache: Path, *, leave: bool) -> None:
    ready(db, tmp_path, '{"n": 1}', '{"n": 2}')
    promoted(tmp_path, cache, META, "n", "quotes.n", "int", db=db, leave_rejects=leave)
    came: list[str] = []

    def write(progress: RunProgress) -> None:
        if progress.says.startswith("fill") and not came:
            came.append(progress.says)
            db.execute(sql("INSERT INTO quotes VALUES (-1, '0', {d}::text::jsonb)", d='{"n": 3}').command()).unwrap()

    migrate(db, unwrap(read_history(tmp_path)), on_progress=write).unwrap()
    assert values(db, "n") == ["3", "1", "2"]
