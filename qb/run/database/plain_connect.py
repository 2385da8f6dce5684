"""A database for a program that is over soon and sends SQL of its own: what compiles queries is loaded when one is."""

from __future__ import annotations

from functools import partial
from typing import Final

from qb.run.database.database import Database
from qb.run.pool.pools import SyncPool
from qb.run.server.url import conninfo
from qb.run.session.catalog import Catalog
from qb.run.session.configure import configure
from qb.run.session.executable import Executables
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.session.session_defaults import session_defaults
from qb.run.session.settings import Settings
from qb.run.talk.following import bounded
from qb.run.talk.replicas import Replicas

_UNHURRIED: Final = (
    b"SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name IN"
    b" ('transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')"
)
"""Where its server knows of them; `statement_timeout` is a limit of qb's own."""


def plain_connect(
    url: str, *, max_size: int, timeout: float = 30.0, lock_timeout: float | None = None, unhurried: bool = False
) -> Database:
    """The same database as `connect` gives, in half of the time where no query is compiled.

    `connect` loads PyPika and all that compiles ahead, as an interrupt in the midst of an import may leave its lock
    locked: here that would be the end of the program anyway. `unhurried`: what the role or the database says of how
    long a statement, a transaction or a session may take is not kept; behind a pooler that of statements alone.
    Raises DefinitionError where the address is malformed.

    >>> from qb.run.database.plain_connect import plain_connect
    >>> with plain_connect("postgresql://localhost/shop", max_size=1) as shop:
    ...     shop
    <Database <SyncPool postgresql://localhost/shop: 0 of 1 in use, 0 idle>>
    """
    configured = partial(
        configure,
        types=Catalog(),
        timeout=timeout,
        defaults=session_defaults(None, None, None),
        unpooled=(_UNHURRIED,) if unhurried else (),
    )
    pool = SyncPool(
        conninfo(url),
        connection_class=Link,
        configure=configured,
        max_size=max_size,
        timeout=timeout,
        idle_timeout=None,
    )
    options = Options(True, Settings(0.0 if unhurried else None, lock_timeout), False, None, ddl=True)
    return Database(pool, Executables(), options, Replicas(pool, (), bounded(10.0)))
