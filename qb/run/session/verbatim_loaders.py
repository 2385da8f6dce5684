"""Loaders for columns that nobody declared: what psycopg's do not take is left as the server's text.

One is chosen for a column, not for its type: so it is registered under the OID of a pseudo-type that no result ever
has, unlike void and record: SQL calls no function that gives one of these.
https://www.postgresql.org/docs/current/datatype-pseudo.html
"""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from qb.types.facts import Wire
from qb.types.temporal import DATE, TIME, TIMESTAMP, TIMESTAMPTZ

READ_AS: Final = {
    DATE.oid: 3838,  # event_trigger
    TIME.oid: 2279,  # trigger
    TIMESTAMP.oid: 2280,  # language_handler
    TIMESTAMPTZ.oid: 2281,  # internal
}
"""By which OID a verbatim column of a type is read; all others are by text's."""


def _or_text(wire: Wire) -> type[Loader]:
    class OrText(Loader):
        """psycopg's loader, so that points in time are in the session's zone, or the text."""

        def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
            super().__init__(oid, context)
            own = psycopg.adapters.get_loader(wire.oid, Format.TEXT)
            assert own is not None  # psycopg has one for each of these
            self._own = own(wire.oid, context).load

        def load(self, data: Buffer) -> Any:
            """The value, or the text."""
            try:
                return self._own(data)
            except psycopg.DataError:
                return bytes(data).decode()

    return OrText


VERBATIM_LOADERS: Final = tuple((READ_AS[wire.oid], _or_text(wire)) for wire in (DATE, TIME, TIMESTAMP, TIMESTAMPTZ))
