"""pgvector's vector(n), built with the one way to add a type.

https://github.com/pgvector/pgvector
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from qb.errors import DefinitionError
from qb.types.base import SqlType, Told, is_whole
from qb.types.custom import custom
from qb.types.trusted import trusted

_numbers = msgspec.json.Decoder(list[float])


def _write(value: Any) -> str:
    if isinstance(value, str) or not all(isinstance(number, int | float) for number in value):
        raise Told("a vector is a list of numbers")
    return "[" + ",".join(repr(float(number)) for number in value) + "]"


def _read(text: str) -> Sequence[float]:
    return _numbers.decode(text)


def vector(dimensions: int) -> SqlType[Sequence[float] | None]:
    """`vector(n)` of the extension `vector`: n single-precision numbers."""
    if not is_whole(dimensions) or not 1 <= dimensions <= 16000:
        raise DefinitionError(f"a vector has 1 to 16,000 dimensions, not {dimensions}")
    return custom(trusted(f"vector({dimensions})"), encode=_write, decode=_read, extension="vector")


def is_vector(type_: SqlType[Any]) -> bool:
    """Whether a type is pgvector's, of any dimensions: it has an order, and no min and max."""
    return type_.base == "vector"
