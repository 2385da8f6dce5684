"""What can be compared: a schema, a database, a file of SQL, a catalog that was read before."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeAlias

from qb.errors.outcome import Failure, Success
from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.errors import KitError, UnknownSource
from qb.kit.reader import introspect
from qb.kit.schema_module import load_schema
from qb.kit.shadow import Canonical, canonical
from qb.kit.sources.sql import catalog_of_sql
from qb.model.schema import Schema
from qb.model.target import NEWEST
from qb.run.database.connect import connect
from qb.run.database.db import Db
from qb.run.server.url import redact


class DatabaseAddress(FrozenStruct):
    """Where a database is. It shows no password."""

    url: str

    def __repr__(self) -> str:
        return f"<{redact(self.url)}>"


class SqlFile(FrozenStruct):
    """A file of SQL."""

    path: Path

    def __repr__(self) -> str:
        return f"<{self.path}>"


CatalogSource: TypeAlias = Schema | Db | Catalog | DatabaseAddress | SqlFile
"""What a catalog is made of, or read from."""
_LIVE: Final = (Db, Catalog, DatabaseAddress)


def source_of(
    said: str, *, folder: Path | str | None = None
) -> Success[CatalogSource] | Failure[KitError, CatalogSource]:
    """What somebody means: `postgresql://...` is a database, `schema.sql` a file, `shop.tables` or `shop.tables:shop` a
    schema. `folder` is the project's, in which modules are found.

    Errors: `UnknownSource`, and those of `load_schema`.

    >>> from qb.kit import source_of
    >>> source_of("postgresql://ada:secret@localhost/shop")
    <Success: <postgresql://ada@localhost/shop>>
    >>> source_of("no such thing")
    <Failure: no such thing is no file, no module and no address: ...>
    """
    if "://" in said or ("dbname=" in said and not Path(said).exists()):
        return Success(DatabaseAddress(said))
    path = Path(said)
    if path.is_file() or path.suffix.lower() in (".sql", ".dump"):
        return Success(SqlFile(path))
    if not all(part.isidentifier() for part in said.partition(":")[0].split(".")):
        return Failure(UnknownSource(said))
    found = load_schema(said, folder=folder)
    return Failure(found.failure()) if isinstance(found, Failure) else Success(found.unwrap())


def read_source(
    source: CatalogSource, *, major: int = NEWEST, shadow: str | None = None, cache: Path | str | None = None
) -> Canonical:
    """The catalog of a source. What has no server of its own is made on a shadow of the `major`: see `canonical`."""
    match source:
        case Catalog():
            return Success(source)
        case Schema():
            return canonical(source, major=major, shadow=shadow, cache=cache)
        case SqlFile(path=path):
            return catalog_of_sql(path, major=major, shadow=shadow, cache=cache)
        case DatabaseAddress(url=url):
            with connect(url, max_size=1) as db:
                return _read(db)
        case _:
            return _read(source)


def _read(db: Db) -> Canonical:
    found = introspect(db)
    return Failure(found.failure()) if isinstance(found, Failure) else Success(found.unwrap())


def is_live(source: CatalogSource) -> bool:
    """Whether a source says itself of which version its server is."""
    return isinstance(source, _LIVE)


def title_of(source: CatalogSource) -> str:
    """What a source is called in words, without a secret."""
    match source:
        case DatabaseAddress(url=url):
            return redact(url)
        case SqlFile(path=path):
            return str(path)
        case Schema(name=name):
            return "the schema" if name is None else f"the schema {name}"
        case Catalog():
            return "the catalog"
        case _:
            return "the database"
