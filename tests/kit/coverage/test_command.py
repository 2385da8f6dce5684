"""`python -m qb.kit.coverage`: its output, its JSON, and how it exits."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from typer.testing import CliRunner

from qb import Script, connect, trusted
from qb.kit.coverage.__main__ import app
from qb.kit.coverage.measure import Coverage
from tests.documents import empty_database


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with empty_database(qb_url) as url:
        yield url


def run(url: str, *statements: str) -> None:
    with connect(url) as db:
        db.run(Script(*map(trusted, statements))).unwrap()


def test_all_of_it_can_be_held(url: str) -> None:
    run(url, "CREATE TABLE t (id int PRIMARY KEY, x name)")
    done = CliRunner().invoke(app, [url], terminal_width=200)
    assert done.exit_code == 0, done.output
    assert "whole tables" in done.output
    assert "as SQL" in done.output


def test_without_an_address_it_is_that_of_the_environment(url: str) -> None:
    run(url, "CREATE TABLE t (id int PRIMARY KEY)")
    done = CliRunner().invoke(app, ["--json"], env={"DATABASE_URL": url})
    assert done.exit_code == 0, done.output
    assert msgspec.json.decode(done.stdout, type=Coverage).tables.total == 1


def test_something_cannot(url: str) -> None:
    run(
        url,
        "CREATE TYPE p AS (id text)",
        "CREATE TABLE t OF p",
        "CREATE SCHEMA other",
        "CREATE TABLE other.u (x int)",
    )
    done = CliRunner().invoke(app, [url, "--json"])
    assert done.exit_code == 3, done.output
    found = msgspec.json.decode(done.stdout, type=Coverage)
    assert (found.tables.total, found.tables.no) == (2, 1)
    done = CliRunner().invoke(app, [url, "--json", "--schema", "other"])
    assert done.exit_code == 0, done.output
    assert msgspec.json.decode(done.stdout, type=Coverage).tables.total == 1


def test_a_database_that_is_not_there() -> None:
    done = CliRunner().invoke(app, ["postgresql://nobody@127.0.0.1:1/nowhere"])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")


def test_an_address_that_is_none() -> None:
    done = CliRunner().invoke(app, ["nothing of the kind"])
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
