"""The extension and the function that the tables need: both come before them."""

from typing import TypeVar

from typing_extensions import TypeForm

import qb
from qb import Expr, extension, sql
from qb.typing import Sql

T = TypeVar("T")

vector = extension("vector")


@qb.function(returns=str, language="sql", volatility="volatile")
def generate_cuid() -> Sql:
    """An id that nobody guesses: c, and 24 digits of what time, chance and a hash make."""
    return sql(
        "SELECT 'c' || substr(encode(sha256(convert_to("
        "clock_timestamp()::text || random()::text || gen_random_uuid()::text, 'UTF8')), 'hex'), 1, 24)"
    )


def cuid(brand: TypeForm[T]) -> Expr[T]:
    """A call of it, for the default of a key: every table's has a type of its own."""
    return sql("{made}", made=generate_cuid()).as_(brand, not_null=True)
