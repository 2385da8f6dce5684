"""LIMIT: what its number may be made of, and a query of which only the first rows are wanted: the same SELECT with
LIMIT 1 or 2.

https://www.postgresql.org/docs/current/queries-limit.html
"""

from __future__ import annotations

from collections.abc import Set

from msgspec.structs import replace

from qb.errors import QueryError
from qb.tree.expressions import Bind, Call, ParamNode, RawSql
from qb.tree.for_update import Locking
from qb.tree.function import LEAST
from qb.tree.relations import Relation, label
from qb.tree.select import SelectNode
from qb.tree.shadow import Reach
from qb.tree.single_rows import of_single_rows
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


def check_limit(node: SelectNode | SetNode, own: Set[Relation]) -> bool:
    """Whether LIMIT or OFFSET is more than a value. QueryError where it is another number for each row."""
    more = False
    for clause, number in (("limit", node.limit), ("offset", node.offset)):
        if number is None or isinstance(number, Bind | ParamNode):  # nearly always
            continue
        more = True
        of_single_rows(number, clause)
        for relation in own & Reach().within(number).free:
            raise QueryError(
                f"{clause} is one number for all rows, and uses {label(relation)}: give a number, or that of a query "
                "with select(...).as_scalar()"
            )
    return more
