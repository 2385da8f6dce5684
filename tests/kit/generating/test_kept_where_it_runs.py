"""A generated migration, run by the runner in a database that has more than its history says."""

from __future__ import annotations

from pathlib import Path

import qb
from qb import Col, Script, Table, column, connect, pg, schema, select, trusted
from qb.kit import introspect, migrate, rollback
from qb.kit.facts.view import ViewFact
from qb.kit.generating.generate import generate
from qb.kit.history.reading import read_history
from tables.scratch import scratch_database

ROLE = 'kept "where" it runs'
NAMED = '"kept ""where"" it runs"'


class Note(Table, name="notes"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    total: Col[int | None]


class Total(qb.Shape):
    total: int | None


class Line(qb.Shape):
    id: int
    total: int | None


class NoteOfToday(Table, name="notes"):
    id: Col[int] = column(primary_key=True, default=qb.identity())
    total: Col[int | None] = column(pg.bigint, check=lambda total: total > 0)


def test_a_view_that_is_made_again_has_the_owner_that_it_has_there(
    qb_url: str, tmp_path: Path, server_folder: Path
) -> None:
    first = schema(Note, qb.view("shown", select(Note.total).map(Total)))
    second = schema(NoteOfToday, qb.view("shown", select(NoteOfToday.id, NoteOfToday.total).map(Line)))
    generate(first, tmp_path, cache=server_folder, prefix="index").unwrap()
    with scratch_database(qb_url) as url, connect(url) as db:
        migrate(db, read_history(tmp_path).unwrap()).unwrap()
        db.run(Script(trusted(f"CREATE ROLE {NAMED}"))).unwrap()
        try:
            said = (
                f"ALTER VIEW shown OWNER TO {NAMED}; GRANT SELECT ON notes TO {NAMED}; GRANT SELECT ON shown TO PUBLIC"
            )
            db.run(Script(trusted(said))).unwrap()
            there = introspect(db).unwrap()
            generate(second, tmp_path, cache=server_folder, prefix="index").unwrap()
            history = read_history(tmp_path).unwrap()
            for run in (migrate, rollback):
                run(db, history).unwrap()
                found = introspect(db).unwrap()
                assert [fact.owner for fact in found.of(ViewFact).values()] == [ROLE]
                kept = [each for each in there if each.kind == "grant" and each.table == "shown"]
                assert kept
                assert [each for each in kept if found.get(each) != there[each]] == []
        finally:
            db.run(Script(trusted(f"DROP OWNED BY {NAMED} CASCADE; DROP ROLE {NAMED}"))).unwrap()
