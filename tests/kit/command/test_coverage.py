"""`qb coverage`: its output, its JSON, and how it exits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Script, connect, trusted
from qb.kit.coverage.measure import Coverage
from tests.documents import empty_database
from tests.kit.command.commands import project, run


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with empty_database(qb_url) as url:
        yield url


def make(url: str, *statements: str) -> None:
    with connect(url) as db:
        db.run(Script(*map(trusted, statements))).unwrap()


def test_all_of_it_can_be_held(url: str, tmp_path: Path) -> None:
    make(url, "CREATE TABLE t (id int PRIMARY KEY, x name)")
    ran = run("coverage", url, folder=tmp_path)
    assert (ran.code, ran.errors) == (0, "")
    assert "whole tables" in ran.output
    assert "as SQL" in ran.output


def test_without_an_address_it_is_that_of_the_config(url: str, tmp_path: Path) -> None:
    make(url, "CREATE TABLE t (id int PRIMARY KEY)")
    project(tmp_path, 'url = "env:SHOP"')
    reply = run("coverage", "--json", folder=tmp_path, SHOP=url).reply_of(Coverage)
    assert (reply.code, reply.data.tables.total) == (0, 1)


def test_something_cannot(url: str, tmp_path: Path) -> None:
    make(
        url,
        "CREATE TYPE p AS (id text)",
        "CREATE TABLE t OF p",
        "CREATE SCHEMA other",
        "CREATE TABLE other.u (x int)",
    )
    reply = run("coverage", url, "--json", folder=tmp_path).reply_of(Coverage)
    assert (reply.code, reply.data.tables.total, reply.data.tables.no) == (3, 2, 1)
    reply = run("coverage", url, "--json", "--schema", "other", folder=tmp_path).reply_of(Coverage)
    assert (reply.code, reply.data.tables.total) == (0, 1)


def test_names_that_would_move_the_cursor_are_shown(url: str, tmp_path: Path) -> None:
    make(url, "CREATE TYPE p AS (id text)", 'CREATE TABLE "a\x1b[2J" OF p')
    ran = run("coverage", url, "--all", folder=tmp_path)
    assert ("\x1b" in ran.output, "a\\x1b[2J" in ran.output) == (False, True)


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    ran = run("coverage", "postgresql://nobody:hunter2@127.0.0.1:1/nowhere", folder=tmp_path)
    assert (ran.code, ran.output) == (1, "")
    assert ran.errors.startswith("error: the database (postgresql://nobody@127.0.0.1:1/nowhere)")
    assert "hunter2" not in ran.errors


def test_an_address_that_is_none(tmp_path: Path) -> None:
    ran = run("coverage", "nothing of the kind", folder=tmp_path)
    assert (ran.code, ran.output) == (1, "")
    assert ran.errors.startswith("error: ")
