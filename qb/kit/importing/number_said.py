"""Numbers in one form, by which they are compared: 1, 1.0 and 1e0 are the same, and no digit is left out."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any


def number_said(value: Any) -> str:
    """A number, in a form that equal ones have alike, whatever class they are of."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return repr(value)
        value = int(value) if value.is_integer() else Decimal(repr(value))
    if isinstance(value, int):
        return str(value)
    assert isinstance(value, Decimal)
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return repr(float(value))
    plain = "".join(map(str, digits)).lstrip("0")
    bare = plain.rstrip("0")
    if not bare:
        return "0"
    places = exponent + len(plain) - len(bare)
    if 0 <= places < 30:
        bare, places = bare + "0" * places, 0
    return f"{'-' if sign else ''}{bare}{f'e{places}' if places else ''}"
