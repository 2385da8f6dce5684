"""Addresses of network devices.

https://www.postgresql.org/docs/current/datatype-net-types.html
"""

from __future__ import annotations

import re
from typing import Any, Final

from qb.frozen import fix
from qb.types.base import SqlType
from qb.types.facts import Wire
from qb.types.scalar import Scalar

MACADDR: Final = Wire(
    name="macaddr", casts="macaddr8", oid=829, array_oid=1040, kind="network", takes=(str,), extremes=False, texted=True
)

MACADDR8: Final = Wire(
    name="macaddr8", casts="macaddr", oid=774, array_oid=775, kind="network", takes=(str,), extremes=False, texted=True
)

_WRITTEN = re.compile("[0-9a-f]{2}(:[0-9a-f]{2})+")


class HardwareAddress(Scalar[str | None]):
    """An address as PostgreSQL writes it; it reads others, and they would come back changed."""

    __slots__ = ("example",)
    example: str

    def __init__(self, wire: Wire, example: str) -> None:
        super().__init__(wire.name, wire.name, wire, str, check=self._judge)
        fix(self, "example", example)

    def _judge(self, value: object) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes str, not {type(value).__name__}")
        if len(value) != len(self.example) or _WRITTEN.fullmatch(value) is None:
            raise ValueError(f"{self.name} takes an address in the form in which it comes back: {self.example}")
        return value

    def literal(self, value: Any) -> str:
        return self._judge(value)


class NetworkTypes:
    """Addresses in `pg`."""

    __slots__ = ()
    macaddr: SqlType[str | None] = HardwareAddress(MACADDR, "08:00:2b:01:02:03")
    macaddr8: SqlType[str | None] = HardwareAddress(MACADDR8, "08:00:2b:01:02:03:04:05")
