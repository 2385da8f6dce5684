"""Identifiers of objects of the catalog.

https://www.postgresql.org/docs/current/datatype-oid.html
"""

from __future__ import annotations

from typing import Any, Final, NewType

from qb.types.base import JsonForm, SqlType
from qb.types.facts import Wire
from qb.types.scalar import Scalar
from qb.types.textual import Plain

OID: Final = Wire(name="oid", oid=26, array_oid=1028, kind="oid", takes=(int,), casts="int4 int8 regclass regconfig")
REGCLASS: Final = Wire(
    name="regclass",
    oid=2205,
    array_oid=2210,
    kind="oid",
    takes=(str,),
    extremes=False,
    texted=True,
    casts="int4 int8 oid",
)


REGCONFIG: Final = Wire(
    name="regconfig",
    oid=3734,
    array_oid=3735,
    kind="oid",
    takes=(str,),
    extremes=False,
    texted=True,
    casts="int4 int8 oid",
)

RegConfig = NewType("RegConfig", str)
"""The name of a text search configuration, as PostgreSQL writes it: `english`, `app.german`, `"odd name"`.

>>> db.one(select(fn.to_tsvector("english", value("fat cats"))))
<Success: "'cat':2 'fat':1">
"""


def oid_value(value: object) -> int:
    """A number of 32 bits without a sign."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"oid takes int, not {type(value).__name__}")
    if not 0 <= value < 2**32:
        raise ValueError("the number is out of range for oid")
    return value


class Oid(Scalar[int | None]):
    """The number of an object."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("oid", "oid", OID, int, check=oid_value, limits={"ge": 0, "lt": 2**32})

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(str, int)

    def literal(self, value: Any) -> str:
        return str(oid_value(value))


class OidTypes:
    """Identifiers in `pg`."""

    __slots__ = ()
    oid: SqlType[int | None] = Oid()
    regclass: SqlType[str | None] = Plain("regclass", "regclass", REGCLASS)
    regconfig: SqlType[RegConfig | None] = Plain("regconfig", "regconfig", REGCONFIG)
