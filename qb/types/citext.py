"""citext: texts whose case says nothing, of the extension of that name.

https://www.postgresql.org/docs/current/citext.html
"""

from __future__ import annotations

from typing import Final

from qb.types.base import Convert, SqlType
from qb.types.extended import Extended, as_it_is, told_text
from qb.types.facts import Wire

CITEXT: Final = Wire(name="citext", kind="text", takes=(str,), texted=True)


class Citext(Extended[str]):
    """A text that equals another one in any case, and keeps its own."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(
            "citext", "citext", told_text("citext"), as_it_is, takes=(str,), python=str, says="str", wire=CITEXT
        )

    def __reduce__(self) -> tuple[object, ...]:
        return Citext, ()

    def decoder(self, python: object) -> Convert | None:
        return None


class CitextTypes:
    """Texts of any case in `pg`."""

    __slots__ = ()
    citext: SqlType[str | None] = Citext()
