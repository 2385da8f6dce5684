"""Of a database that has more owners than one what is ours is pulled, and what it refers to is theirs."""

from __future__ import annotations

from pathlib import Path

from qb import Tx, create_all, matching
from qb.kit import introspect
from qb.kit.pull import Pulled, pull
from qb.typing import Filter, Schema
from tests.kit.alone import differences
from tests.kit.everything import make
from tests.kit.pull.again import imported

DATABASE = """
CREATE SCHEMA auth;
CREATE TYPE auth.level AS ENUM ('low', 'high');
CREATE DOMAIN auth.code AS text CHECK (VALUE <> '');
CREATE TABLE auth.users (id uuid PRIMARY KEY, email text UNIQUE, name text NOT NULL DEFAULT 'x', level auth.level);
CREATE INDEX users_name ON auth.users (name);
CREATE FUNCTION auth.touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TABLE directus_files (id int PRIMARY KEY, path text);
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE posts (
  id int PRIMARY KEY, author uuid NOT NULL REFERENCES auth.users, email text REFERENCES auth.users (email),
  file int REFERENCES directus_files ON DELETE SET NULL, level auth.level NOT NULL, code auth.code
);
CREATE TRIGGER touch BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION auth.touched();
GRANT USAGE ON SCHEMA auth TO PUBLIC;
GRANT SELECT ON auth.users TO PUBLIC;
"""

OURS = matching(schemas=["public"], leave=["directus_*", "alembic_*"])


def pulled(tx: Tx, ours: Filter, folder: Path) -> tuple[Pulled, Schema]:
    found = pull(introspect(tx).unwrap(), "pulled_ours", ours=ours)
    with imported(dict(found.files), folder, "pulled_ours") as schema:
        return found, schema


def test_what_ours_refers_to_is_external(qb_tx: Tx, tmp_path: Path) -> None:
    make(qb_tx, DATABASE)
    found, schema = pulled(qb_tx, OURS, tmp_path)
    assert {each.title: each.external for each in schema.tables} == {
        "auth.users": True,
        "directus_files": True,
        "posts": False,
    }
    assert {(each.name, each.external) for each in schema.enums} == {('"auth"."level"', True)}
    assert 'class User(Table, name="users", schema="auth", external=True):' in found.files["auth.py"]
    assert "    name: " not in found.files["auth.py"]
    assert [str(each) for each in create_all(schema).operations] == [
        "<create table posts>",
        "<create trigger posts.touch>",
    ]
    assert found.unsaid == ()


def test_ours_comes_back_beside_theirs(qb_tx: Tx, tmp_path: Path) -> None:
    make(qb_tx, DATABASE)
    before = introspect(qb_tx).unwrap()
    _, schema = pulled(qb_tx, OURS, tmp_path)
    make(qb_tx, "DROP TABLE posts")
    qb_tx.run(create_all(schema)).unwrap()
    assert differences(before, introspect(qb_tx).unwrap()) == ()


def test_a_schema_alone(qb_tx: Tx, tmp_path: Path) -> None:
    make(qb_tx, DATABASE)
    found = pull(introspect(qb_tx).unwrap(), "pulled_auth", schemas=["auth"])
    with imported(dict(found.files), tmp_path, "pulled_auth") as schema:
        assert [(each.title, each.external) for each in schema.tables] == [("auth.users", False)]
    assert set(found.files) == {"__init__.py", "auth.py", "ids.py", "roles.py", "types.py"}
