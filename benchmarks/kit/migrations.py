"""A history of 300 migrations: run up, and asked for when there is nothing to do, by qb and by Alembic. Both are timed
as people call them, in a process of its own, and the run itself without one."""

import os
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config

from benchmarks.kit.work import Work
from qb import connect
from qb.kit import migrate
from qb.kit.history.adding import add_migration
from qb.kit.history.migration import Migration
from qb.kit.history.reading import read_history
from tables.scratch import scratch_database

COUNT: Final = 300
UP, NOTHING, STATUS = f"{COUNT} migrations up", "a process: migrate, nothing to do", "a process: status"
HELP: Final = "a process: qb --help"
_ENV: Final = """
import os

import psycopg
from alembic import context
from sqlalchemy import NullPool, create_engine

engine = create_engine(
    "postgresql+psycopg://", creator=lambda: psycopg.connect(os.environ["MIGRATED"]), poolclass=NullPool
)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


def statements(count: int) -> Iterator[tuple[str, str]]:
    """What each migration does, and its name: tables, columns, checks, indexes, rows."""
    for number in range(count):
        table = f"t{number // 5}"
        match number % 5:
            case 0:
                yield f"add_{table}", f"CREATE TABLE {table} (id int PRIMARY KEY, name text NOT NULL, rank int)"
            case 1:
                yield f"more_of_{table}", f"ALTER TABLE {table} ADD more numeric(12, 2) DEFAULT 0"
            case 2:
                yield f"check_{table}", f"ALTER TABLE {table} ADD CONSTRAINT {table}_rank CHECK (rank > 0)"
            case 3:
                yield f"index_{table}", f"CREATE INDEX {table}_name ON {table} (name)"
            case _:
                yield f"fill_{table}", f"INSERT INTO {table} SELECT i, 'n' || i, i FROM generate_series(1, 20) i"


def write_ours(folder: Path, count: int) -> None:
    """The migrations as qb's, and its config."""
    parents: tuple[str, ...] = ()
    for number, (name, text) in enumerate(statements(count), 1):
        made = Migration(id=f"{number:04}_{name}", parents=parents, up=f"{text};\n", down="SELECT 1;\n")
        add_migration(folder / "migrations", made).unwrap()
        parents = (made.id,)
    (folder / "pyproject.toml").write_text('[tool.qb.databases.default]\nurl = "env:MIGRATED"\n')


def write_alembic(folder: Path, count: int) -> None:
    """The same as Alembic's."""
    (folder / "alembic" / "versions").mkdir(parents=True)
    (folder / "alembic" / "env.py").write_text(_ENV)
    (folder / "alembic.ini").write_text(f"[alembic]\nscript_location = {folder / 'alembic'}\n")
    before: str | None = None
    for number, (name, text) in enumerate(statements(count), 1):
        revision = f"{number:04}"
        (folder / "alembic" / "versions" / f"{revision}_{name}.py").write_text(
            f"revision = {revision!r}\ndown_revision = {before!r}\nfrom alembic import op\n\n"
            f"def upgrade():\n    op.execute({text!r})\n\ndef downgrade():\n    pass\n"
        )
        before = revision


@contextmanager
def migrating(url: str, folder: Path, count: int = COUNT) -> Generator[Sequence[Work]]:
    """All that is timed of it."""
    write_ours(folder, count)
    write_alembic(folder, count)
    history = read_history(folder / "migrations").unwrap()
    config = Config(str(folder / "alembic.ini"))

    def up() -> object:
        with scratch_database(url) as empty, connect(empty, max_size=2) as db:
            done = migrate(db, history).unwrap()
            if len(done.applied) != count:
                raise AssertionError(f"{len(done.applied)} of {count} migrations were applied")
            return done

    def upgrade() -> object:
        with scratch_database(url) as empty:
            os.environ["MIGRATED"] = empty
            command.upgrade(config, "head")
        return None

    with scratch_database(url) as ours, scratch_database(url) as theirs:
        with connect(ours, max_size=2) as db:
            migrate(db, history).unwrap()
        os.environ["MIGRATED"] = theirs
        command.upgrade(config, "head")

        def called(address: str, *arguments: str) -> object:
            environ = {**os.environ, "MIGRATED": address, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            done = [sys.executable, "-m", *arguments]
            return subprocess.run(done, cwd=folder, env=environ, check=True, capture_output=True)

        ini = ("alembic", "-c", str(folder / "alembic.ini"))
        yield [
            Work(UP, "qb", up),
            Work("upgrade head", "Alembic", upgrade, UP),
            Work(NOTHING, "qb", lambda: called(ours, "qb", "migrate")),
            Work(
                "a process: upgrade head, nothing to do",
                "Alembic",
                lambda: called(theirs, *ini, "upgrade", "head"),
                NOTHING,
            ),
            Work(STATUS, "qb", lambda: called(ours, "qb", "status")),
            Work("a process: current", "Alembic", lambda: called(theirs, *ini, "current"), STATUS),
            Work(HELP, "qb", lambda: called(ours, "qb", "--help")),
            Work("a process: alembic --help", "Alembic", lambda: called(theirs, "alembic", "--help"), HELP),
        ]
    os.environ.pop("MIGRATED", None)
