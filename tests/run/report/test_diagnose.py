"""Every family of errors, provoked on a real server."""

import threading
import time
from collections.abc import Callable
from typing import Any, LiteralString

import psycopg
import pytest

from qb import Failure, Success, trusted
from qb import sql as raw_sql
from qb.errors import (
    Cancelled,
    CheckViolation,
    ConnectionLost,
    ConnectionRefused,
    DataException,
    DbError,
    DeadlockDetected,
    EncodeError,
    ExclusionViolation,
    ForeignKeyViolation,
    InsufficientPrivilege,
    InvalidSql,
    NotNullViolation,
    ReadOnly,
    SerializationFailure,
    ServerError,
    Timeout,
    UniqueViolation,
)
from qb.run.database.connect import connect
from qb.run.report.diagnose import BY_STATE, connection_refused, from_exception, from_result
from qb.run.report.masking import condition_name

Connection = psycopg.Connection[tuple[Any, ...]]


def fail(connection: Connection, sql: LiteralString, *values: object) -> DbError:
    """What a statement's failure becomes, which is the same from a result and from psycopg's exception."""
    with pytest.raises(psycopg.Error) as raised:
        psycopg.RawCursor(connection).execute(sql, values or None)
    bound = bool(values)
    error = from_exception(raised.value, bound=bound)
    assert raised.value.pgresult is not None
    assert from_result(raised.value.pgresult, bound=bound) == error
    return error


STATEMENTS: list[tuple[LiteralString, tuple[object, ...], DbError]] = [
    # integrity
    ("INSERT INTO app.users (id) VALUES ($1)", (1,), UniqueViolation("users_pkey", "users", "app", ("id",))),
    (
        'INSERT INTO app.users (id, "E mail", country) VALUES (2, $1, $2)',
        ("ada@example.org", "gb"),
        UniqueViolation("users_E mail_country_key", "users", "app", ("E mail", "country")),
    ),
    ("INSERT INTO app.users (id, code) VALUES (2, $1)", ("a",), UniqueViolation("users_code", "users", "app")),
    (
        "INSERT INTO app.users (id, room_id) VALUES (2, $1)",
        (77,),
        ForeignKeyViolation("users_room", "users", "app"),
    ),
    ("DELETE FROM app.rooms WHERE id = $1", (1,), ForeignKeyViolation("users_room", "users", "app")),
    (
        "DELETE FROM app.rooms WHERE id = $1",
        (2,),
        ForeignKeyViolation("users_strict", "users", "app", sqlstate="23001"),
    ),
    ("INSERT INTO app.users (id, name) VALUES (2, $1)", (None,), NotNullViolation("name", "users", "app")),
    ("SELECT $1::app.present", (None,), NotNullViolation(None, None, "app")),
    ("INSERT INTO app.users (id, name) VALUES (2, $1)", ("admin",), CheckViolation("no_admins", "users", "app")),
    ("SELECT $1::app.positive", (-1,), CheckViolation("positive_check", None, "app")),
    (
        "INSERT INTO app.users (id, stay) VALUES (2, $1::int4range)",
        ("[2,3)",),
        ExclusionViolation("no_overlap", "users", "app"),
    ),
    # values
    ("SELECT $1::integer", ("abc",), DataException("invalid input syntax for type integer", sqlstate="22P02")),
    ("SELECT $1::app.mood", ("bad",), DataException("invalid input value for enum app.mood", sqlstate="22P02")),
    ("SELECT $1::jsonb", ("{bad",), DataException("invalid input syntax for type json", sqlstate="22P02")),
    ("SELECT $1::integer[]", ("{bad",), DataException("malformed array literal", sqlstate="22P02")),
    (
        "SELECT $1::timestamptz",
        ("2020-13-40",),
        DataException("date/time field value out of range", sqlstate="22008"),
    ),
    ("SELECT make_date($1::int, 13, 1)", (2020,), DataException("date field value out of range", sqlstate="22008")),
    (
        "SELECT $1::text::smallint",
        ("70000",),
        DataException('value "…" is out of range for type smallint', sqlstate="22003"),
    ),
    (
        "INSERT INTO app.users (id, name) VALUES (2, $1)",
        ("much too long",),
        DataException("value too long for type character varying(8)", sqlstate="22001"),
    ),
    ("SELECT 1 / $1::int", (0,), DataException("division by zero", sqlstate="22012")),
    (
        "SELECT set_config('TimeZone', $1, false)",
        ("Nowhere",),
        DataException('invalid value for parameter "…"', sqlstate="22023"),
    ),
    (
        "SELECT get_byte('abc'::bytea, $1::int)",
        (99,),
        DataException("index … out of valid range, …", sqlstate="2202E"),
    ),
    ("SELECT chr($1::int)", (9999999,), ServerError("requested character too large for encoding", sqlstate="54000")),
    # the statement
    ("SELEC 1", (), InvalidSql('syntax error at or near "SELEC"', 1, sqlstate="42601")),
    ("SELECT 1 'two' 'three'", (), InvalidSql('syntax error at or near "…"', 10, sqlstate="42601")),
    ("SELECT 'open", (), InvalidSql('unterminated quoted string at or near "…"', 8, sqlstate="42601")),
    ("SELECT $1 FROM nowhere", (1,), InvalidSql('relation "nowhere" does not exist', 16, sqlstate="42P01")),
    (
        "SELECT nme FROM app.users WHERE id = $1",
        (1,),
        InvalidSql(
            'column "nme" does not exist',
            8,
            'Perhaps you meant to reference the column "users.name".',
            sqlstate="42703",
        ),
    ),
    (
        "SELECT 1; SELECT 2",
        (1,),
        InvalidSql(
            "cannot insert multiple commands into a prepared statement",
            hint="several statements run as one script: db.run(qb.Script(...)), each of them an argument",
            sqlstate="42601",
        ),
    ),
    ("CREATE TABLE app.users ()", (), InvalidSql('relation "users" already exists', sqlstate="42P07")),
    ("DROP TABLE app.nothing", (), InvalidSql('table "nothing" does not exist', sqlstate="42P01")),
    ("SELECT $1::regclass", ("nowhere",), InvalidSql('relation "…" does not exist', sqlstate="42P01")),
    ("SELECT $1::regtype", ("a bad one",), InvalidSql('syntax error at or near "…"', sqlstate="42601")),
    ("SELECT app.dynamic($1)", ("SELECT bad",), InvalidSql('column "…" does not exist', sqlstate="42703")),
    ("CREATE TABLE nowhere.t ()", (), InvalidSql('schema "nowhere" does not exist', 14, sqlstate="3F000")),
    (
        "SELECT 1 FROM app.users GROUP BY id FOR UPDATE",
        (),
        InvalidSql("FOR UPDATE is not allowed with GROUP BY clause", sqlstate="0A000"),
    ),
    # what a routine says is its own: only the code is left
    ("SELECT app.complain($1, 'P0001')", ("x",), ServerError("raise exception", sqlstate="P0001")),
    ("SELECT app.complain($1, 'QB001')", ("x",), ServerError(condition_name("QB001"), sqlstate="QB001")),
    ("SELECT app.complain($1, '23505')", ("x",), UniqueViolation()),
    ("SELECT app.complain($1, '42703')", ("x",), InvalidSql("undefined column", sqlstate="42703")),
    ("SELECT app.complain($1, '42501')", ("x",), InsufficientPrivilege("insufficient privilege")),
    ("SELECT app.doubt($1)", ("x",), ServerError("assert failure", sqlstate="P0004")),
]


@pytest.mark.parametrize(("sql", "values", "expected"), STATEMENTS, ids=[sql for sql, *_ in STATEMENTS])
def test_statement(connection: Connection, sql: LiteralString, values: tuple[object, ...], expected: DbError) -> None:
    assert fail(connection, sql, *values) == expected


def test_privilege(connection: Connection) -> None:
    connection.execute("SET ROLE pg_monitor")  # which every server has
    assert fail(connection, "SELECT * FROM app.users WHERE id = $1", 1) == InsufficientPrivilege(
        "permission denied for schema app"
    )
    connection.execute("RESET ROLE; GRANT USAGE ON SCHEMA app TO pg_monitor; SET ROLE pg_monitor")
    assert fail(connection, "SELECT * FROM app.users WHERE id = $1", 1) == InsufficientPrivilege(
        "permission denied for table users"
    )


def test_row_level_security(connection: Connection) -> None:
    connection.execute("CREATE TABLE app.notes (id integer); ALTER TABLE app.notes ENABLE ROW LEVEL SECURITY")
    connection.execute(
        "GRANT ALL ON SCHEMA app TO pg_monitor; GRANT ALL ON app.notes TO pg_monitor; SET ROLE pg_monitor"
    )
    assert fail(connection, "INSERT INTO app.notes VALUES ($1)", 1) == InsufficientPrivilege(
        'new row violates row-level security policy for table "notes"'
    )


def test_read_only(connection: Connection) -> None:
    connection.execute("SET default_transaction_read_only = on")
    assert fail(connection, "DELETE FROM app.users") == ReadOnly()


TRANSLATED = {
    "German": (
        "storniere Anfrage wegen Zeitüberschreitung der Anfrage",
        "storniere Anfrage wegen Benutzeraufforderung",
    ),
    "French": (
        "annulation de la requête à cause du délai écoulé pour l'exécution de l'instruction",
        "annulation de la requête à la demande de l'utilisateur",
    ),
    "Japanese": (
        "ステートメントのタイムアウトのためステートメントをキャンセルしています",
        "ユーザーからの要求により文をキャンセルしています",
    ),
}
"""What PostgreSQL's own catalogs of messages make of a statement timeout, and of somebody's cancellation."""


def in_words(work: str, words: str) -> Any:
    """A statement that is cancelled, of which the server says so in these words."""
    told = words.replace("'", "''")
    return raw_sql(
        trusted(
            f"DO $$ BEGIN PERFORM {work}; EXCEPTION WHEN query_canceled THEN "
            f"RAISE EXCEPTION USING ERRCODE = '57014', MESSAGE = '{told}'; END $$"
        )
    ).command()


CANCELLED = "pg_cancel_backend(pg_backend_pid()), pg_sleep(60)"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_timeout_is_no_cancellation_in_any_language(qb_url: str, language: str) -> None:
    late, cancelled = TRANSLATED[language]
    timeout = Failure(Timeout("statement", sqlstate="57014"))
    with connect(qb_url) as db:
        limited, patient = db.options(statement_timeout=0.05), db.options(statement_timeout=60)
        assert limited.execute(in_words("pg_sleep(60)", late)) == timeout
        for each in (db, patient):
            assert each.execute(in_words(CANCELLED, cancelled)) == Failure(Cancelled())
        with limited.transaction(rollback=True) as tx:
            assert tx.scalar(raw_sql("SELECT 1").rows(int)) == Success(1)
            assert tx.execute(in_words("pg_sleep(60)", late)) == timeout
        with patient.transaction(rollback=True) as tx:
            assert tx.execute(in_words(CANCELLED, cancelled)) == Failure(Cancelled())
    with connect(f"{qb_url}&options=-c%20statement_timeout%3D50") as db:  # which a role can have, too
        assert db.execute(in_words("pg_sleep(60)", late)) == timeout
        assert db.options(statement_timeout=0).execute(in_words(CANCELLED, cancelled)) == Failure(Cancelled())
        assert db.options(statement_timeout=60).execute(in_words(CANCELLED, cancelled)) == Failure(Cancelled())


@pytest.mark.parametrize("language", ["de_DE.UTF-8", "fr_FR.UTF-8", "ja_JP.UTF-8", "es_ES.UTF-8", "de_DE.utf8"])
def test_a_server_that_speaks_another_language(qb_url: str, language: str) -> None:
    with connect(qb_url, max_size=1) as db, db.options(statement_timeout=0.05).transaction(rollback=True) as tx:
        if isinstance(tx.execute(raw_sql(trusted(f"SET LOCAL lc_messages TO '{language}'")).command()), Failure):
            pytest.skip(f"the server's system has no locale {language}")
        asked = tx.execute(raw_sql("SELECT no_such_column").command())
        if "does not exist" in str(asked):
            pytest.skip(f"the server has no messages of the language of {language}")
    with connect(f"{qb_url}&options=-c%20lc_messages%3D{language}") as db:
        late = db.options(statement_timeout=0.05).execute(raw_sql("SELECT pg_sleep(60)").command())
        assert late == Failure(Timeout("statement", sqlstate="57014"))
        assert db.execute(raw_sql(f"SELECT {CANCELLED}").command()) == Failure(Cancelled())


def test_statement_timeout_and_cancellation(connection: Connection) -> None:
    connection.execute("SET statement_timeout = '10ms'")
    assert fail(connection, "SELECT pg_sleep(60)") == Timeout("statement", sqlstate="57014")
    connection.execute("SET statement_timeout = 0")
    # Cancelled from within, so that it cannot come too early or too late.
    assert fail(connection, "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)") == Cancelled()


def test_lock_timeout_and_nowait(url: str, connection: Connection) -> None:
    with psycopg.connect(url) as other:
        other.execute("SELECT FROM app.users FOR UPDATE")
        locked = Timeout("lock", sqlstate="55P03")
        assert fail(connection, "SELECT FROM app.users FOR UPDATE NOWAIT") == locked
        connection.execute("SET lock_timeout = '10ms'")
        assert fail(connection, "SELECT FROM app.users FOR UPDATE") == locked


@pytest.mark.parametrize("setting", ["idle_in_transaction_session_timeout", "transaction_timeout"])
def test_transaction_timeout(connection: Connection, setting: LiteralString) -> None:
    if setting == "transaction_timeout" and connection.info.server_version < 170000:
        pytest.skip("PostgreSQL 17 brought it")
    connection.execute("SET " + setting + " = '50ms'")
    connection.execute("BEGIN")
    wait_until_closed(connection)
    with pytest.raises(psycopg.Error) as raised:
        connection.execute("SELECT 1")
    state = {"idle_in_transaction_session_timeout": "25P03", "transaction_timeout": "25P04"}[setting]
    assert from_exception(raised.value) == Timeout("transaction", sqlstate=state)


def test_serialization_failure(url: str, connection: Connection) -> None:
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    connection.execute("SELECT FROM app.users")
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("UPDATE app.users SET small = 1")
    assert fail(connection, "UPDATE app.users SET small = 2") == SerializationFailure()


def test_deadlock(url: str, connection: Connection) -> None:
    with psycopg.connect(url) as other:
        other.execute("SET deadlock_timeout = '1h'")  # so that it is this one that notices
        connection.execute("SET deadlock_timeout = '10ms'; BEGIN; SELECT FROM app.rooms WHERE id = 1 FOR UPDATE")
        other.execute("SELECT FROM app.rooms WHERE id = 2 FOR UPDATE")
        waiting = threading.Thread(target=other.execute, args=("SELECT FROM app.rooms WHERE id = 1 FOR UPDATE",))
        waiting.start()
        with psycopg.connect(url, autocommit=True) as watch:
            wait_for(lambda: watch.execute("SELECT FROM pg_locks WHERE NOT granted").rowcount > 0)
        assert fail(connection, "SELECT FROM app.rooms WHERE id = 2 FOR UPDATE") == DeadlockDetected()
        connection.execute("ROLLBACK")
        waiting.join()


def test_killed_connection(url: str, connection: Connection) -> None:
    lost = "terminating connection due to administrator command"
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
    wait_until_closed(connection)
    with pytest.raises(psycopg.OperationalError) as raised:
        connection.execute("SELECT 1")
    assert from_exception(raised.value) == ConnectionLost(lost, sqlstate="57P01")
    with pytest.raises(psycopg.OperationalError) as raised:
        connection.execute("SELECT 1")
    assert from_exception(raised.value) == ConnectionLost("the connection is closed")


def test_the_operating_system() -> None:
    assert from_exception(ConnectionResetError(104, "Connection reset by peer")) == ConnectionLost(
        "Connection reset by peer"
    )
    assert from_exception(TimeoutError()) == ConnectionLost("TimeoutError")


def test_nul_in_text(connection: Connection) -> None:
    with pytest.raises(psycopg.DataError) as raised:
        connection.execute("SELECT %s", ("secret\0",))
    assert from_exception(raised.value) == EncodeError(None, None, "text cannot contain NUL (0x00)")


def test_misuse_shows_nothing() -> None:
    assert from_exception(psycopg.ProgrammingError("secret")) == ServerError("psycopg reported ProgrammingError")
    assert from_exception(psycopg.DataError("secret")) == EncodeError(None, None, "DataError")


def refuse(conninfo: str) -> ConnectionRefused:
    with pytest.raises(psycopg.Error) as raised:
        psycopg.connect(conninfo)
    return connection_refused(raised.value)


def test_refused_connections(url: str) -> None:
    socket = f'connection to server on socket "{url.partition("host=")[2]}/.s.PGSQL.5432" failed: FATAL: '
    assert refuse(url.replace("postgres@", "nobody:hunter2@")) == ConnectionRefused(
        f'{socket}role "nobody" does not exist', sqlstate="28000"
    )
    database = url.partition("?")[0].rpartition("/")[2]
    assert refuse(url.replace(f"/{database}?", "/nothing?")) == ConnectionRefused(
        f'{socket}database "nothing" does not exist', sqlstate="3D000"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        few = f"few_{database}"  # roles are the whole server's, which other processes of this run use too
        connection.execute(f"CREATE ROLE {few} LOGIN CONNECTION LIMIT 0".encode())
        assert refuse(url.replace("postgres@", f"{few}@")) == ConnectionRefused(
            f'{socket}too many connections for role "{few}"', sqlstate="53300"
        )
        connection.execute(f"DROP ROLE {few}".encode())


def test_nobody_listens() -> None:
    error = refuse("postgresql://u:hunter2@127.0.0.1:1/d")
    assert error.sqlstate is None
    assert error.reason.startswith('connection to server at "127.0.0.1", port 1 failed: Connection refused; ')
    assert connection_refused(OSError(111, "Connection refused")) == ConnectionRefused("Connection refused")


def test_a_malformed_address_shows_nothing() -> None:
    assert refuse("password=a hunter2") == ConnectionRefused("the connection string is not valid")


def test_only_an_address_that_cannot_be_read_is_called_so() -> None:
    """A connection that is closed while it is made says other things, too."""
    assert connection_refused(psycopg.InterfaceError("the connection is closed")) == ConnectionRefused(
        "psycopg reported InterfaceError"
    )
    denied = connection_refused(psycopg.errors.InsufficientPrivilege("permission denied to set parameter"))
    assert denied == ConnectionRefused("psycopg reported InsufficientPrivilege", sqlstate="42501")


def wait_for(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.005)


def wait_until_closed(connection: Connection) -> None:
    """Until the server has said goodbye, without reading it."""
    import select

    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    poll.poll()


def test_every_code_of_the_tables_is_postgresqls() -> None:
    families = {state for state in BY_STATE if len(state) < 5}
    assert {len(state) for state in families} == {0, 2}
    for sqlstate in BY_STATE.keys() - families:
        assert condition_name(sqlstate) != condition_name("QB001") or sqlstate == "25P04"


def test_a_code_belongs_to_one_member() -> None:
    said = [state for member in DbError.__subclasses__() for state in member.states]
    assert len(said) == len(set(said))
