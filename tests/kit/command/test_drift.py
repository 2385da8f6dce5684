"""`qb drift`: what it says of a database and of a dump, and how it exits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Script, connect, trusted
from qb.kit.diffs.words import DiffDocument
from tables.scratch import scratch_database
from tests.kit.command.commands import process, project, run

TABLES = """
from qb import Col, Table, column, schema

class Order(Table, name="orders"):
    id: Col[int] = column(primary_key=True)
    state: Col[str] = column(default="open")

shop = schema(Order)
"""
AS_SQL = """CREATE TABLE orders (id bigint NOT NULL, state text DEFAULT 'open'::text NOT NULL,
  CONSTRAINT orders_pkey PRIMARY KEY (id))"""


@pytest.fixture(scope="module")
def url(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url, name="drift") as url:
        with connect(url) as db:
            db.run(Script(trusted(AS_SQL))).unwrap()
        yield url


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, as it holds a server."""
    made = tmp_path_factory.mktemp("drift")
    return project(made, 'url = "env:SHOP"', 'schema = "shop_of_drift"', "owned = false", shop_of_drift=TABLES)


def changed(url: str, *statements: str) -> None:
    with connect(url) as db:
        db.run(Script(*map(trusted, statements))).unwrap()


def test_what_a_hand_did_is_told(url: str, folder: Path) -> None:
    equal = run("drift", folder=folder, SHOP=url)
    assert (equal.code, equal.output, equal.errors) == (0, "no difference\n", "")
    changed(
        url,
        "ALTER TABLE orders ALTER state SET DEFAULT 'new', ADD extra int",
        "CREATE TABLE alembic_version (num text PRIMARY KEY)",
    )
    try:
        ran = run("drift", folder=folder, SHOP=url)
        assert (ran.code, ran.errors) == (3, "")
        assert ran.output.splitlines()[0] == "2 differences: 1 added, 1 changed"
        assert "added column extra" in ran.output
        assert "default: 'open'::text -> 'new'::text" in ran.output
        assert "note: not ours, and not compared: " in ran.output
        assert "1 object (Alembic)" in ran.output  # and roles of the server's, where other tests have some
        each = run("drift", "--all", folder=folder, SHOP=url)
        assert "note: not ours (Alembic): table public.alembic_version" in each.output
        reply = run("drift", "--json", folder=folder, SHOP=url).reply_of(DiffDocument)
    finally:
        changed(url, "ALTER TABLE orders ALTER state SET DEFAULT 'open', DROP extra", "DROP TABLE alembic_version")
    assert (reply.code, reply.data.equal) == (3, False)
    assert [(one.how, one.title) for one in reply.data.changes] == [
        ("added", "column public.orders.extra"),
        ("changed", "column public.orders.state"),
    ]
    assert {one.why for one in reply.data.not_ours if one.why != "the server's"} == {"Alembic"}


def test_a_database_without_a_schema(url: str, tmp_path: Path) -> None:
    project(tmp_path, 'url = "env:SHOP"', name="crm")
    reply = run("drift", "--json", folder=tmp_path, SHOP=url).reply()
    assert (reply.code, [each.code for each in reply.problems]) == (1, ["invalid-config"])
    said = f"{tmp_path}/pyproject.toml:1: tool.qb.databases.crm.schema: no module is named, and this needs the schema"
    assert reply.problems[0].message.startswith(said)


def test_a_rename_that_is_said(url: str, folder: Path) -> None:
    changed(url, "ALTER TABLE orders RENAME state TO status")
    try:
        asked = run("drift", folder=folder, SHOP=url)
        told = run("drift", "--renamed", "column public.orders.state=status", folder=folder, SHOP=url)
        wrong = run("drift", "--renamed", "state=status", folder=folder, SHOP=url)
        absent = run("drift", "--renamed", "column public.orders.stat=status", folder=folder, SHOP=url)
    finally:
        changed(url, "ALTER TABLE orders RENAME status TO state")
    assert "--renamed 'column public.orders.state=status'" in asked.output
    assert told.output.splitlines()[0] == "1 difference: 1 renamed"
    assert "renamed column state is status" in told.output
    assert (wrong.code, "as in --renamed 'column public.users.nick=handle'" in wrong.errors) == (1, True)
    assert "is it column public.orders.state?" in absent.errors


def test_a_dump_in_the_databases_place(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "schema.sql"
    file.write_text(f"{AS_SQL};\nCREATE INDEX more ON orders (state);\nCOPY orders FROM stdin;\n1\topen\n\\.\n")
    ran = run("drift", "--sql", str(file), folder=folder, SHOP="postgresql://nobody@127.0.0.1:1/nowhere")
    assert (ran.code, ran.errors) == (3, "")
    assert "added index more" in ran.output
    assert "CREATE INDEX more ON public.orders USING btree (state)" in ran.output
    file.write_text("SELECT 1;\n\\! rm -rf /\n")
    refused = run("drift", "--sql", str(file), folder=folder, SHOP="postgresql://nobody@127.0.0.1:1/nowhere")
    assert (refused.code, refused.output) == (1, "")
    assert refused.errors.startswith(f"error: {file}:2:1: a line of psql's own (\\!) is not run")


def test_a_database_that_is_not_there(folder: Path) -> None:
    ran = run("drift", "--json", folder=folder, SHOP="postgresql://ada:hunter2@127.0.0.1:1/nowhere")
    assert (ran.code, [each.code for each in ran.reply().problems]) == (1, ["connection-refused"])
    assert "hunter2" not in ran.output + ran.errors


def test_it_goes_into_a_pipe(url: str, folder: Path) -> None:
    ran = process("drift", folder=folder, SHOP=url)
    assert (ran.code, ran.output, ran.errors) == (0, "no difference\n", "")
    assert shutil.which("psql") is None or "psql" not in ran.output
