"""Whether an annotation admits a value that stands in a declaration: a default, a bound of a partition."""

from __future__ import annotations

from enum import Enum
from typing import Any, cast

import msgspec

from qb.types.versions import decodable


def check_admitted(value: object, python: object) -> None:
    """msgspec.ValidationError where an annotation does not admit a value."""
    kind: Any = decodable(python)
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        # Of an Enum of numbers msgspec takes the numbers alone.
        if msgspec.convert(_plain(value), kind) != value:
            raise
    except TypeError:
        return  # a union that msgspec cannot read, of two classes of addresses, say: the type itself judges


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[object]", value)]
    return value
