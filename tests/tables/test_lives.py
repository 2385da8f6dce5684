"""Each system from nothing: its tables are made and filled, it is changed ten times, and all of that is undone and done
again, by the command, with rows that are there all the while."""

from __future__ import annotations

import importlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qb import Database, connect, create_all, schema
from qb.kit import Catalog, diff, introspect
from qb.kit.shadow_server import cache_folder, worthless_server
from tables.scratch import scratch_database
from tests.tables.lives.contents import Told, contents, lost
from tests.tables.lives.copied import SYSTEMS, Copied, changes, copied

THEIRS = {"supabase_chat": "auth", "chronos": "theirs", "archetype": "kysely"}
"""The modules of what somebody else makes in the same database."""
DRIFT = 3


@pytest.fixture(scope="module")
def code() -> Iterator[Copied]:
    """One copy of all systems. Servers on which plans are looked at and proved run as long as it is there."""
    folder = Path(tempfile.mkdtemp(prefix="qb-lives-"))
    with copied(folder) as found:
        cache = cache_folder(folder)
        with worthless_server(cache, "shadow", 18), worthless_server(cache, "proof", 18):
            yield found
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def lives_url(code: Copied) -> Iterator[str]:
    """A server of their own, whose roles nobody else meets."""
    with worthless_server(cache_folder(code.folder), "lives", 18) as server:
        yield server.url


class Life:
    """A system and its database."""

    def __init__(self, code: Copied, system: str, url: str, db: Database) -> None:
        self.code, self.system, self.url, self.db = code, system, url, db

    def qb(self, *words: str, exits: int = 0) -> Any:
        """A command that exits so; its data."""
        code, said = self.code.run(self.system, self.url, *words)
        assert code == exits, f"qb {' '.join(words)}: {code}\n{said['problems']}"
        return said["data"]

    def generate(self, name: str, *words: str) -> str:
        """A migration: its way up."""
        made = self.qb("generate", "--name", name, *words)
        assert made["id"] is not None
        return str(made["up"])

    def rollback(self, count: int) -> None:
        """Undo so many, with all that they say they lose."""
        words = "rollback", "--count", str(count)
        code, said = self.code.run(self.system, self.url, *words)
        if code:
            lost = re.findall(r"[a-z]+(?:-[a-z]+)?:[^;:]+(?=;|$)", said["problems"][0]["message"])
            self.qb(*words, *(f"--allow={each}" for each in lost))

    def catalog(self) -> Catalog:
        """What is there, the journal left out."""
        found = introspect(self.db).unwrap()
        return found.where(lambda identity, fact: "qb" not in (identity.schema, identity.name))


def made_by_others(db: Database, system: str) -> None:
    """What is there before any migration of ours."""
    if system in THEIRS:
        module = importlib.import_module(f"tables.{system}.{THEIRS[system]}")
        ours = importlib.import_module(f"tables.{system}").schema.ours
        db.run(create_all(schema(module, ours=ours), stand_ins=True)).unwrap()


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_full_pipeline_through_ten_changes(code: Copied, lives_url: str, system: str) -> None:
    """From empty: generate, migrate, seed, drift, ten changes, all up, all down, up again."""
    with scratch_database(lives_url, name="life") as url, connect(url) as db:
        life = Life(code, system, url, db)
        made_by_others(db, system)
        empty = life.catalog()
        theirs = contents(db, empty)

        life.generate("begin")
        life.qb("migrate")
        life.qb("drift")
        life.qb("seed", "--generate", "12")
        begun = life.catalog()
        filled = contents(db, begun)
        assert sum(map(len, filled.values())) > 60

        made = changes(system)
        assert len(made) == 10
        for change in made:
            code.edit(change.edits)
            up = life.generate(change.name, *change.words)
            for each in change.says:
                assert each in up
        told = Told([word for change in made for word in change.words])
        life.qb("drift", exits=DRIFT)
        life.qb("migrate")
        life.qb("drift")
        assert life.qb("generate")["id"] is None
        new = life.catalog()
        changed = contents(db, new)
        assert lost(begun, filled, changed, told) == []
        assert lost(begun, filled, changed, Told([])) != []  # which would be told

        life.rollback(10)
        assert diff(begun, life.catalog()).changes == ()
        assert lost(begun, filled, contents(db, begun), told, back=True) == []
        life.qb("drift", exits=DRIFT)

        life.qb("migrate")
        life.qb("drift")
        again = contents(db, new)
        assert lost(begun, filled, again, told) == []
        assert {name: len(rows) for name, rows in again.items()} == {name: len(rows) for name, rows in changed.items()}

        life.rollback(11)
        assert diff(empty, life.catalog()).changes == ()
        assert contents(db, empty) == theirs
        life.qb("migrate")
        life.qb("drift")
        assert diff(new, life.catalog()).changes == ()
