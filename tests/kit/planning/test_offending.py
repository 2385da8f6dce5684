"""Every statement that rows which are there can make fail has a count of those rows, by the names before."""

from __future__ import annotations

import pytest

from qb import Database, Failure, Script, Tx, ignore, sql, trusted, unwrap
from qb.kit import introspect, plan
from qb.kit.catalog import Catalog
from qb.kit.planning.migration_plan import PlanStep

H = '"a ""b"" $1 %s \\ {c}; \'x\' Ä"'
T = (
    f"CREATE TABLE {H} (id int NOT NULL, {H} text, n int, part int);"
    "CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE w (n int);"
)
ROWS = (
    f"INSERT INTO {H} VALUES (1, 'a', 1, 1), (2, 'A', 1, 2), (3, NULL, NULL, 3), (4, NULL, NULL, 4), (5, 'b', 9, 5);"
    "INSERT INTO u VALUES (1); INSERT INTO w VALUES (NULL), (NULL), (1);"
)
CASES: dict[str, tuple[str, list[int]]] = {
    "not null": (f"ALTER TABLE {H} ALTER {H} SET NOT NULL", [2]),
    "check": (f"ALTER TABLE {H} ADD CONSTRAINT k CHECK (n < 5 AND {H} <> 'A')", [2]),
    "check alone": (f"ALTER TABLE {H} ADD CONSTRAINT k CHECK (n < 5) NO INHERIT", [1]),
    "unvalidated": (f"ALTER TABLE {H} ADD CONSTRAINT k CHECK (n < 5) NOT VALID", []),
    "unique": (f"ALTER TABLE {H} ADD CONSTRAINT k UNIQUE (n)", [2]),
    "unique nulls": (f"ALTER TABLE {H} ADD CONSTRAINT k UNIQUE NULLS NOT DISTINCT (n) INCLUDE ({H})", [4]),
    "unique of two": (f"ALTER TABLE {H} ADD CONSTRAINT k UNIQUE ({H}, n)", []),
    "primary key": (f"ALTER TABLE {H} ADD CONSTRAINT k PRIMARY KEY (n)", [2, 2]),
    "index": (f"CREATE UNIQUE INDEX i ON {H} (lower({H}) DESC, n NULLS FIRST) WHERE id < 4", [2]),
    "index of all": (f"CREATE UNIQUE INDEX i ON {H} (part)", []),
    "foreign key": (f"ALTER TABLE {H} ADD CONSTRAINT k FOREIGN KEY (n) REFERENCES u", [1]),
    "foreign key of a new one": (
        f"CREATE TABLE v (id int PRIMARY KEY); ALTER TABLE {H} ADD CONSTRAINT k FOREIGN KEY (n) REFERENCES v",
        [3],
    ),
    "of a new column": (f"ALTER TABLE {H} ADD m int; ALTER TABLE {H} ADD CONSTRAINT k CHECK (m IS NULL OR n < 5)", []),
    "renamed": ("ALTER TABLE w RENAME n TO m; ALTER TABLE w ALTER m SET NOT NULL", [2]),
}
"""What is done, and how many rows are in the way of it, of each statement that some are in the way of."""


def read(db: Database, *texts: str) -> Catalog:
    with db.transaction(rollback=True) as tx:
        for each in texts:
            unwrap(tx.run(Script(trusted(each))))
        return unwrap(introspect(tx))


def counted(tx: Tx, steps: tuple[PlanStep, ...]) -> list[int]:
    found = [unwrap(tx.scalar(sql(trusted(_braced(each.offends))).rows(int))) for each in steps if each.offends]
    return sorted(each for each in found if each)


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_rows_in_the_way_are_counted_before(bare: Database, name: str, plain: bool) -> None:
    text, wanted = CASES[name]
    renamed = {"column public.w.n": "column public.w.m"} if name == "renamed" else {}
    made = plan(read(bare, T), read(bare, T, text), plain=plain, renamed=renamed)
    with bare.transaction(rollback=True) as tx:
        unwrap(tx.run(Script(trusted(T), trusted(ROWS))))
        assert counted(tx, made.up) == sorted(wanted), [(each.sql, each.offends) for each in made.up]
        lines = Script(*map(trusted, (each.sql.replace(" CONCURRENTLY", "") for each in made.up)))
        failed = tx.transact(lambda inner: inner.run(lines))
        assert isinstance(failed, Failure) == bool(wanted), "what is counted fails, and nothing else"
        if isinstance(failed, Failure):
            ignore(failed)
            unwrap(tx.run(Script(trusted(f"DELETE FROM {H}; DELETE FROM w"))))
            assert counted(tx, made.up) == []
            unwrap(tx.run(lines))


@pytest.mark.parametrize("plain", [False, True])
def test_what_is_filled_has_none(bare: Database, plain: bool) -> None:
    before, after = read(bare, T), read(bare, T, f"ALTER TABLE {H} ALTER n SET NOT NULL")
    (column,) = (
        each for each in after if (each.kind, each.table, each.name) == ("column", H[1:-1].replace('""', '"'), "n")
    )
    made = plan(before, after, plain=plain, fills={column: "0"})
    assert [each.offends for each in made.up if each.offends] == []


def test_partitions_are_counted_with_the_whole(bare: Database) -> None:
    whole = "CREATE TABLE p (id int, n int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
    key = "ALTER TABLE p ADD CONSTRAINT k UNIQUE (id); ALTER TABLE p ADD CONSTRAINT c CHECK (n > 0)"
    made = plan(read(bare, whole), read(bare, whole, key), plain=True)
    with bare.transaction(rollback=True) as tx:
        unwrap(tx.run(Script(trusted(whole), "INSERT INTO p VALUES (1, 0), (1, 1)")))
        assert counted(tx, made.up) == [1, 2]
