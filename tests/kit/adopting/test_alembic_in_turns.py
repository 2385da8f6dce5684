"""The real Alembic and ours in one database, in turns; and its history taken over at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from qb import Database, sql
from qb.kit import adopt, migrate, rollback
from qb.kit.history.adding import add_migration
from qb.kit.history.reading import read_history
from qb.kit.running.adopted_journals import JournalMovedOn
from qb.kit.running.errors import OtherMigrator
from qb.kit.running.rules import MigrationRules
from tests.kit.running.histories import in_line, migration

ENV = """
import os

import psycopg
from alembic import context
from sqlalchemy import NullPool, create_engine

engine = create_engine(
    "postgresql+psycopg://", creator=lambda: psycopg.connect(os.environ["ALEMBIC_URL"]), poolclass=NullPool
)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
REVISION = """
revision = {0!r}
down_revision = {1!r}
from alembic import op

def upgrade():
    op.execute("CREATE TABLE theirs_{0} (id int PRIMARY KEY)")

def downgrade():
    op.execute("DROP TABLE theirs_{0}")
"""
OURS = in_line(
    migration("0001_ours", "CREATE TABLE ours_a (id int REFERENCES theirs_a);", "DROP TABLE ours_a;"),
    migration("0002_ours", "CREATE INDEX CONCURRENTLY ours_i ON ours_a (id);", "DROP INDEX CONCURRENTLY ours_i;"),
)
RULES = MigrationRules(coexist=("alembic",), allow=("drop-table:ours_a",))


@pytest.fixture
def config(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Config:
    folder = tmp_path / "alembic"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text(ENV)
    for name, before in (("a", None), ("b", "a"), ("c", "b")):
        (folder / "versions" / f"{name}.py").write_text(REVISION.format(name, before))
    monkeypatch.setenv("ALEMBIC_URL", url)
    found = Config()
    found.set_main_option("script_location", str(folder))
    return found


def tables(db: Database) -> list[str]:
    query = sql("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").rows(str)
    return db.all(query).unwrap()


@pytest.mark.slow
def test_both_run_in_turns(db: Database, config: Config, tmp_path: Path) -> None:
    command.upgrade(config, "a")
    assert isinstance(migrate(db, OURS).failure(), OtherMigrator)
    assert migrate(db, OURS, to="0001", rules=RULES).unwrap().applied == ("0001_ours",)
    command.upgrade(config, "b")
    assert migrate(db, OURS, rules=RULES).unwrap().applied == ("0002_ours",)
    command.upgrade(config, "head")
    assert migrate(db, OURS, rules=RULES).unwrap().applied == ()
    assert tables(db) == ["alembic_version", "ours_a", "theirs_a", "theirs_b", "theirs_c"]
    assert rollback(db, OURS, rules=RULES).unwrap().undone == ("0002_ours",)
    command.downgrade(config, "b")
    assert migrate(db, OURS, rules=RULES).unwrap().applied == ("0002_ours",)
    command.upgrade(config, "head")
    assert rollback(db, OURS, 2, rules=RULES).unwrap().undone == ("0002_ours", "0001_ours")
    command.downgrade(config, "base")
    assert tables(db) == ["alembic_version"]


@pytest.mark.slow
def test_and_is_taken_over(db: Database, config: Config, tmp_path: Path) -> None:
    command.upgrade(config, "head")
    files = Path(config.get_main_option("script_location") or "")
    done = adopt(db, "alembic", files, tmp_path / "ours").unwrap()
    assert (done.read, done.applied) == (3, ("0001_adopted_from_alembic",))
    history = read_history(tmp_path / "ours").unwrap()
    assert "theirs_c" in history.migrations[0].up
    assert "alembic_version (" not in history.migrations[0].up
    more = migration("0002_more", "ALTER TABLE theirs_a ADD more int;", parents=history.ids)
    add_migration(tmp_path / "ours", more).unwrap()
    whole = read_history(tmp_path / "ours").unwrap()
    assert migrate(db, whole).unwrap().applied == ("0002_more",)
    assert migrate(db, whole).unwrap().applied == ()
    command.downgrade(config, "b")
    error = migrate(db, whole).failure()
    assert isinstance(error, JournalMovedOn)
    assert "alembic has changed this database since its history was taken over (public.alembic_version has b)" in str(
        error
    )
    assert (error.exit_code, error.fix) == (4, 'coexist = ["alembic"]')
    assert [each.code for each in migrate(db, whole, dry_run=True).unwrap().refused] == ["journal-moved-on"]
    assert migrate(db, whole, rules=RULES).unwrap().applied == ()
    command.upgrade(config, "head")
    assert migrate(db, whole).unwrap().applied == ()
