"""`qb validate`: what it shows and what it exits with."""

from __future__ import annotations

from pathlib import Path

from qb import Script, connect, create_all, trusted, unwrap
from qb.kit import Validated, load_schema
from tables.scratch import scratch_database
from tests.kit.command.commands import project, run

TABLES = """
from qb import Col, Table, column, identity, pg


class Sensor(Table, name="sensors"):
    id: Col[int] = column(primary_key=True, default=identity())
    labels: Col[list[str]] = column(pg.jsonb, default=[])
"""


def test_rows_are_read_and_told(tmp_path: Path, qb_url: str) -> None:
    folder = project(tmp_path, 'url = "env:VALIDATED"', 'schema = "validated_tables"', validated_tables=TABLES)
    with scratch_database(qb_url, name="validated") as url:
        with connect(url) as db:
            unwrap(db.run(create_all(unwrap(load_schema("validated_tables", folder=folder)))))
            good = run("validate", folder=folder, VALIDATED=url)
            assert (good.code, good.output) == (0, "0 rows of 1 table read: 0 problems\n"), good
            unwrap(db.run(Script(trusted("INSERT INTO sensors (labels) VALUES ('[\"secret\", 5]')"))))
        ran = run("validate", "--show-keys", folder=folder, VALIDATED=url)
        assert ran.code == 3
        assert ran.output == (
            "codec sensors.labels at $[]: Expected `str`, got `int` (1 row): 1\n1 rows of 1 table read: 1 problem\n"
        )
        reply = run("validate", "--json", folder=folder, VALIDATED=url).reply_of(Validated)
        assert [(each.path, each.rows, each.keys) for each in reply.data.problems] == [("$[]", 1, ())]
        assert [(each.code, each.object) for each in reply.problems] == [("codec", "table public.sensors")]
