"""A schema in which everything can go wrong."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[tuple[Any, ...]]

SCHEMA = """
CREATE SCHEMA app;
CREATE DOMAIN app.positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN app.present AS integer NOT NULL;
CREATE TYPE app.mood AS ENUM ('glad', 'sad');
CREATE TABLE app.rooms (id integer PRIMARY KEY);
CREATE TABLE app.users (
    id integer PRIMARY KEY,
    room_id integer CONSTRAINT users_room REFERENCES app.rooms,
    strict_room_id integer CONSTRAINT users_strict REFERENCES app.rooms ON DELETE RESTRICT,
    "E mail" text, country text, UNIQUE ("E mail", country),
    name varchar(8) NOT NULL DEFAULT 'x' CONSTRAINT no_admins CHECK (name <> 'admin'),
    code text, small smallint, stay int4range, CONSTRAINT no_overlap EXCLUDE USING gist (stay WITH &&)
);
CREATE UNIQUE INDEX users_code ON app.users (lower(code));
CREATE FUNCTION app.complain(what text, state text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN RAISE '% and 42', what USING ERRCODE = state, DETAIL = 'Key (' || what || ')=(1)', HINT = what; END
$$;
CREATE FUNCTION app.dynamic(what text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE what; END $$;
CREATE FUNCTION app.doubt(what text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN ASSERT false, what; END $$;
INSERT INTO app.rooms VALUES (1), (2);
INSERT INTO app.users (id, room_id, strict_room_id, "E mail", country, code, stay)
VALUES (1, 1, 2, 'ada@example.org', 'gb', 'A', '[1,5)');
"""


@pytest.fixture(scope="module")
def url(qb_url: str) -> Iterator[str]:
    with psycopg.connect(qb_url, autocommit=True) as connection:
        connection.execute(SCHEMA)
        yield qb_url
        connection.execute("DROP SCHEMA app CASCADE")


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        yield connection
