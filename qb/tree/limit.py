"""A query of which only the first rows are wanted: the same SELECT with LIMIT 1 or 2.

https://www.postgresql.org/docs/current/queries-limit.html
"""

from __future__ import annotations

from msgspec.structs import replace

from qb.tree.expressions import Call, RawSql
from qb.tree.for_update import Locking
from qb.tree.function import LEAST
from qb.tree.select import SelectNode
from qb.tree.statements import StatementNode
from qb.tree.union import SetNode


def limited(node: StatementNode, count: int, key: tuple[object, ...]) -> SelectNode | SetNode | None:
    """The query with a LIMIT of `count` rows, or with its own where that is smaller; None where all rows must come.
    `key` is its shape, see `walk`.

    They must where rows are locked, wherever in the query that is, and where it holds SQL of the user's: a function in
    it may do something with each row, such as `pg_try_advisory_lock`.
    """
    if not isinstance(node, SelectNode | SetNode) or node.ties:  # of which there may be more than its limit
        return None
    if any(item is Locking or item is RawSql for item in key):
        return None
    most = RawSql((str(count),), not_null=True)
    own = node.limit
    return replace(node, limit=most if own is None else Call(LEAST, (own, most)))
