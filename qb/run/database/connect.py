# Made by tools/sync.py from async_connect.py: change that one, then run `make generate`.
"""How synchronous code gets a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from qb.render.compiled import load
from qb.run.database.database import Database
from qb.run.pool.pools import SyncPool
from qb.run.server.url import conninfo, replica_addresses
from qb.run.session.catalog import Catalog
from qb.run.session.configure import configure
from qb.run.session.executable import Executables, RebuiltStatements
from qb.run.session.link import Link
from qb.run.session.observer import Observer
from qb.run.session.options import Options
from qb.run.session.session_defaults import SessionValue, session_defaults
from qb.run.session.settings import Settings
from qb.run.talk.following import bounded
from qb.run.talk.replicas import Replicas


def connect(
    url: str | None = None,
    *,
    max_size: int = 10,
    timeout: float = 30.0,
    idle_timeout: float | None = None,
    prepare: bool = True,
    statement_timeout: float | None = None,
    lock_timeout: float | None = None,
    role: str | None = None,
    search_path: str | Sequence[str] | None = None,
    settings: Mapping[str, SessionValue] | None = None,
    replicas: Sequence[str] = (),
    max_lag: float = 10.0,
    log_parameters: bool = False,
    telemetry: Observer | None = None,
    rebuild: bool = False,
    ddl: bool = True,
) -> Database:
    """A database: `with qb.connect("postgresql://ada@localhost/shop") as db: ...`

    Without a URL it is the one in DATABASE_URL, without that an embedded server in the project's folder. Nothing is
    connected yet: a connection that cannot be made is a `Failure` of the first statement, or of `db.ping()`.

    `max_size` connections at most, for which a statement waits up to `timeout` seconds (else PoolExhausted). One that
    nobody needed for `idle_timeout` seconds, 600 unless it is said, is closed when another comes back. `prepare` is to
    be False behind a pooler in transaction mode that does not keep prepared statements, as PgBouncer does since 1.21
    with `max_prepared_statements`; otherwise that is noticed and told. `statement_timeout` and `lock_timeout` are
    seconds; `db.options` narrows them. They are settings of the session, which in transaction mode belong on the role.
    `role`, `search_path` (a schema, or several) and `settings` (`{"TimeZone": "UTC", "work_mem": "64MB"}`) are in force
    on every connection from its first statement, whatever raw SQL does to a session in between; behind a pooler they
    have to be the role's own, and else are a `ConnectionRefused`.
    `replicas` are addresses of standbys, which `db.replica` reads from where they are at most `max_lag` seconds behind,
    `max_size` connections at most to each.
    The logger "qb.sql" gets every statement at level DEBUG, and with `log_parameters` their values, too. `telemetry` is
    told of each, and of the pool: `qb.otel.Telemetry()` for OpenTelemetry. `rebuild` is
    for tests: every call of a prepared query builds it once more, and raises QueryError where it is another one.
    Without `ddl` scripts are refused, and SQL of your own that turns out to be DDL, as DdlRefused.

    Raises DefinitionError where the address is malformed, or a setting cannot be.
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS

    >>> with connect(statement_timeout=5.0) as shop:
    ...     shop.one(select(User.name).where(User.id == 1))
    <Success: Ada>
    >>> with connect(role="pg_monitor", search_path="shop", settings={"TimeZone": "UTC"}) as shop:
    ...     shop.one(sql("SELECT current_user, current_setting('search_path')").rows(tuple[str, str]))
    <Success: ('pg_monitor', 'shop')>
    """
    load()
    defaults = session_defaults(role, search_path, settings)
    configured = partial(configure, types=Catalog(), timeout=timeout, defaults=defaults)
    addresses = (conninfo(url), *replica_addresses(replicas))
    pool, *others = (
        SyncPool(
            address,
            connection_class=Link,
            configure=configured,
            max_size=max_size,
            timeout=timeout,
            idle_timeout=idle_timeout,
        )
        for address in addresses
    )
    statements = RebuiltStatements() if rebuild else Executables()
    options = Options(prepare, Settings(statement_timeout, lock_timeout), log_parameters, telemetry, ddl=ddl)
    if telemetry is not None:
        for each in (pool, *others):
            telemetry.watch(each)
    return Database(pool, statements, options, Replicas(pool, others, bounded(max_lag)))
