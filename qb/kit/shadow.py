"""`canonical`: what a schema is, in the words of a server that has just created it."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, Protocol
from weakref import ref

from msgspec.structs import replace

from qb.errors import DbError
from qb.errors.outcome import Failure, Success
from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.declared_roles import with_declared_roles
from qb.kit.errors import KitError, MissingExtensions, NoShadow
from qb.kit.kept_catalogs import catalog_key, keep_catalog, kept_catalog, server_at, server_of_package
from qb.kit.reader import introspect
from qb.kit.shadow_server import (
    cache_folder,
    embedded_shadow,
    has_extensions,
    has_roles,
    major_at,
    make_tablespaces,
    scratch_database,
)
from qb.model.role import Membership, Role
from qb.model.schema import Schema
from qb.model.target import NEWEST, Target
from qb.query.script import Script
from qb.render.ddl.script import create_all
from qb.run.database.connect import connect
from qb.run.database.db import Db
from qb.run.server.embedded import nearest_major
from qb.run.server.url import redact
from qb.run.talk.collector import seldom

Canonical = Success[Catalog] | Failure[DbError | KitError, Catalog]
"""What comes back: a catalog, or why there is none."""


class Making(Protocol):
    """What is made on a shadow to be read there: a schema, or a file of SQL."""

    @property
    def roles(self) -> frozenset[str]:
        """The roles that have to be on a server where none are made."""
        ...

    def script(self, major: int) -> str:
        """All that decides what it is, beside the server; or a digest of that."""
        ...

    def read(self, db: Db, major: int, server: str, *, own: bool) -> Canonical:
        """Made, read and rolled back; roles alone where the server is thrown away (`own`)."""
        ...


def canonical(
    wanted: Schema, *, major: int = NEWEST, shadow: str | None = None, cache: Path | str | None = None
) -> Canonical:
    """The catalog that `create_all(wanted)` gives: created on a server that is there for it, read, and undone.

    Without `shadow` that is the embedded one of that major version, or of the nearest that its package has; the
    catalog's `version` says which it was. `shadow` is the address of another server: a scratch database is made there
    and dropped, and no roles are. The SQL is that for `major` either way, or for the server where that is older: what
    came later than it raises DefinitionError. What is external is created as a stand-in. Nothing is kept on either.

    What was found is kept in `cache` (a folder; without one `.qb/cache` of the project): asked again of the same server
    without a change, none is started. Errors: `MissingExtensions`, `MissingRoles`, `NoShadow`, and those of the world.

    >>> from qb.kit import canonical
    >>> wanted = canonical(schema(User, Task)).unwrap()
    >>> [identity.title for identity in wanted if identity.kind == "table"]
    ['public.tasks', 'public.users']
    """
    return on_shadow(MadeOfSchema(wanted), major=major, shadow=shadow, cache=cache)


def on_shadow(made: Making, *, major: int, shadow: str | None, cache: Path | str | None) -> Canonical:
    """What something is once a server has made it; see `canonical`."""
    folder = Path(cache) if cache is not None else cache_folder()
    if shadow is not None:
        return _elsewhere(made, shadow, major, folder)
    nearest = nearest_major(major)
    key = _key(made, major, f"{server_of_package()} {nearest}")
    if (known := kept_catalog(folder, key)) is not None:
        return Success(known)
    try:
        with embedded_shadow(folder, major) as db:
            return _keeping(folder, key, made.read(db, major, f"the embedded PostgreSQL {nearest}", own=True))
    except NoShadow as error:
        return Failure(error)


def keep_on_shadow(made: Making, found: Catalog, *, major: int, cache: Path | str | None) -> None:
    """Keep what something is known to be, as the embedded server would say it."""
    folder = Path(cache) if cache is not None else cache_folder()
    keep_catalog(folder, _key(made, major, f"{server_of_package()} {nearest_major(major)}"), found)


def _elsewhere(made: Making, shadow: str, major: int, folder: Path) -> Canonical:
    with connect(shadow) as there:
        try:
            has_roles(there, made.roles, redact(shadow))
            target = min(major, major_at(there))
            key = _key(made, target, server_at(there, shadow))
            if (known := kept_catalog(folder, key)) is not None:
                return Success(known)
            with scratch_database(there, shadow) as db:
                return _keeping(folder, key, made.read(db, target, redact(shadow), own=False))
        except (DbError, KitError) as error:
            return Failure(error)


def _key(made: Making, major: int, server: str) -> str:
    with seldom():
        return catalog_key(made.script(major), server, major)


def _keeping(folder: Path, key: str, found: Canonical) -> Canonical:
    if isinstance(found, Success):
        keep_catalog(folder, key, found.unwrap())
    return found


@contextmanager
def place_for(
    wanted: Schema, *, major: int, shadow: str | None, cache: Path | str | None
) -> Generator[tuple[Db, Schema, int]]:
    """Where a schema can be created and looked at, as `canonical` does: a database, what of the schema is to be created
    there, and the major version that it is written for. Raises `MissingExtensions`, `MissingRoles`, `NoShadow` and the
    errors of the world."""
    if shadow is None:
        folder = Path(cache) if cache is not None else cache_folder()
        with embedded_shadow(folder, major) as db:
            has_extensions(db, wanted.extensions, f"the embedded PostgreSQL {nearest_major(major)}")
            make_tablespaces(db, tablespaces(wanted))
            yield db, wanted, major
        return
    with connect(shadow) as there:
        has_roles(there, MadeOfSchema(wanted).roles, redact(shadow))
        target = min(major, major_at(there))
        with scratch_database(there, shadow) as db:
            has_extensions(db, wanted.extensions, redact(shadow))
            yield db, _without_roles(wanted), target


class _Digests:
    """What schemas' scripts come to in 64 signs: each is written once as long as its schema lives, which never changes.

    By identity, and not by content: to compare two schemas of a thousand tables takes as long as to write one."""

    def __init__(self) -> None:
        self._known: Final[dict[int, tuple[ref[Schema], dict[int, str]]]] = {}

    def of(self, wanted: Schema, major: int) -> str:
        number = id(wanted)
        known = self._known.get(number)
        if known is None or known[0]() is not wanted:
            known = self._known[number] = (ref(wanted, partial(self._forget, number)), {})
        if (digest := known[1].get(major)) is None:
            text = str(_creation(wanted, major)).encode(errors="surrogatepass")
            digest = known[1][major] = hashlib.sha256(text).hexdigest()
        return digest

    def _forget(self, number: int, gone: ref[Schema]) -> None:
        known = self._known.get(number)
        if known is not None and known[0] is gone:  # and not of another schema in the same place
            self._known.pop(number, None)


_DIGESTS: Final = _Digests()


class MadeOfSchema(FrozenStruct):
    """What `create_all` makes of a schema."""

    wanted: Schema

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(each.name for each in self.wanted.others if isinstance(each, Role))

    def script(self, major: int) -> str:
        return _DIGESTS.of(self.wanted, major)

    def read(self, db: Db, major: int, server: str, *, own: bool) -> Canonical:
        wanted = self.wanted if own else _without_roles(self.wanted)
        try:
            has_extensions(db, wanted.extensions, server)
            if own:
                make_tablespaces(db, tablespaces(wanted))
            with db.transaction(rollback=True) as tx:
                if isinstance(done := tx.run(_creation(wanted, major)), Failure):
                    return Failure(done.failure())
                found = introspect(tx)
                return found if own else found.map(lambda catalog: with_declared_roles(catalog, self.wanted))
        except (DbError, MissingExtensions) as error:
            return Failure(error)


def tablespaces(wanted: Schema) -> frozenset[str]:
    """The tablespaces that a schema names, and that are no server's own."""
    found: set[str] = {getattr(each, "tablespace", "") for each in wanted.objects}
    return frozenset(each for each in found if each and not each.startswith("pg_"))


def _creation(wanted: Schema, major: int) -> Script:
    return create_all(wanted, target=Target(min(major, NEWEST)), stand_ins=True)


def _without_roles(wanted: Schema) -> Schema:
    """The same on a server that has its roles already."""
    others = tuple(each for each in wanted.others if not isinstance(each, Role | Membership))
    kept = {each.identity for each in (*wanted.tables, *others)}
    return replace(wanted, others=others, order=tuple(each for each in wanted.order if each in kept))
