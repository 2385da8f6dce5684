"""What a new connection is set to, so that no value changes on its way, whatever the role or the database says.

An old `extra_float_digits = 0` rounds floats, `bytea_output = escape` breaks arrays of bytes, `array_nulls = off` turns
NULL into text. https://www.postgresql.org/docs/current/runtime-config-client.html
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

import msgspec
from psycopg.waiting import Wait

from qb.errors import ConnectionRefused
from qb.run.report.diagnose import from_result
from qb.run.session.catalog import Catalog
from qb.run.session.link import GOOD, Link
from qb.run.session.wait import SIGNAL_INTERVAL, Conversation, wait

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

_REPORTED: Final = {
    b"client_encoding": b"UTF8",
    b"DateStyle": b"ISO",
    b"IntervalStyle": b"postgres",
    b"standard_conforming_strings": b"on",
}
"""What the server tells of by itself, and poolers keep for each of their clients; of a DateStyle its first word."""

_ASKED: Final = b"""
SELECT pg_backend_pid(), EXTRACT(epoch FROM current_setting('statement_timeout')::interval),
  CASE WHEN current_setting('extra_float_digits')::int < 1 THEN 'extra_float_digits' END,
  CASE WHEN current_setting('bytea_output') <> 'hex' THEN 'bytea_output' END,
  CASE WHEN current_setting('array_nulls') <> 'on' THEN 'array_nulls' END
"""
_REDEFINED: Final = b""", array_to_json(ARRAY(
    SELECT p.proname::text FROM pg_catalog.pg_proc p
    WHERE p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace
      AND EXISTS (
        SELECT FROM pg_catalog.pg_proc o
        WHERE o.proname = p.proname AND o.pronamespace = 'pg_catalog'::pg_catalog.regnamespace)
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION
    SELECT p.oprname::text FROM pg_catalog.pg_operator p
    WHERE p.oprnamespace <> 'pg_catalog'::pg_catalog.regnamespace
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')
  ))"""
"""Functions and operators of PostgreSQL's names that are not its own and not an extension's: see `qb.render.effects`.
Asked once for each database, along with the rest: it takes the server three milliseconds."""
_RIGHT: Final = {"extra_float_digits": "1", "bytea_output": "hex", "array_nulls": "on"}


def configure(link: Link, types: Catalog | None = None, *, timeout: float = 30.0) -> None:
    """Set what qb relies on, where the server is set otherwise. Blocking, for `timeout` seconds; new connections only.

    Behind a pooler, which may give the next statement to another session, that cannot hold: ConnectionRefused then
    names the setting and where it can be made. `types` is what the links of one database know together of its types.
    """
    link.types = types or link.types
    deadline = monotonic() + timeout
    commands = [
        b"SET %b TO %b" % (name, value)
        for name, value in _REPORTED.items()
        if (link.pgconn.parameter_status(name) or b"").partition(b",")[0] != value
    ]
    asked = _ASKED if link.types.redefined is not None else _ASKED + _REDEFINED
    answer = _asked(link, asked, deadline)
    pid, limit, *found = (answer.get_value(0, column) for column in range(answer.nfields))
    link.patience = float(limit or 0)
    if asked is not _ASKED:
        link.types.redefined = msgspec.json.decode(found.pop() or b"[]", type=frozenset[str])
    wrong = [name.decode() for name in found if name is not None]
    if wrong and int(pid or 0) != link.pgconn.backend_pid:
        names = " and ".join(wrong)
        fixes = " ".join(f"ALTER ROLE ... SET {name} = {_RIGHT[name]};" for name in wrong)
        raise ConnectionRefused(
            f"{names} of this server would change values on their way, and behind a pooler qb cannot set them for each "
            f"statement: {fixes}"
        )
    commands += [f"SET {name} TO {_RIGHT[name]}".encode() for name in wrong]
    if commands:
        link.own = tuple(commands)
        _asked(link, b"; ".join(commands), deadline)


def _asked(link: Link, sql: bytes, deadline: float) -> PGresult:
    """The last answer, each of which has to be good, before the deadline. ConnectionRefused otherwise."""
    answers = wait(_answers(link.pgconn, sql, deadline), link.descriptor, SIGNAL_INTERVAL)
    for answer in answers:
        if answer.status not in GOOD:
            error = from_result(answer, bound=False)
            raise ConnectionRefused(f"the settings that qb relies on cannot be made: {error}", sqlstate=error.sqlstate)
    return answers[-1]


def _answers(pgconn: PGconn, sql: bytes, deadline: float) -> Conversation[list[PGresult]]:
    pgconn.send_query(sql)
    found: list[PGresult] = []
    while True:
        while pgconn.flush() or pgconn.is_busy():
            ready = yield Wait.RW if pgconn.flush() else Wait.R
            if ready:
                pgconn.consume_input()
            if monotonic() > deadline:
                raise ConnectionRefused("the server took the connection and did not answer in time")
        if (result := pgconn.get_result()) is None:
            return found
        found.append(result)
