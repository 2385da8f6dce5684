"""The namespace `fn`: PostgreSQL's functions, so that nobody shadows `sum`, `max` or `round`.

https://www.postgresql.org/docs/current/functions.html
"""

from __future__ import annotations

from qb.query.functions.aggregate import AggregateFunctions
from qb.query.functions.array import ArrayFunctions
from qb.query.functions.bits import BitFunctions
from qb.query.functions.conditional import ConditionalFunctions
from qb.query.functions.contrib import ContribFunctions
from qb.query.functions.datetime import DateTimeFunctions
from qb.query.functions.json import JsonFunctions
from qb.query.functions.math import MathFunctions
from qb.query.functions.network import NetworkFunctions
from qb.query.functions.postgis import PostgisFunctions
from qb.query.functions.range import RangeFunctions
from qb.query.functions.string import StringFunctions
from qb.query.functions.text_search import TextSearchFunctions
from qb.query.functions.uuid import UuidFunctions
from qb.query.functions.window import WindowFunctions


class Functions(
    AggregateFunctions,
    WindowFunctions,
    ConditionalFunctions,
    StringFunctions,
    MathFunctions,
    DateTimeFunctions,
    ArrayFunctions,
    JsonFunctions,
    UuidFunctions,
    RangeFunctions,
    TextSearchFunctions,
    NetworkFunctions,
    BitFunctions,
    ContribFunctions,
    PostgisFunctions,
):
    """PostgreSQL's functions, typed. An aggregate of no rows is NULL, so all but `count` may be None.

    >>> db.one(select(fn.count(), fn.sum(Task.hours), fn.avg(Task.hours), fn.max(Task.title)).from_(Task))
    <Success: (3, 8, Decimal('4.0000000000000000'), 'write')>
    >>> db.all(select(fn.upper(User.name), fn.coalesce(User.nickname, "none")).order_by(User.id))
    <Success: [('ADA', 'none'), ('GRACE', 'Amazing')]>
    """

    __slots__ = ()


fn: Functions = Functions()
