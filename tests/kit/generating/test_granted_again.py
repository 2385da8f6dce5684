"""What roles might do with what a migration drops they may do again behind its way back, though nobody declares it by
then."""

from __future__ import annotations

from pathlib import Path

import pytest

import qb
from qb import Col, Table, column, connect, schema, sql
from qb.kit import MigrationRules, generate, introspect, migrate, rollback
from qb.kit.facts.grant import GrantFact
from qb.kit.history.reading import read_history
from qb.typing import Schema
from tables.scratch import scratch_database

ROLE = 'granted again "%s'


class Kept(Table, name="kept"):
    id: Col[int] = column(primary_key=True)


class Gone(Table, name="gone"):
    id: Col[int] = column(primary_key=True)


class Wide(Table, name="kept"):
    id: Col[int] = column(primary_key=True)
    more: Col[int] = column()


clerk = qb.role(ROLE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((Kept, Gone, clerk, qb.grant("select", "insert", on=Gone, to=clerk)), (Kept, clerk)),
        ((Kept, Gone, clerk, qb.grant("select", on=Gone, to=clerk, grantable=True)), (Kept,)),
        ((Kept, Gone, qb.grant("select", on=Gone, to="public")), (Kept,)),
        ((Wide, clerk, qb.grant("update", on=(Wide.more,), to=clerk)), (Kept, clerk)),
    ],
    ids=["the last one of a role", "of a role that goes", "to everybody", "on a column"],
)
def test_the_last_grant_comes_back(
    one: tuple[object, ...], other: tuple[object, ...], tmp_path: Path, qb_url: str
) -> None:
    may = ("drop-table:gone", "drop-table:kept", "drop-column:kept.more")
    first: Schema = schema(*one)  # type: ignore[arg-type]
    last: Schema = schema(*other)  # type: ignore[arg-type]
    generate(first, tmp_path, prefix="index").unwrap()
    generate(last, tmp_path, prefix="index", allow=may).unwrap()
    history = read_history(tmp_path).unwrap()
    rules = MigrationRules(allow=may)
    with scratch_database(qb_url) as url, connect(url) as db:

        def granted() -> list[GrantFact]:
            return list(introspect(db).unwrap().of(GrantFact).values())

        migrate(db, history, to="0001").unwrap()
        before = granted()
        assert before
        migrate(db, history).unwrap()
        assert granted() == []
        rollback(db, history, rules=rules).unwrap()
        assert granted() == before
        rollback(db, history, rules=rules).unwrap()
        assert db.scalar(sql("SELECT count(*) FROM pg_roles WHERE rolname = {r}", r=ROLE).rows(int)).unwrap() == 0
