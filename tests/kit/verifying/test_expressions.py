"""What stands within a schema's objects, asked of a database that is not as it says; and a shadow of one's own."""

from __future__ import annotations

import enum
from pathlib import Path
from types import ModuleType

import pytest

import qb
from qb import (
    Col,
    Database,
    Failure,
    Script,
    Select,
    Shape,
    Table,
    Tx,
    column,
    index,
    pg,
    prepare,
    schema,
    select,
    sql,
    unwrap,
)
from qb.kit import verify
from qb.kit.errors import MissingExtensions, MissingRoles
from tests.kit.scratch_names import named_scratch


class Crate(Table, name='verified "crates"', rls=True):
    id: Col[int] = column(primary_key=True, default=sql("crate_number()").as_(int, not_null=True))
    level: Col[int] = column(check=lambda level: sql("crate_check({l})", l=level).as_(bool))
    name: Col[str]
    note: Col[str | None] = column(default="it's")


class Elsewhere(Table, name="verified_elsewhere", external=True, rls=True):
    id: Col[int] = column(primary_key=True)


class Called(Shape):
    called: Col[str | None]


names = qb.view("verified_names", select(sql("crate_name({n})", n=Crate.name).as_(str)).map(Called))
OBJECTS = (
    qb.policy(Crate, name="seen", for_="select", using=sql("crate_seen({n})", n=Crate.name).as_(bool)),
    qb.policy(Crate, name="made", for_="insert", with_check=Crate.level > 0),
    qb.policy(Elsewhere, name="theirs", for_="select", using=sql("crate_theirs({n})", n=Elsewhere.id).as_(bool)),
    index("crates_idx", Crate.name, where=sql("crate_indexed({n})", n=Crate.level).as_(bool)),
)
CRATES = schema(Crate, Elsewhere, names, *OBJECTS)
AS_THEY_ARE = '''
CREATE TABLE "verified ""crates""" (id bigint PRIMARY KEY, level bigint NOT NULL, name text NOT NULL, note text);
CREATE TABLE verified_elsewhere (id bigint PRIMARY KEY);
CREATE FUNCTION crate_check(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true';
'''


def test_expressions_that_a_database_does_not_take(qb_tx: Tx) -> None:
    unwrap(qb_tx.run(Script(qb.trusted(AS_THEY_ARE))))
    found = unwrap(verify(CRATES, db=qb_tx))
    told = [(each.what, each.reason.partition("(")[0]) for each in found.problems]
    assert told == [
        ('the default of column verified "crates".id', "function crate_number"),
        ('the condition of index verified "crates".crates_idx', "function crate_indexed"),
        ('policy verified "crates".seen (using)', "function crate_seen"),
        ("policy verified_elsewhere.theirs (using)", "function crate_theirs"),
        ("the query of view verified_names", "function crate_name"),
    ]


def test_what_is_never_none_in_python_has_to_be_so_there(qb_tx: Tx) -> None:
    unwrap(qb_tx.run(Script("CREATE TABLE verified_lax (id bigint PRIMARY KEY, a text, b text, c text NOT NULL)")))

    class Lax(Table, name="verified_lax"):
        id: Col[int] = column(primary_key=True)
        a: Col[str]
        b: Col[str | None]
        c: Col[str | None]

    (problem,) = unwrap(verify(schema(Lax), db=qb_tx)).problems
    assert str(problem) == ("column verified_lax.a: it is never None in Python, and the database lets it be NULL")


def test_a_view_that_gives_something_else(qb_tx: Tx) -> None:
    class Lax(Table, name="verified_lax"):
        id: Col[int] = column(primary_key=True)

    class Counted(Shape):
        count: Col[int | None]

    wrong = qb.view("verified_wrong", select(sql("name").as_(int)).from_(Lax).map(Counted))
    unwrap(qb_tx.run(Script("CREATE TABLE verified_lax (id bigint PRIMARY KEY, name text)")))
    (problem,) = unwrap(verify(schema(Lax, wrong), db=qb_tx)).problems
    assert problem.what == "the query of view verified_wrong"
    assert "is declared as bigint, and the database has text" in problem.reason


class Mood(enum.Enum):
    GOOD = "good"
    BAD = "bad"


class Felt(Table, name="verified_felt"):
    id: Col[int] = column(primary_key=True)
    mood: Col[Mood] = column(pg.enum("verified_mood", Mood))


@prepare
def felt(moods: list[Mood]) -> Select[int]:
    return select(Felt.id).where(Felt.mood.in_(moods))


def test_an_enum_that_has_other_labels_there(qb_tx: Tx) -> None:
    here = ModuleType("here")
    vars(here)["felt"] = felt
    made = "CREATE TABLE verified_felt (id bigint PRIMARY KEY, mood verified_mood NOT NULL)"
    unwrap(qb_tx.run(Script("CREATE TYPE verified_mood AS ENUM ('good', 'so so', 'bad')", made)))
    (problem,) = unwrap(verify(schema(Felt), here, db=qb_tx)).problems
    assert (problem.what, problem.reason) == (
        "table verified_felt",
        "a column may be 'so so', which is no label of \"verified_mood\" in Python",
    )
    drop = "DROP TABLE verified_felt; DROP TYPE verified_mood"
    unwrap(qb_tx.run(Script(*drop.split(";"), "CREATE TYPE verified_mood AS ENUM ('good')", made)))
    (problem,) = unwrap(verify(schema(Felt), here, db=qb_tx)).problems
    assert problem.what.endswith(".felt")
    assert problem.reason == "a parameter may be 'bad', which the enum \"verified_mood\" of the server has not"


class Sealed(Table, name="verified_sealed"):
    id: Col[int] = column(primary_key=True)


reader = qb.role("verified_reader")


def test_a_shadow_of_ones_own(qb_db: Database, qb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = named_scratch(monkeypatch)
    found = unwrap(verify(schema(Sealed), shadow=qb_url))
    assert (found.ok, found.relations) == (True, 1)
    assert made
    assert not {*made}.intersection(qb_db.all(qb.sql("SELECT datname::text FROM pg_database").rows(str)).unwrap())


def test_a_shadow_of_ones_own_gets_no_roles(qb_db: Database, qb_url: str) -> None:
    wanted = schema(Sealed, reader, qb.grant("select", on=Sealed, to=reader))
    failed = verify(wanted, shadow=qb_url)
    assert isinstance(failed, Failure)
    assert isinstance(failed.failure(), MissingRoles)
    roles = qb_db.all(sql("SELECT rolname::text FROM pg_roles").rows(str)).unwrap()
    assert "verified_reader" not in roles


def test_an_extension_that_the_shadow_lacks(qb_url: str, tmp_path: Path) -> None:
    failed = verify(schema(Sealed, qb.extension("nowhere_to_be_found")), shadow=qb_url)
    assert isinstance(failed, Failure)
    error = failed.failure()
    assert isinstance(error, MissingExtensions)
    assert error.names == ("nowhere_to_be_found",)
