"""What servers of two major versions say in two ways of one and the same thing: this list, and no more.

https://www.postgresql.org/docs/current/release.html
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.role import MembershipFact
from qb.model.object import Identity

UNQUALIFIED: Final = 16
"""Since when a query of one table names its columns without it."""
SINCE: Final = {
    18: "not null constraints are objects since 18: looked at are the columns",
    17: "the privilege maintain is there since 17, and the identity of a table's partitions: they are not looked at",
    UNQUALIFIED: "since 16 memberships say inherit and set, which is not looked at, and queries of one table name its "
    "columns without it, which is no difference",
}
"""What is said in two ways where one of two servers is older, and the other is not."""


def straddle(majors: tuple[int, ...], since: int) -> bool:
    """Whether one of two majors is before another one, and the other is not."""
    return min(majors, default=since) < since <= max(majors, default=since)


def said_in_two_ways(majors: tuple[int, ...]) -> str:
    """What two majors say in two ways, in words.

    >>> said_in_two_ways((17, 18))
    'not null constraints are objects since 18: looked at are the columns'
    """
    return "; ".join(said for since, said in SINCE.items() if straddle(majors, since))


def across(identity: Identity, fact: Fact, older: int) -> Fact | None:
    """A fact as a server of the older major has it; None where that has no such object.

    >>> across(Identity("not null", "public", "t", "t_id_not_null"), Fact(None, None), 16) is None
    True
    """
    if older < 18 and identity.kind == "not null":
        return None
    if older < 17 and isinstance(fact, GrantFact | DefaultPrivilegesFact):
        kept = tuple(each for each in fact.privileges if each.partition(" ")[0] != "maintain")
        return None if fact.privileges and not kept else replace(fact, privileges=kept)
    if older < 17 and isinstance(fact, ColumnFact) and fact.inherited:  # of its parent where it is a partition's
        return replace(fact, identity="")
    if older < 16 and isinstance(fact, MembershipFact):
        return replace(fact, inherit=None, set_role=None)
    return fact


def major_of(version: int) -> int:
    """The major of a server's version.

    >>> major_of(180004)
    18
    """
    return version // 10_000
