"""money, whose text is what the server's lc_monetary makes of it. A new column is better a numeric.

It is written through numeric, which every server reads alike. It is read where the text can mean one number alone:
digits in groups of three between commas, and two of them behind a point.
https://www.postgresql.org/docs/current/datatype-money.html
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from qb.types.base import SqlType
from qb.types.facts import Wire
from qb.types.number import exact_decimal
from qb.types.textual import Textual

MONEY: Final = Wire(
    name="money", oid=790, array_oid=791, kind="money", takes=(Decimal, int), texted=True, casts="numeric"
)

_WRITTEN: Final = re.compile(r"(-?)[^\d.,()-]*(\d{1,3}(?:,\d{3})*)\.(\d\d)")
_LARGEST: Final = Decimal("92233720368547758.07")


class Money(Textual[Decimal | None]):
    """An amount of two digits behind the point, of whatever currency the server is set to."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("money", "numeric::money", MONEY, Decimal, "Decimal")

    def write(self, value: Any) -> str:
        if not isinstance(value, Decimal | int) or isinstance(value, bool):
            raise TypeError(f"money takes Decimal or int, not {type(value).__name__}")
        amount = exact_decimal(value)
        if not amount.is_finite() or abs(amount) > _LARGEST:
            raise ValueError("the number is out of range for money")
        exponent = amount.normalize().as_tuple().exponent
        if amount and isinstance(exponent, int) and exponent < -2:
            raise ValueError("it has more than 2 digits after the point, which PostgreSQL would round away")
        return f"{amount:f}"

    def read(self, text: str) -> Decimal:
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(
                "money is read where the server writes it as 1,234.56: SET lc_monetary = 'C', or cast it to pg.numeric"
            )
        return Decimal(found[1] + found[2].replace(",", "") + "." + found[3])


class MoneyTypes:
    """money in `pg`."""

    __slots__ = ()
    money: SqlType[Decimal | None] = Money()
