"""What a new connection is set to, so that no value changes on its way, whatever the role or the database says.

An old `extra_float_digits = 0` rounds floats, `bytea_output = escape` breaks arrays of bytes, `array_nulls = off` turns
NULL into text. https://www.postgresql.org/docs/current/runtime-config-client.html
"""

from __future__ import annotations

from typing import Final

from qb.errors import ConnectionRefused
from qb.run.catalog import Catalog
from qb.run.link import Link

_REPORTED: Final = {
    b"client_encoding": b"UTF8",
    b"DateStyle": b"ISO",
    b"IntervalStyle": b"postgres",
    b"standard_conforming_strings": b"on",
}
"""What the server tells of by itself, and poolers keep for each of their clients: how a right value begins."""

_ASKED: Final = b"""
SELECT pg_backend_pid(),
  CASE WHEN current_setting('extra_float_digits')::int < 1 THEN 'extra_float_digits' END,
  CASE WHEN current_setting('bytea_output') <> 'hex' THEN 'bytea_output' END,
  CASE WHEN current_setting('array_nulls') <> 'on' THEN 'array_nulls' END
"""
_RIGHT: Final = {"extra_float_digits": "1", "bytea_output": "hex", "array_nulls": "on"}


def configure(link: Link, types: Catalog | None = None) -> None:
    """Set what qb relies on, where the server is set otherwise. Blocking; for new connections only.

    Behind a pooler, which may give the next statement to another session, that cannot hold: ConnectionRefused then
    names the setting and where it can be made. `types` is what the links of one database know together of its types.
    """
    link.types = types or link.types
    commands = [
        b"SET %b TO %b" % (name, value)
        for name, value in _REPORTED.items()
        if not (link.pgconn.parameter_status(name) or b"").startswith(value)
    ]
    pid, *found = link.execute(_ASKED).fetchone() or (None,)
    wrong = [name for name in found if name is not None]
    if wrong and pid != link.pgconn.backend_pid:
        names = " and ".join(wrong)
        fixes = " ".join(f"ALTER ROLE ... SET {name} = {_RIGHT[name]};" for name in wrong)
        raise ConnectionRefused(
            f"{names} of this server would change values on their way, and behind a pooler qb cannot set them for each "
            f"statement: {fixes}"
        )
    commands += [f"SET {name} TO {_RIGHT[name]}".encode() for name in wrong]
    if commands:
        link.own = tuple(commands)
        link.pgconn.exec_(b"; ".join(commands))
