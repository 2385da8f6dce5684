"""What a new connection is set to: so that no value changes on its way, whatever the role or the database says, and as
`connect` was told.

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
from qb.run.session.session_defaults import NO_DEFAULTS, SessionDefaults
from qb.run.session.wait import SIGNAL_INTERVAL, Conversation, wait
from qb.types.identifier import quoted

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


def configure(
    link: Link,
    types: Catalog | None = None,
    *,
    timeout: float = 30.0,
    defaults: SessionDefaults = NO_DEFAULTS,
    unpooled: tuple[bytes, ...] = (),
) -> None:
    """Set what qb relies on, where the server is set otherwise, and the defaults of this database's sessions. Blocking,
    for `timeout` seconds; new connections only.

    Behind a pooler, which may give the next statement to another session, that cannot hold: ConnectionRefused then
    names the setting and where it can be made. `types` is what the links of one database know together of its types,
    `unpooled` what is said as well where the session is nobody else's.
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
    pooled = int(pid or 0) != link.pgconn.backend_pid
    if wrong and pooled:
        names = " and ".join(wrong)
        fixes = " ".join(f"ALTER ROLE ... SET {name} = {_RIGHT[name]};" for name in wrong)
        raise ConnectionRefused(
            f"{names} of this server would change values on their way, and behind a pooler qb cannot set them for each "
            f"statement: {fixes}"
        )
    commands += [f"SET {name} TO {_RIGHT[name]}".encode() for name in wrong]
    commands += () if pooled else unpooled
    if commands:
        link.own = tuple(commands)
        _asked(link, b"; ".join(commands), deadline)
    if (said := defaults.commands) and pooled:
        _in_force(link, defaults, deadline)
    elif said:
        link.own += said
        _said(link, b"; ".join(said), deadline, defaults, 0)


def _in_force(link: Link, defaults: SessionDefaults, deadline: float) -> None:
    """Behind a pooler: see whether sessions have these settings by themselves. ConnectionRefused where they do not.

    They are tried in a transaction, which is undone: so the server says what they are in its own words.
    """
    asked = defaults.asked
    trial = b"; ".join((b"BEGIN", asked, *defaults.commands, asked, b"ROLLBACK"))
    answers = _said(link, trial, deadline, defaults, 2)
    before, after = answers[1], answers[-2]
    wrong = [
        name for column, name in enumerate(defaults.names) if before.get_value(0, column) != after.get_value(0, column)
    ]
    if wrong:
        fixes = " ".join(f"ALTER ROLE ... SET {name} = ...;" for name in wrong)
        raise ConnectionRefused(
            f"{' and '.join(wrong)} of connect(...) cannot be set behind a pooler, which may give each transaction "
            f"another session: set it for the role that connects, {fixes}"
        )


def _said(link: Link, sql: bytes, deadline: float, defaults: SessionDefaults, before: int) -> list[PGresult]:
    """The answers to what holds the commands of the defaults, behind some others."""
    answers = wait(_answers(link.pgconn, sql, deadline), link.descriptor, SIGNAL_INTERVAL)
    if answers[-1].status not in GOOD:
        place, error = len(answers) - 1 - before, from_result(answers[-1], bound=False)
        what = defaults.names[place] if 0 <= place < len(defaults.names) else "what"
        if what == "role":
            what = f"role {quoted(defaults.role or '')}"
        raise ConnectionRefused(f"{what} of connect(...) cannot be set: {error}", sqlstate=error.sqlstate)
    return answers


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
