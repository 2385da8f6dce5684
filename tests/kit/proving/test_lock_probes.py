"""What is run outside of a transaction is measured: by others who hold what it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Script, trusted
from qb.errors.outcome import Failure
from qb.kit.proving.lock_probes import measured_outside
from qb.kit.proving.measuring import Measured
from qb.kit.proving.proof_place import ProofPlace, proof_place

BEFORE = """
CREATE TABLE t (id int PRIMARY KEY, a text);
CREATE INDEX t_a ON t (a);
CREATE TABLE "other ""$1 %s {}" (id int);
CREATE INDEX "it's" ON "other ""$1 %s {}" (id);
CREATE TABLE u (id int);
INSERT INTO t SELECT n, n FROM generate_series(1, 20) AS n;
INSERT INTO u SELECT generate_series(1, 20);
CREATE PROCEDURE turns() LANGUAGE plpgsql AS $$
BEGIN UPDATE t SET a = a; COMMIT; LOCK TABLE t IN SHARE MODE; COMMIT; PERFORM count(*) FROM u; COMMIT;
LOCK TABLE u IN ACCESS EXCLUSIVE MODE; END $$;
"""
ODD = 'public.other "$1 %s {}'
MANY = "".join(f"CREATE TABLE many_{number} (id int);" for number in range(30))


@pytest.fixture
def place(proofs: Path) -> Iterator[ProofPlace]:
    with proof_place(18, cache=proofs) as made:
        made.db.run(Script(trusted(BEFORE))).unwrap()
        yield made


def seen(place: ProofPlace, statement: str, *settings: str) -> Measured:
    return measured_outside(place.db, statement, settings=settings).unwrap()


def test_each_is_what_was_asked_for(place: ProofPlace) -> None:
    built = seen(place, "CREATE INDEX CONCURRENTLY x ON t (a)")
    assert (built.locks, built.scans, built.rewrites) == ({"public.t": "ShareUpdateExclusiveLock"}, ("public.t",), ())
    assert not built.transactional
    anew = seen(place, "VACUUM FULL t")
    assert (anew.locks, anew.rewrites, anew.keeps_waiting) == (
        {"public.t": "AccessExclusiveLock"},
        ("public.t",),
        True,
    )
    assert seen(place, "REINDEX INDEX t_a").locks == {"public.t": "ShareLock"}
    assert seen(place, 'DROP INDEX CONCURRENTLY "it\'s"').locks == {ODD: "ShareUpdateExclusiveLock"}


def test_a_stronger_one_that_is_asked_for_later_is_seen(place: ProofPlace) -> None:
    assert seen(place, "CALL turns()").locks == {"public.t": "ShareLock", "public.u": "AccessExclusiveLock"}


def test_all_tables_are_looked_at_where_none_is_named(place: ProofPlace) -> None:
    place.db.run(Script(trusted(MANY))).unwrap()
    found = seen(place, "VACUUM")
    assert len(found.locks) > 10
    assert set(found.locks.values()) == {"ShareUpdateExclusiveLock"}


def test_what_was_set_before_holds(place: ProofPlace) -> None:
    place.db.run(Script(trusted("CREATE SCHEMA app; CREATE TABLE app.t (id int)"))).unwrap()
    assert seen(place, "VACUUM FULL t", "SET search_path = app").locks == {"app.t": "AccessExclusiveLock"}


def test_what_concerns_no_table_is_run_as_well(place: ProofPlace) -> None:
    assert seen(place, "ALTER SYSTEM RESET work_mem").locks == {}


def test_what_the_server_refuses_is_told(place: ProofPlace) -> None:
    found = measured_outside(place.db, "DROP INDEX CONCURRENTLY nothing")
    assert isinstance(found, Failure)
    assert found.failure().sqlstate == "42704"
    assert seen(place, "VACUUM t").locks == {"public.t": "ShareUpdateExclusiveLock"}
