# Made by tools/sync.py from async_databases.py: change that one, then run `make generate`.
"""One database for each key, such as an organization."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from time import monotonic
from types import TracebackType
from typing import Generic, Self, TypeVar

from msgspec.structs import replace

from qb.errors.outcome import Failure, Outcome
from qb.query.statement import Rows
from qb.render.compiled import load
from qb.run.database.database import Database
from qb.run.database.db import Db
from qb.run.database.pooled_db import PooledDb
from qb.run.databases.bounds import DatabaseBounds, DatabasesReport
from qb.run.databases.condition import Health
from qb.run.databases.health import health
from qb.run.databases.parallel import each
from qb.run.databases.resolver import KeySource, Resolver
from qb.run.databases.untold import Untold
from qb.run.pool.ration import Ration
from qb.run.pool.rationed import RationedPool
from qb.run.server.address import Address, address_text, check_connection
from qb.run.server.secret import EncryptionKeys
from qb.run.session.catalog import Catalog
from qb.run.session.configure import configure
from qb.run.session.executable import Executables
from qb.run.session.observer import Observer
from qb.run.session.options import Options
from qb.run.session.session_defaults import SessionValue, session_defaults
from qb.run.session.settings import Settings

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
T = TypeVar("T")


class Databases(Generic[K]):
    """The databases of all keys, opened where they are needed: what `connect_each` gives. Close it, or use it as
    a context manager.

    >>> @prepare
    ... def address_of(user_id: int) -> Select[str | None]:
    ...     return select(User.nickname).where(User.id == user_id)
    >>> with connect_each(db, address_of, address=lambda text: PlainAddress(text or "")) as each:
    ...     each.of(1).scalar(select(fn.count(User.id)))
    <Failure: the stored address of a database cannot be read: what it says is no address of a PostgreSQL database>
    """

    __slots__ = ("_options", "_resolver", "_statements")

    def __init__(self, resolver: Resolver[K], statements: Executables, options: Options) -> None:
        self._resolver = resolver
        self._statements = statements
        self._options = options

    def __repr__(self) -> str:
        found = self.report
        state = f"{found.databases} of {found.max_databases} open, {found.links} of {found.max_links} connections"
        return f"<Databases: {'closed' if self._resolver.closed else state}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def of(self, key: K, *, ddl: bool | None = None) -> PooledDb:
        """The database of a key, for as long as one likes: a function that takes a `Db` takes it.

        Nothing is opened yet. Each statement finds out where the database is at that moment; that its address cannot be
        read, or that it lacks what it must have, is a Failure of the statement. `ddl=True` takes DDL, which is refused
        otherwise. `of(key).apart` is for a statement that is to be no part of the transaction that is open there.

        >>> with connect_each(db, nicknames, address=nowhere) as each:
        ...     each.of(1).ping()
        <Failure: could not connect: no server listens there>
        """
        options = self._options if ddl is None else replace(self._options, ddl=ddl)
        return PooledDb(KeySource(self._resolver, key), self._statements, options)

    def fan_out(self, query: Rows[R], keys: Iterable[K], *, at_once: int = 8) -> dict[K, Outcome[list[R]]]:
        """All rows of one query on the databases of many keys, `at_once` at a time; what fails is that key's alone.

        >>> with connect_each(db, nicknames, address=nowhere) as each:
        ...     each.fan_out(select(User.name), [1, 2])
        {1: <Failure: could not connect: ...>, 2: <Failure: could not connect: ...>}
        """
        return each(keys, lambda key: self.of(key).all(query), at_once)

    def each(self, work: Callable[[Db], T], keys: Iterable[K], *, at_once: int = 8) -> dict[K, T]:
        """What a function gives for the database of each key, `at_once` at a time. What it raises is raised, and ends
        the others.

        >>> with connect_each(db, nicknames, address=nowhere) as each:
        ...     each.each(lambda one: one.scalar(select(fn.count(User.id))), [1])
        {1: <Failure: could not connect: ...>}
        """
        return each(keys, lambda key: work(self.of(key)), at_once)

    def health(self, keys: Iterable[K], *, at_once: int = 8) -> dict[K, Health]:
        """How the databases of these keys are, `at_once` at a time: see `health`, which asks one.

        >>> with connect_each(db, nicknames, address=nowhere) as each:
        ...     [found.error for found in (each.health([1])).values()]
        [ConnectionRefused(reason='no server listens there')]
        """
        return each(keys, lambda key: health(self.of(key)), at_once)

    @property
    def report(self) -> DatabasesReport:
        """How many databases and connections are open at this moment.

        >>> connect_each(db, nicknames, address=nowhere).report
        DatabasesReport(databases=0, max_databases=50, links=0, max_links=50)
        """
        return self._resolver.report()

    def forget(self, key: K) -> None:
        """Close the database of a key, whose address is another one by now; the next statement reads that."""
        self._resolver.forget(key)

    def tidy(self) -> None:
        """Close the databases that idled for as long as the bounds say. Using others does it, too."""
        self._resolver.tidy()

    def close(self) -> None:
        """Close all connections: idle ones now, the others when they are given back. Using a database then raises."""
        self._resolver.close()


def connect_each(
    builder: Db,
    query: Callable[[K], Rows[R]],
    *,
    address: Callable[[R], Address],
    keys: EncryptionKeys | None = None,
    base: str | None = None,
    verify: Callable[[Db], Outcome[object]] | None = None,
    bounds: DatabaseBounds = DatabaseBounds(),
    ddl: bool = False,
    timeout: float = 30.0,
    prepare: bool = True,
    statement_timeout: float | None = None,
    lock_timeout: float | None = None,
    role: str | None = None,
    search_path: str | Sequence[str] | None = None,
    settings: Mapping[str, SessionValue] | None = None,
    log_parameters: bool = False,
    telemetry: Observer | None = None,
    clock: Callable[[], float] = monotonic,
) -> Databases[K]:
    """One database for each key, whose address another one knows: the builder. Nothing is connected yet.

    `query` is a prepared query of the builder, which gives one row for a key; `address` makes of that row a
    `PlainAddress`, an `EncryptedAddress`, for which there have to be `keys`, or a `BranchAddress` of `base`. An address
    is read again after `bounds.ttl` seconds, and where nobody answers there. `verify` looks at each database before it
    is first used: `requires(schema)` of `qb.kit`. What it fails of is what the statement fails of.

    Without `ddl` scripts are refused, and SQL of your own that turns out to be DDL, as DdlRefused. The rest is as of
    `connect`: `role`, `search_path` and `settings` are those of each session. No error, log line or repr shows
    anything of an address, and `telemetry` is told of statements, and not where they run. `clock` is for tests.

    >>> nothing = connect_each(db, nicknames, address=nowhere, bounds=DatabaseBounds(databases=10, links=20))
    >>> nothing
    <Databases: 0 of 10 open, 0 of 20 connections>
    """
    load()
    check_connection(keys, base)
    reader = builder.apart if isinstance(builder, PooledDb) else builder
    defaults = session_defaults(role, search_path, settings)

    def find(key: K) -> str:
        outcome = reader.one(query(key))
        if isinstance(outcome, Failure):
            raise outcome.failure()
        found = address_text(address(outcome.unwrap()), key, keys, base)
        if not isinstance(found, str):
            del outcome  # which holds the address
            raise found
        return found

    statements = Executables()
    observer = None if telemetry is None else Untold(telemetry)
    options = Options(prepare, Settings(statement_timeout, lock_timeout), log_parameters, observer, ddl=ddl)

    def make(address: str, ration: Ration) -> Database:
        configured = partial(configure, types=Catalog(), timeout=timeout, defaults=defaults)
        pool = RationedPool(address, ration, configure=configured, max_size=bounds.max_size, timeout=timeout)
        return Database(pool, statements, options)

    return Databases(Resolver(find, make, verify, bounds, timeout, clock), statements, options)
