"""Strings of bits: a text of 0 and 1.

https://www.postgresql.org/docs/current/datatype-bit.html
"""

from __future__ import annotations

import re
from typing import Any, Final

from qb.errors import DefinitionError
from qb.frozen import fix
from qb.types.base import Signs, SqlType, is_whole
from qb.types.facts import Wire
from qb.types.textual import Plain, judged_text

# A bit without a length is bit(1) to the grammar, and any length in quotes.
_BITS: Final = '"bit"'

BIT: Final = Wire(
    name="bit",
    oid=1560,
    array_oid=1561,
    kind="bits",
    takes=(str,),
    extremes=False,
    texted=True,
    casts="int4 int8 varbit",
)
VARBIT: Final = Wire(
    name="varbit",
    oid=1562,
    array_oid=1563,
    kind="bits",
    takes=(str,),
    extremes=False,
    texted=True,
    casts="bit",
    reads=frozenset(("bit",)),
)

_WRITTEN: Final = re.compile("[01]*")

_DISTANCES: Final = {"distance by hamming": "<~>", "distance by jaccard": "<%>"}
"""pgvector's, which count in its binary vectors: https://github.com/pgvector/pgvector#binary-vectors"""


class Bits(Plain):
    """bit(n), which holds exactly n bits; varbit(n), which holds n at most; varbit."""

    __slots__ = ("length",)
    length: int | None

    def __init__(self, wire: Wire, length: int | None = None) -> None:
        name = wire.name if length is None else f"{wire.name}({length})"
        super().__init__(name, _BITS if wire is BIT else wire.name, wire)
        fix(self, "length", length)

    def write(self, value: Any) -> str:
        text = judged_text(value, self.name)
        if _WRITTEN.fullmatch(text) is None:
            raise ValueError(f"{self.name} takes a text of nothing but 0 and 1")
        if self.wire is BIT and len(text) != self.length:  # PostgreSQL itself refuses it only where it is stored
            raise ValueError(f"{self.name} takes exactly {self.length} bits")
        return text

    def operators(self, word: str) -> Signs:
        sign = _DISTANCES.get(word)
        return () if sign is None else ((sign, self),)

    def cannot_hold(self, value: Any) -> str | None:
        if self.length is None or len(value) <= self.length:
            return None
        return f"it has more than {self.length} bits"


class VarbitFactory(Bits):
    """`pg.varbit` itself is a type; called with a length it gives `varbit(n)`."""

    __slots__ = ()

    def __call__(self, length: int) -> SqlType[str | None]:
        return _limited(VARBIT, length)


def _limited(wire: Wire, length: int) -> SqlType[str | None]:
    if not is_whole(length) or not 1 <= length <= 83_886_080:
        raise DefinitionError(f"{wire.name}({length}): PostgreSQL allows 1 to 83,886,080 bits")
    return Bits(wire, length)


class BitTypes:
    """Strings of bits in `pg`."""

    __slots__ = ()
    varbit: VarbitFactory = VarbitFactory(VARBIT)

    def bit(self, length: int) -> SqlType[str | None]:
        """Exactly `length` bits."""
        return _limited(BIT, length)
