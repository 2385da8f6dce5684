"""`sqlalchemy_models`: models that create the tables they were made of, and that Alembic finds no difference to."""

from __future__ import annotations

import sys
import types
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from qb import Database, Script, connect, create_all, sql, trusted
from qb.kit import Catalog, diff, introspect, sqlalchemy_models
from tables.scratch import scratch_database
from tests.kit.checks.test_five_systems import SCHEMAS

sa: Any = pytest.importorskip("sqlalchemy")
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of types that it does not know
KINDS = (
    *("table", "column", "primary key", "unique", "check", "foreign key", "index", "exclusion", "not null"),
    *("enum", "domain", "sequence"),
)
MADE = (
    'CREATE SCHEMA "app"',
    "CREATE TYPE mood AS ENUM ('good', 'it''s \"50%\" :x')",
    "CREATE TYPE app.place AS (x int)",
    """CREATE DOMAIN short AS varchar(8) DEFAULT 'a:b'
    CONSTRAINT not_empty CHECK (VALUE <> '' AND VALUE NOT LIKE '%:z%')""",
    "CREATE DOMAIN twice AS int CHECK (VALUE > 0) CHECK (VALUE < 9)",
    """CREATE TABLE "it's ""50%"" {x} :y" (id serial PRIMARY KEY, "a b" text DEFAULT ':x::text %s',
    "class" int NOT NULL)""",
    """CREATE TABLE app.users (id int GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 2), m mood DEFAULT 'good',
    s short, metadata jsonb DEFAULT '{"a": 1}', "class" text COLLATE "C", n numeric(6,2)[], p app.place, t twice,
    up text GENERATED ALWAYS AS (upper("class")) STORED, at timestamp(3) with time zone DEFAULT now(), r int4range,
    b bit varying(5), f double precision, PRIMARY KEY (id), UNIQUE NULLS NOT DISTINCT (s), CHECK (n[1] > 0),
    CONSTRAINT "odd ""%"" name" UNIQUE (m, s) DEFERRABLE INITIALLY DEFERRED, EXCLUDE USING gist (r WITH &&))""",
    "COMMENT ON TABLE app.users IS 'it''s 50% :x'",
    "COMMENT ON COLUMN app.users.m IS 'a \"mood\"'",
    'CREATE INDEX users_lower ON app.users (lower("class") DESC) WHERE f > 0',
    "CREATE INDEX users_f ON app.users (f, at)",
    """CREATE TABLE posts (id bigint, user_id int REFERENCES app.users ON DELETE CASCADE ON UPDATE RESTRICT, other int,
    PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, other) REFERENCES posts (user_id, id) ON DELETE SET NULL (other))""",
    "CREATE TABLE bare (x int, y text)",
    "CREATE UNLOGGED TABLE parts_1 (at date NOT NULL, x int)",
    "CREATE TABLE parts (at date NOT NULL, x int) PARTITION BY RANGE (at)",
    "ALTER TABLE parts ATTACH PARTITION parts_1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
    "CREATE INDEX parts_x ON parts (x)",
    "CREATE TABLE one (id int PRIMARY KEY, two_id int)",
    "CREATE TABLE two (id int PRIMARY KEY, one_id int REFERENCES one)",
    "ALTER TABLE one ADD FOREIGN KEY (two_id) REFERENCES two",
)


@contextmanager
def models(text: str) -> Generator[Any]:
    module = types.ModuleType("models_of_test")
    sys.modules[module.__name__] = module  # annotations are looked up there
    try:
        exec(compile(text, "models.py", "exec"), vars(module))
        yield module
    finally:
        del sys.modules[module.__name__]


def engine(url: str) -> Any:
    def connected() -> psycopg.Connection[Any]:
        return psycopg.Connection.connect(url)

    return sa.create_engine("postgresql+psycopg://", creator=connected, poolclass=sa.pool.NullPool)


def made(db: Database, before: Catalog, text: str, url: str) -> Catalog:
    """What the models make, once the tables are gone."""
    for each in before:
        if each.kind == "table":
            name = f'"{each.schema}"."{each.name.replace(chr(34), chr(34) * 2)}"'
            db.run(Script(trusted(f"DROP TABLE IF EXISTS {name} CASCADE"))).unwrap()
    with models(text) as module:
        module.Base.metadata.create_all(engine(url))
        module.Base.metadata.create_all(engine(url))  # once more, which finds all of it there
    return introspect(db).unwrap()


def differing(one: Catalog, other: Catalog) -> list[str]:
    both = (each.where(lambda identity, fact: identity.kind in KINDS) for each in (one, other))
    return [
        str(each.identity)
        for each in diff(*both).changes
        if {field.name for field in each.fields} - {"row_security", "forced"} or not each.fields
    ]


def test_hostile_tables_are_made_again(qb_database: Database, qb_database_url: str) -> None:
    for each in MADE:
        qb_database.run(Script(each)).unwrap()
    before = introspect(qb_database).unwrap()
    text = sqlalchemy_models(before)
    assert text == sqlalchemy_models(before)
    assert differing(before, made(qb_database, before, text, qb_database_url)) == []
    assert "class Users(Base):" in text
    assert "    metadata_: Mapped[Any | None] = mapped_column('metadata', pg.JSONB()" in text
    assert "    class_: Mapped[str | None] = mapped_column('class', sa.Text(collation='C')" in text
    assert "Bare = sa.Table(" in text


def test_rows_go_through_them(qb_database: Database, qb_database_url: str) -> None:
    for each in MADE:
        qb_database.run(Script(each)).unwrap()
    text = sqlalchemy_models(introspect(qb_database).unwrap(), names={"app.users": "Person"})
    orm: Any = pytest.importorskip("sqlalchemy.orm")
    with models(text) as module, orm.Session(engine(qb_database_url)) as session:
        session.add(module.Person(class_="a", metadata_={"b": 1}, s="x"))
        session.flush()
        found = session.scalars(sa.select(module.Person)).one()
        assert (found.id, found.m, found.up, found.metadata_) == (5, "good", "A", {"b": 1})
        session.rollback()


def test_alembic_drops_no_partition(qb_database: Database, qb_database_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    qb_database.run(
        Script(
            "CREATE TABLE p (id int PRIMARY KEY, a text) PARTITION BY RANGE (id)",
            "CREATE INDEX ON p (a)",
            "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9)",
        )
    ).unwrap()
    text = sqlalchemy_models(introspect(qb_database).unwrap())
    qb_database.run(Script("CREATE TABLE later PARTITION OF p FOR VALUES FROM (9) TO (19)")).unwrap()
    with models(text) as module, engine(qb_database_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": module.include_object})
        assert compare_metadata(context, module.Base.metadata) == []
        bare = MigrationContext.configure(connection)
        assert "remove_table" in {each[0] for each in compare_metadata(bare, module.Base.metadata)}
    qb_database.run(Script("DROP TABLE p")).unwrap()


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMAS)
def test_a_real_system_is_made_again_and_alembic_finds_nothing(name: str, qb_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with scratch_database(qb_url, name=f"models_{name}") as url, connect(url) as db:
        db.run(create_all(SCHEMAS[name], stand_ins=True)).unwrap()
        before = introspect(db).unwrap()
        text = sqlalchemy_models(before)
        ours = {each.schema for each in before if each.kind == "table"}
        with models(text) as module, engine(url).connect() as connection:

            def named(name: str | None, kind: str, parents: object) -> bool:
                return kind != "schema" or name is None or name in ours

            included = module.include_object
            options: dict[str, Any] = {"include_schemas": True, "include_name": named, "include_object": included}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, module.Base.metadata) == []
        assert differing(before, made(db, before, text, url)) == []
        assert db.scalar(sql("SELECT 1").rows(int)).unwrap() == 1
