"""Each system from nothing: its tables are made, it is changed ten times, and all of that is undone and done again."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from qb import Database, connect, create_all, schema, sql, trusted
from qb.kit import introspect
from qb.types.identifier import quoted
from tables.scratch import scratch_database
from tests.lived.copied import Copied, changes

THEIRS = {"supabase_chat": "auth", "chronos": "theirs", "archetype": "kysely"}
"""The modules of what somebody else makes in the same database."""
SYSTEMS = "promptliano", "pivotal", "supabase_chat", "chronos", "archetype"


def made_by_others(db: Database, system: str) -> None:
    if system in THEIRS:
        module = importlib.import_module(f"tables.{system}.{THEIRS[system]}")
        ours = importlib.import_module(f"tables.{system}").schema.ours
        db.run(create_all(schema(module, ours=ours), stand_ins=True)).unwrap()


def rows(db: Database) -> dict[str, int]:
    """Of each table how many it has."""
    tables = [each for each in introspect(db).unwrap() if each.kind == "table" and each.schema not in ("qb", "auth")]

    count = "SELECT count(*) FROM {}.{}"

    return {
        each.name: db.one(sql(trusted(count.format(quoted(each.schema), quoted(each.name)))).rows(int)).unwrap()
        for each in tables
    }


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_life(qb_url: str, server_folder: Path, system: str) -> None:
    with scratch_database(qb_url, name="life") as url, connect(url) as db:
        made_by_others(db, system)
        theirs = rows(db)
        code = Copied(server_folder, system, url)
        code.qb("generate", "--name", "begin")
        code.qb("migrate")
        code.qb("drift")
        code.qb("seed", "--generate", "12")
        filled = rows(db)
        assert sum(filled.values()) > 60
        for change in changes(system):
            up = code.generate(change)
            for each in change.says:
                assert each in up
        assert len(changes(system)) == 10
        code.qb("migrate")
        code.qb("drift")
        assert code.qb("generate")["data"]["id"] is None
        changed = rows(db)
        assert {name: filled[name] for name in changed.keys() & filled.keys()} == {
            name: changed[name] for name in changed.keys() & filled.keys()
        }
        code.rollback(10)
        assert rows(db) == filled
        code.qb("migrate")
        code.qb("drift")
        assert rows(db) == changed
        code.rollback(11)
        assert rows(db) == theirs
        code.qb("migrate")
        code.qb("drift")
