"""`canonical`: what a schema is, in the words of a server that has just created it."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, Protocol
from weakref import ref

import msgspec
from msgspec.structs import replace

from qb.ddl.plan import Plan
from qb.errors import DbError
from qb.errors.outcome import Failure, Success, ignore
from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.changed_part import ChangedPart
from qb.kit.declared_roles import with_declared_roles
from qb.kit.errors import KitError, MissingExtensions, NoShadow
from qb.kit.kept_catalogs import (
    catalog_key,
    family_of,
    keep_beside,
    keep_catalog,
    kept_catalog,
    near_catalogs,
    server_at,
    server_of_package,
)
from qb.kit.made_places import MadePlace, place_digests
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
from qb.render.ddl.script import create_all
from qb.run.database.connect import connect
from qb.run.database.db import Db
from qb.run.server.embedded import nearest_major
from qb.run.server.url import redact
from qb.run.talk.collector import seldom

LARGE_SCHEMA: Final = 1_000
"""Of how many objects a catalog is large: of a smaller one all is created each time."""

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
    if shadow is not None:
        return on_shadow(MadeOfSchema(wanted), major=major, shadow=shadow, cache=cache)
    folder = Path(cache) if cache is not None else cache_folder()
    near = NearCatalogs(folder, f"{server_of_package()} {nearest_major(major)}", major)
    found = on_shadow(MadeOfSchema(wanted, near), major=major, shadow=None, cache=folder)
    if isinstance(found, Success):
        near.keep(wanted, found.unwrap())
    return found


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


class _Digest(FrozenStruct):
    """What the script of a schema comes to, and its statements in each place."""

    whole: str
    places: Mapping[MadePlace, str]


class _Digests:
    """What schemas' scripts come to in 64 signs: each is written once as long as its schema lives, which never changes.

    By identity, and not by content: to compare two schemas of a thousand tables takes as long as to write one."""

    def __init__(self) -> None:
        self._known: Final[dict[int, tuple[ref[Schema], dict[int, _Digest]]]] = {}

    def of(self, wanted: Schema, major: int) -> _Digest:
        number = id(wanted)
        known = self._known.get(number)
        if known is None or known[0]() is not wanted:
            known = self._known[number] = (ref(wanted, partial(self._forget, number)), {})
        if (digest := known[1].get(major)) is None:
            plan = _creation(wanted, major)
            text = str(plan).encode(errors="surrogatepass")
            digest = known[1][major] = _Digest(hashlib.sha256(text).hexdigest(), place_digests(plan))
        return digest

    def _forget(self, number: int, gone: ref[Schema]) -> None:
        known = self._known.get(number)
        if known is not None and known[0] is gone:  # and not of another schema in the same place
            self._known.pop(number, None)


_DIGESTS: Final = _Digests()


class MadeOfSchema(FrozenStruct):
    """What `create_all` makes of a schema."""

    wanted: Schema
    near: NearCatalogs | None = None
    """Where the catalog of a schema may be that is nearly the same."""

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(each.name for each in self.wanted.others if isinstance(each, Role))

    def script(self, major: int) -> str:
        return _DIGESTS.of(self.wanted, major).whole

    def read(self, db: Db, major: int, server: str, *, own: bool) -> Canonical:
        if own and self.near is not None and (known := self.near.whole(self.wanted, db, server)) is not None:
            return Success(known)
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


class NearCatalogs(FrozenStruct):
    """The catalogs that were kept of schemas that may be nearly the same, made on the embedded server."""

    folder: Path
    server: str
    major: int

    def keep(self, wanted: Schema, found: Catalog) -> None:
        """What a catalog is made of, so that of the next one only what has changed need be created."""
        if len(found) >= LARGE_SCHEMA:
            key = _key(MadeOfSchema(wanted), self.major, self.server)
            places = [*_DIGESTS.of(wanted, self.major).places.items()]
            keep_beside(self.folder, key, self._family, msgspec.json.encode(places))

    def whole(self, wanted: Schema, db: Db, server: str) -> Catalog | None:
        """The catalog of a schema, of which a part is created; None where all of it has to be."""
        for changed, known in self._nearest(wanted):
            part = ChangedPart(wanted, changed, known)
            few = part.schema(partial(_creation, major=self.major))
            if few is None:
                continue
            found = MadeOfSchema(few).read(db, self.major, server, own=True)
            if isinstance(found, Failure):
                ignore(found)  # what it is that cannot be created, all of it says
            elif (whole := part.whole(found.unwrap())) is not None:
                return whole
        return None

    def _nearest(self, wanted: Schema) -> Iterator[tuple[frozenset[MadePlace], Catalog]]:
        """The catalog of the schema with fewest changes, and where these are."""
        now = _DIGESTS.of(wanted, self.major).places.items()
        found: list[tuple[int, str, frozenset[MadePlace]]] = []
        for key, content in near_catalogs(self.folder, self._family):
            with suppress(msgspec.MsgspecError):
                kept = msgspec.json.decode(content, type=list[tuple[MadePlace, str]])
                changed = frozenset(place for place, _ in now ^ dict(kept).items())
                found.append((len(changed), key, changed))
        for _, key, changed in sorted(found)[:1]:
            if (known := kept_catalog(self.folder, key)) is not None:
                yield changed, known

    @property
    def _family(self) -> str:
        return family_of(self.server, self.major)


def tablespaces(wanted: Schema) -> frozenset[str]:
    """The tablespaces that a schema names, and that are no server's own."""
    found: set[str] = {getattr(each, "tablespace", "") for each in wanted.objects}
    return frozenset(each for each in found if each and not each.startswith("pg_"))


def _creation(wanted: Schema, major: int) -> Plan:
    return create_all(wanted, target=Target(min(major, NEWEST)), stand_ins=True)


def _without_roles(wanted: Schema) -> Schema:
    """The same on a server that has its roles already."""
    others = tuple(each for each in wanted.others if not isinstance(each, Role | Membership))
    kept = {each.identity for each in (*wanted.tables, *others)}
    return replace(wanted, others=others, order=tuple(each for each in wanted.order if each in kept))
