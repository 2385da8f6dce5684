"""Who may do what in an area: roles, memberships, grants, policies, what is published."""

from collections.abc import Iterator, Sequence
from typing import Any

import qb


def access(area: str, made: Sequence[Any]) -> Iterator[Any]:
    reader, writer, clerk = (
        qb.role(f"{area}_reader", comment="reads"),
        qb.role(f"{area}_writer", inherit=False, createdb=True),
        qb.role(f"{area}_clerk", login=True, connection_limit=3),
    )
    yield from (reader, writer, clerk)
    yield qb.member_of(writer, reader, admin=True)
    yield qb.member_of(clerk, writer)
    yield qb.grant("usage", schema=area, to=(reader, writer))
    yield qb.default_privileges("select", "insert", on="tables", to=reader, schema=area)
    yield qb.default_privileges("usage", on="sequences", to=writer, schema=area, grantable=True)
    for number, each in enumerate(made):
        if number % 4 == 0:
            yield qb.grant("select", on=each, to=(reader, "public"))
        if number % 4 == 1:
            yield qb.grant("insert", "update", on=(each.created_at, each.id), to=writer, grantable=True)
        if number % 3 == 0:  # those with row security
            yield qb.policy(each, for_="select", to=(reader, writer), using=each.id > number, comment="what's shown")
            yield qb.policy(each, for_="insert", to=writer, with_check=each.id.is_not_null())
            yield qb.policy(each, name="all of it", restrictive=True, using=each.id != -1)
    yield qb.publication(
        f"{area} news",
        qb.published(made[0], made[0].id, made[0].created_at, where=made[0].id > 0),
        made[1],
        publish=["insert"],
        comment="what's new",
    )
    yield qb.publication(f"{area}_all", schemas=[area], via_partition_root=True)
